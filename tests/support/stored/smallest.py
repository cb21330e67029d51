"""What a search for the smallest network has come to."""

from engine.results.smallest import SmallestResult, Tried, WrittenOut
from engine.results.statistics import accuracy_band


def smallest_result() -> SmallestResult:
    """One network without a hidden layer, tried and chosen, beside the post's."""
    band = accuracy_band([0.97, 0.98, 0.99], 69)
    none = Tried(hidden_layers=(), learning_rate=0.025, parameters=33, validation=band)
    whole = Tried(hidden_layers=(100, 100), learning_rate=0.001, parameters=11_503, validation=band)
    written = WrittenOut(
        formula=("score of a = 1 + 2·x",), sql="SELECT 1 AS predicted\nFROM data",
        card=(("term", "points", "a", "b"), ("x", "each 2", "+3", "-3")), checked=344,
    )  # fmt: skip
    return SmallestResult(
        reference=whole, threshold=0.97, tried=(none,), chosen=none, seed=2, written=written,
        validation_rows=69,
    )  # fmt: skip
