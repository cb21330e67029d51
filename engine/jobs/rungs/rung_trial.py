"""A trial of Hyperband, and its network while it is needed."""

import math
from dataclasses import dataclass, replace
from typing import Any, Self

from engine.jobs.phases.checkpoint import TrainState, note_of, readable
from engine.jobs.trials.progress import TrialProgress
from engine.runs.reporter import Checkpoint
from engine.specs.hyperband_schedule import Rung
from engine.specs.network import NetworkSpec
from engine.trainer.early_stopping import BestEpoch
from engine.trainer.network import Network
from engine.trainer.training import Training


@dataclass(kw_only=True, eq=False)
class RungTrial(TrialProgress):
    """A trial as one rung trains it: `settings` in `spec`.

    Once it has finished its network is in `body`, after the last epoch and after the best one.
    `tie` decides among trials of equal score; `best_epoch` counts from 0.
    """

    spec: NetworkSpec
    rung: Rung
    body: bytes | None = None
    # below that of any trial whose checkpoint is kept
    tie: float = -math.inf
    best_epoch: int = -1

    @property
    def score(self) -> float:
        """The highest validation accuracy; NaN unless the trial has finished."""
        return self.validation[0] if self.status == "finished" else math.nan

    @property
    def rank(self) -> tuple[float, float, int]:
        """What orders finished trials, whichever has ended first: the first of equals is best."""
        return self.score, self.tie, -self.number

    def finish(self, training: Training, best: BestEpoch) -> None:
        """The trial has the score of its best epoch, and its network is kept."""
        self.status, self.best_epoch = "finished", best.epoch
        self.validation[0], self.tie = best.rank
        self.train[0] = best.train_accuracy
        note = {"rank": list(best.rank), "best_epoch": best.epoch}
        self.body = TrainState(training.epoch, training.snapshot(), note, best.weights()).to_bytes()

    def best_weights(self, network: Network) -> list[Any]:
        """The weights of the best epoch; `network` is one of the same shapes."""
        return TrainState.from_bytes(self.kept, network).best_weights or []

    @property
    def checkpoint(self) -> Checkpoint:
        """All that it takes to promote the trial, or to evaluate it, in another session."""
        return Checkpoint(self.number, self.used[0]["epochs"], self.kept)

    @property
    def kept(self) -> bytes:
        """Its network; raises EngineError where that is not kept any more."""
        with readable():
            if self.body is None:
                raise ValueError(f"the network of trial {self.number} is not kept")
        return self.body

    def without_network(self) -> Self:
        """The trial alone, of which there may be many."""
        return replace(self, body=None)

    def take_checkpoint(self, body: bytes) -> None:
        """Take over what `checkpoint` has kept."""
        note = note_of(body)
        with readable():
            self.tie, self.best_epoch = float(note["rank"][1]), int(note["best_epoch"])
        self.body = body
