"""A trial of Hyperband, and its network while it is needed."""

import math
from dataclasses import dataclass, replace
from typing import Any, Self

from engine.jobs.phases.checkpoint import TrainState, note_of, readable
from engine.jobs.trials.progress import TrialProgress
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.reporter import Checkpoint
from engine.specs.hyperband_schedule import Rung
from engine.specs.network import NetworkSpec
from engine.trainer.early_stopping import BestEpoch


@dataclass(kw_only=True, eq=False)
class RungTrial(TrialProgress):
    """A trial as one rung trains it: `settings` in `spec`.

    Its network is in `live`, with its best epoch, where this session has trained it, and in `body`
    where one before has. `tie` decides among trials of equal score; `best_epoch` counts from 0.
    """

    spec: NetworkSpec
    rung: Rung
    live: tuple[XlaSequential, BestEpoch] | None = None
    body: bytes = b""
    # below that of any trial whose checkpoint is kept
    tie: float = -math.inf
    best_epoch: int = -1

    @property
    def score(self) -> float:
        """The highest validation accuracy; NaN unless the trial has finished."""
        return self.validation[0] if self.status == "finished" else math.nan

    @property
    def rank(self) -> tuple[float, float]:
        """What orders finished trials."""
        return self.score, self.tie

    @property
    def last_epoch(self) -> int:
        """How many epochs the network has been trained; early stopping may have ended it."""
        training = self.live[0].training if self.live is not None else None
        return training.epoch if training is not None else self.rung.epochs

    def finish(self, best: BestEpoch) -> None:
        """The trial has the score of its best epoch."""
        self.status, self.best_epoch = "finished", best.epoch
        self.validation[0], self.tie = best.rank
        self.train[0] = best.train_accuracy

    def best_weights(self, network: XlaSequential) -> list[Any]:
        """The weights of the best epoch; `network` is one of the same shapes."""
        if self.live is not None:
            return self.live[1].weights()
        return TrainState.from_bytes(self.body, network).best_weights or []

    def checkpoint(self, network: XlaSequential, best: BestEpoch) -> Checkpoint:
        """All that it takes to promote the trial, or to evaluate it, in another session."""
        note = {"rank": list(self.rank), "best_epoch": self.best_epoch}
        state = TrainState(self.last_epoch, network.snapshot(), note, best.weights())
        return Checkpoint(self.number, self.last_epoch, state.to_bytes())

    def without_network(self) -> Self:
        """The trial alone, of which there may be many."""
        return replace(self, live=None, body=b"")

    def take_checkpoint(self, body: bytes) -> None:
        """Take over what `checkpoint` has kept."""
        note = note_of(body)
        with readable():
            self.tie, self.best_epoch = float(note["rank"][1]), int(note["best_epoch"])
        self.body = body
