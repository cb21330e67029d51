"""What predicting a file has come to."""

from typing import Any, Literal

from engine.results.interval import Interval
from engine.specs.base import Frozen


class FilePrediction(Frozen):
    """The rows of a file that run `run` has predicted, and how well where the file says so.

    `flagged` rows have an unknown category or a value outside of the training range. `seen` rows
    are among those that the run has learnt from or validated on, `test_rows` among its held-out
    test rows; both are None where the run's data are gone. The `accuracy` is that of all rows with
    a label that are not seen, None where there are none; with test rows among them it counts as an
    evaluation of the test set.
    """

    run: int
    rows: int
    flagged: int
    seen: int | None
    test_rows: int | None
    has_target: bool
    scored: int = 0
    accuracy: Interval | None = None
    notes: tuple[str, ...] = ()

    def json_object(self) -> dict[str, Any]:
        """The JSON object of `predict --json`."""
        found = self.model_dump(mode="json", exclude={"has_target", "accuracy", "scored"})
        if self.has_target:
            own = self.accuracy
            ends = (own.value, own.low, own.high) if own is not None else (None, None, None)
            names = ("accuracy", "accuracy_low", "accuracy_high")
            found |= {"scored": self.scored, **dict(zip(names, ends, strict=True))}
        return found


class FeatureRange(Frozen):
    """A column to predict from, as its training rows have it.

    `typical` is the median of numbers, the middle moment, the most frequent category. `low` and
    `high` end the range of numbers and moments, a `step` of which changes little; `levels` are the
    categories.
    """

    name: str
    type: Literal["numeric", "categorical", "datetime"]
    typical: str
    low: str = ""
    high: str = ""
    step: float = 0.0
    levels: tuple[str, ...] = ()


class Counterfactual(Frozen):
    """The smallest change of one column that turns the answer into `label`.

    `distance` is Gower's (1971): of numbers the fraction of the training range, of another category
    1.
    """

    name: str
    cell: str
    label: str
    distance: float


class RowPrediction(Frozen):
    """What a run makes of one row, whose `cells` are those that it was asked for and typical ones.

    `labels` are the classes and `probabilities` theirs, in their order. `flags` says by column what
    lies outside of the training rows, `problems` what cannot be read and counts as missing.
    `actual` is the row's own class where it is one of the run's `data_rows`, `data_set` the set it
    was in.
    """

    features: tuple[FeatureRange, ...]
    cells: dict[str, str]
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    predicted: str
    flags: dict[str, str]
    problems: dict[str, str]
    counterfactual: Counterfactual | None
    data_rows: int
    actual: str = ""
    data_set: str = ""
