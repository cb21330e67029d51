"""The smallest network that does it: what was tried, what it costs, and what it is written out."""

from typing import Any

from engine.results.statistics import Band
from engine.specs.base import Frozen


class Tried(Frozen):
    """A network that was trained with several seeds, at the best of the learning rates tried."""

    hidden_layers: tuple[int, ...]
    learning_rate: float
    parameters: int
    validation: Band


class WrittenOut(Frozen):
    """A network as text that gives the same classes without it.

    `differing` of `checked` rows have another class by the SQL query than by the network, and by
    the scoring `card` (empty where there is a hidden layer) `card_differing`. Where nothing can be
    written out `why_not` says why.
    """

    formula: tuple[str, ...] = ()
    sql: str = ""
    card: tuple[tuple[str, ...], ...] = ()
    checked: int = 0
    differing: int = 0
    card_differing: int = 0
    why_not: str = ""


class SmallestResult(Frozen):
    """Networks from the fewest parameters on, until one is as good as the `reference`.

    `chosen` is that one, the last of `tried`; the reference itself where none is smaller.
    `threshold` is the validation accuracy that counts as as good.
    """

    reference: Tried
    threshold: float
    tried: tuple[Tried, ...]
    chosen: Tried
    # of the seed of median validation accuracy
    seed: int
    written: WrittenOut
    validation_rows: int
    notes: tuple[str, ...] = ()

    def table(self) -> tuple[tuple[str, ...], list[list[Any]]]:
        """What `smallest --csv` prints: each network tried, the reference last."""
        names = ("hidden_layers", "learning_rate", "parameters", "val_accuracy",
                 "val_accuracy_low", "val_accuracy_high", "as_good")  # fmt: skip
        return names, [
            [", ".join(map(str, own.hidden_layers)), own.learning_rate, own.parameters,
             own.validation.mean, own.validation.low, own.validation.high,
             own.validation.mean >= self.threshold]
            for own in (*self.tried, self.reference)
        ]  # fmt: skip
