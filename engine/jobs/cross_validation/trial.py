"""A trial of a random or grid search, and the checkpoint of the best one's first training."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.environment import clock
from engine.jobs.phases.checkpoint import TrainState, readable
from engine.jobs.trials.progress import TrialProgress
from engine.runs.reporter import Checkpoint
from engine.specs.network import NetworkSpec
from engine.trainer.network import Network
from engine.trainer.training import Snapshot

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
class CrossValidatedTrial(TrialProgress):
    """A trial that is trained once a fold; `first` is its training on the first fold.

    `begun` are the folds whose training has begun, `running_folds` those that run; `ended` says
    that its end has been reported.
    """

    begun: set[int] = field(default_factory=set)
    running_folds: int = 0
    first: FoldTraining | None = None
    ended: bool = False

    def take_fold(self, fold: int, found: "CrossValidatedTrial") -> None:
        """Take over what another process has done of this trial: its training on one fold."""
        self.used |= {fold: found.used[fold]} if fold in found.used else {}
        self.epochs += found.epochs
        self.status = found.status
        self.heard = max(self.heard, clock.steady())
        for own, other in ((self.train, found.train), (self.validation, found.validation)):
            own |= {fold: other[fold]} if fold in other else {}


def fold_checkpoint(number: int, first: FoldTraining) -> Checkpoint:
    """What `read_fold` needs of a trial's training on the first fold."""
    note = {"epoch_kept": first.epoch_kept, "stopped_early": first.stopped_early}
    state = TrainState(first.epochs, Snapshot(first.weights), note)
    return Checkpoint(number, first.epochs, state.to_bytes())


def read_fold(body: bytes, spec: NetworkSpec, network: Network, rows: Array) -> FoldTraining:
    """The training on the pool rows `rows` from its checkpoint; `EngineError` on anything else.

    `network` is one of `spec`; only its shapes are looked at.
    """
    state = TrainState.from_bytes(body, network)
    with readable():
        note = dict(state.stopping or {})
        kept, early = int(note["epoch_kept"]), bool(note["stopped_early"])
    return FoldTraining(spec, list(state.snapshot.weights), rows, state.epoch, kept, early)
