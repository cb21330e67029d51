"""A run that is asked about again and again: its network and its data, read once and kept."""

from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data.kept_cells import kept_cells
from engine.data.scan import Progress
from engine.environment.memory import release_when_short
from engine.errors import EngineError
from engine.prediction.counterfactual import Counterfactuals
from engine.prediction.fitted_run import FittedRun
from engine.prediction.flags import Flagger
from engine.prediction.own_rows import OwnRows
from engine.prediction.typed_row import TypedRows
from engine.results.predictions import Predictions
from engine.specs.kinds.about_run import AboutRun
from engine.store.predictions import predictions_of
from engine.store.store import Store


class OpenedRun:
    """The network and the data of the run that a question is about; what else is made when asked.

    Raises EngineError where the run has kept no network, or its data are gone.
    """

    def __init__(self, question: AboutRun, progress: Progress) -> None:
        self.key = _key(question)
        with Store.open(Path(question.home)) as store:
            self.fitted = FittedRun.load(store, question.run)
            self.own = OwnRows.load(store, self.fitted.record, progress, kept_cells)
            self.predictions: Predictions | None = predictions_of(store, question.run)
        table = self.own.table
        self.rows = TypedRows(
            self.fitted.preprocessor, table.frame, self.own.training, table.file.facts.style
        )

    @cached_property
    def flagger(self) -> Flagger:
        """Finds what lies outside of the training rows."""
        return Flagger(self.fitted.preprocessor, self.own)

    @cached_property
    def others(self) -> Counterfactuals:
        """Finds what turns an answer."""
        return Counterfactuals(self.fitted, self.rows.features)

    @property
    def validation_rows(self) -> npt.NDArray[np.int64]:
        """The places of the validation rows in the table; raises EngineError where there is none.

        What a run has learnt is judged on these: never on the held-out test set.
        """
        rows = np.flatnonzero(self.own.sets == "validation")
        if not len(rows):
            raise EngineError(
                f"Run {self.fitted.record.id} has no validation set, on which this is measured.",
                "Train with the strict protocol.",
            )
        return rows


_last: OpenedRun | None = None


def release() -> None:
    """Let go of the run that was asked about last."""
    global _last
    _last = None


release_when_short(release)


def opened(question: AboutRun, progress: Progress) -> OpenedRun:
    """The run that the question is about; of the last one asked about, what has been read."""
    global _last
    known = _last
    if known is None or known.key != _key(question):
        known = _last = OpenedRun(question, progress)
    return known


def _key(question: AboutRun) -> tuple[object, ...]:
    """What has to be read again when it is another."""
    return question.home, question.run, question.rule
