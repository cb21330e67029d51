"""The trials of a Hyperband search whose networks are still needed."""

from dataclasses import dataclass
from typing import Any

from engine.jobs.phases.checkpoint import TrainState, note_of, readable
from engine.keras_adapter.model_pool import ModelPool
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.events import Event
from engine.runs.reporter import Checkpoint, CheckpointDropped, Reporter
from engine.specs.hyperband_schedule import Rung, rungs
from engine.specs.network import NetworkSpec
from engine.specs.searches import HyperbandSpec
from engine.trainer.early_stopping import BestEpoch

# below that of any trial whose checkpoint is kept
NO_TIE = float("-inf")


@dataclass(frozen=True)
class RungTrial:
    """A trial as one rung trains it: `settings` in `spec`, promoted from the trial `parent`."""

    number: int
    settings: dict[str, Any]
    spec: NetworkSpec
    rung: Rung
    parent: int | None

    @property
    def group(self) -> str:
        """The trials that it competes with, in words."""
        return f"bracket {self.rung.bracket}, rung {self.rung.number}"


@dataclass(frozen=True, eq=False)
class RetainedTrial:
    """A trained network: of a trial of this session (`live`), or of one before (`body`).

    `rank` orders trials: validation accuracy, and what decides among equal
    ones. `epoch` is the best one, from 0.
    """

    trial: RungTrial
    rank: tuple[float, float]
    epoch: int
    live: tuple[XlaSequential, BestEpoch] | None = None
    body: bytes = b""

    @property
    def score(self) -> float:
        """The highest validation accuracy."""
        return self.rank[0]

    @property
    def last_epoch(self) -> int:
        """How many epochs the network has been trained; early stopping may have ended it."""
        training = self.live[0].training if self.live is not None else None
        return training.epoch if training is not None else self.trial.rung.epochs

    def best_weights(self, network: XlaSequential) -> list[Any]:
        """The weights of the best epoch; `network` is one of the same shapes."""
        if self.live is not None:
            return self.live[1].weights()
        return TrainState.from_bytes(self.body, network).best_weights or []

    def checkpoint(self) -> Checkpoint:
        """All that it takes to promote the trial, or to evaluate it, in another session."""
        body = self.body
        if self.live is not None:
            network, best = self.live
            note = {"rank": list(self.rank), "best_epoch": self.epoch}
            snapshot = network.snapshot()
            body = TrainState(self.last_epoch, snapshot, note, best.weights()).to_bytes()
        return Checkpoint(self.trial.number, self.last_epoch, body)


def retained_before(trial: RungTrial, score: float, body: bytes) -> RetainedTrial:
    """A trial that finished before the search was interrupted; its score alone without `body`."""
    if not body:
        return RetainedTrial(trial, (score, NO_TIE), -1)
    note = note_of(body)
    with readable():
        accuracy, tie = note["rank"]
        rank, epoch = (float(accuracy), float(tie)), int(note["best_epoch"])
    return RetainedTrial(trial, rank, epoch, body=body)


class Promotions:
    """The trials that can still be promoted, and the best; the networks of others are released.

    What of them is in the store as checkpoints is bounded by the trials that
    the next rung takes.
    """

    def __init__(self, spec: HyperbandSpec, pool: ModelPool, reporter: Reporter) -> None:
        self.best: RetainedTrial | None = None
        self._pool = pool
        self._reporter = reporter
        self._waiting: dict[int, RetainedTrial] = {}
        self._stored = set(reporter.resume_state.checkpoints)
        rows = rungs(spec.max_epochs, spec.factor)
        # how many of a rung the next one takes
        self._most = {(r.bracket, r.number - 1): r.trials for r in rows if r.number}

    def keep(self, kept: RetainedTrial) -> None:
        """A trial has finished its rung; the last of the worst goes where there is no room.

        Keras Tuner promotes the first of equals.
        """
        if self.best is None or kept.rank > self.best.rank:
            self.best = kept
        rung = kept.trial.rung
        if rung.number == 0:
            # what is not of this bracket belongs to complete ones
            for number, other in list(self._waiting.items()):
                if other.trial.rung.bracket != rung.bracket:
                    self.release(self.take(number))
        self._waiting[kept.trial.number] = kept
        same = [number for number, k in self._waiting.items() if k.trial.rung == rung]
        if len(same) > self._most.get((rung.bracket, rung.number), 0):
            worst = min(same, key=lambda number: (self._waiting[number].score, -number))
            self.release(self.take(worst))

    def take(self, number: int) -> RetainedTrial:
        """Trial `number` is promoted."""
        return self._waiting.pop(number)

    def release(self, kept: RetainedTrial) -> None:
        """The network may be used for others."""
        if kept.live is not None:
            self._pool.release(kept.trial.spec, kept.live[0])

    def report(self, ended: Event, finished: RetainedTrial | None) -> None:
        """Report a trial's end so that another session can always resume from what is stored.

        Its checkpoint comes first; the one that it was promoted from is dropped last.
        """
        needed = self._needed
        if finished is not None and finished.trial.number in needed:
            self._reporter.emit(finished.checkpoint())
            self._stored.add(finished.trial.number)
        self._reporter.emit(ended)
        for number in sorted(self._stored - needed):
            self._reporter.emit(CheckpointDropped(number))
        self._stored &= needed

    @property
    def _needed(self) -> set[int]:
        best = {self.best.trial.number} if self.best is not None else set()
        return best | set(self._waiting)
