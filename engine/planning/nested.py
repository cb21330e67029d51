"""What the outer folds of a search say, while they come in and in the end."""

from collections.abc import Sequence

from engine.results.nested import Nested, OuterFold
from engine.results.statistics import accuracy_band, mean_band


def nested_of(folds: Sequence[OuterFold], planned: int, rows: int | None) -> Nested | None:
    """The means over the folds that are done; None before the first.

    `planned` is how many there are to be, `rows` what they are folds of. Folds share training
    rows, as those of an evaluation do: the intervals are corrected alike.
    """
    if not folds:
        return None
    in_order = sorted(folds, key=lambda fold: fold.number)
    over_train = 1 / (planned - 1)
    inner, outer = [fold.inner for fold in in_order], [fold.outer for fold in in_order]
    return Nested(
        inner=accuracy_band(inner, rows, over_train),
        outer=accuracy_band(outer, rows, over_train),
        optimism=mean_band([a - b for a, b in zip(inner, outer, strict=True)], over_train),
        folds=tuple(in_order),
        planned=planned,
    )
