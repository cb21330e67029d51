"""One training of a random or grid search, and the checkpoint of the best trial's first one."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.data.folds import FoldData
from engine.jobs.phases.checkpoint import TrainState, readable
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.trials.progress import TrialProgress
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.reporter import Checkpoint
from engine.specs.network import NetworkSpec
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.training import Snapshot, Training

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class FoldTraining:
    """What came of a training on the pool rows `rows`."""

    network: NetworkSpec
    weights: list[Array]
    rows: Array
    epochs: int
    epoch_kept: int
    stopped_early: bool


@dataclass
class FoldedTrial(TrialProgress):
    """A trial that is trained once a fold; `first` is its training on the first fold.

    `begun` are the folds whose training has begun, `running_folds` those that run; `ended` says
    that its end has been reported.
    """

    begun: set[int] = field(default_factory=set)
    running_folds: int = 0
    first: FoldTraining | None = None
    ended: bool = False


@dataclass
class Fitting:
    """One training: of a trial on a fold, or the refit of the best (fold -1).

    Without a `portion` there is nothing to train: the trial has its scores already, or has none.
    """

    trial: FoldedTrial
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


def fold_checkpoint(number: int, first: FoldTraining) -> Checkpoint:
    """What `read_fold` needs of a trial's training on the first fold."""
    note = {"epoch_kept": first.epoch_kept, "stopped_early": first.stopped_early}
    state = TrainState(first.epochs, Snapshot(first.weights), note)
    return Checkpoint(number, first.epochs, state.to_bytes())


def read_fold(body: bytes, spec: NetworkSpec, network: XlaSequential, rows: Array) -> FoldTraining:
    """The training on the pool rows `rows` from its checkpoint; `EngineError` on anything else.

    `network` is one of `spec`; only its shapes are looked at.
    """
    state = TrainState.from_bytes(body, network)
    with readable():
        note = dict(state.stopping or {})
        kept, early = int(note["epoch_kept"]), bool(note["stopped_early"])
    return FoldTraining(spec, list(state.snapshot.weights), rows, state.epoch, kept, early)
