"""A trial of a random or grid search, and the checkpoint of the best one's first training."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.jobs.phases.checkpoint import TrainState, readable
from engine.jobs.trials.progress import TrialProgress
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.reporter import Checkpoint
from engine.specs.network import NetworkSpec
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
