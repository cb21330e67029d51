"""One training of a random or grid search, and the checkpoint of the best trial's first one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.folds import FoldData
from engine.jobs.phases.checkpoint import TrainState, note_of, readable
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.trials.progress import FoldTraining, TrialProgress
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.reporter import Checkpoint
from engine.specs.network import NetworkSpec
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.training import Snapshot, Training

Array = np.ndarray[Any, Any]


@dataclass
class Fitting:
    """One training that runs: of a trial on a fold, or the refit of the best (fold -1)."""

    trial: TrialProgress
    fold: int
    rows: Array
    portion: FoldData
    report: ReportEpochs
    stopping: EarlyStopping
    spec: NetworkSpec
    network: XlaSequential | None = None

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


@dataclass
class CompletedFitting:
    """A training of a trial that was done before the search was interrupted."""

    trial: TrialProgress
    fold: int
    scored: bool = False
    portion: None = None

    def score(self) -> float:
        """What the training came to: first on the fold held out, then on its own rows."""
        scores = self.trial.train if self.scored else self.trial.validation
        self.scored = True
        return scores[self.fold]


def fold_checkpoint(number: int, first: FoldTraining) -> Checkpoint:
    """What `read_fold` needs of a trial's training on the first fold."""
    note = {"epoch_kept": first.epoch_kept, "stopped_early": first.stopped_early}
    state = TrainState(first.epochs, Snapshot(first.weights), note)
    return Checkpoint(number, first.epochs, state.to_bytes())


def read_fold(body: bytes, spec: NetworkSpec, network: XlaSequential, rows: Array) -> FoldTraining:
    """The training on the pool rows `rows` from its checkpoint; `EngineError` on anything else.

    `network` is one of `spec`; only its shapes are looked at.
    """
    state, note = TrainState.from_bytes(body, network), note_of(body)
    with readable():
        kept, early = int(note["epoch_kept"]), bool(note["stopped_early"])
    return FoldTraining(spec, list(state.snapshot.weights), rows, state.epoch, kept, early)
