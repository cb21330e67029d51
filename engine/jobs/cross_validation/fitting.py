"""One training of a random or grid search, on its way."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.splits.folds import FoldData
from engine.jobs.cross_validation.trial import CrossValidatedTrial, FoldTraining
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.specs.network import NetworkSpec
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.training import Training

Array = np.ndarray[Any, Any]


@dataclass
class Fitting:
    """One training: of a trial on a fold, or the refit of the best (fold -1).

    Without a `portion` there is nothing to train: the trial has its scores already, or has none.
    """

    trial: CrossValidatedTrial
    fold: int
    rows: Array
    portion: FoldData | None
    report: ReportEpochs
    stopping: EarlyStopping
    spec: NetworkSpec
    scored: bool = False

    def result(self, training: Training, weights: list[Array]) -> FoldTraining:
        """What came of it."""
        return FoldTraining(
            self.spec,
            weights,
            self.rows,
            epochs=len(self.report.figures),
            epoch_kept=self.stopping.epoch_kept(training),
            stopped_early=self.stopping.stopped_early,
        )

    def score(self) -> float:
        """First the accuracy on the fold held out, then on its own rows; NaN where it has none."""
        scores = self.trial.train if self.scored else self.trial.validation
        self.scored = True
        return scores.get(self.fold, np.nan)
