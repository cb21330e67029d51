"""What predicting a file has come to."""

from typing import Any

from engine.results.statistics import Interval
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
