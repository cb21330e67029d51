"""The trials of a Hyperband search whose networks are still needed."""

from dataclasses import dataclass
from typing import Any

from engine.jobs.shared.checkpoint import TrainState, note_of, readable
from engine.keras_adapter.model_pool import ModelPool
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.events import Event
from engine.runs.reporter import Checkpoint, CheckpointDropped, Reporter
from engine.specs import HyperbandSpec, NetworkSpec
from engine.specs.hyperband_schedule import Rung, rungs
from engine.trainer.early_stopping import BestEpoch

# below that of any trial whose checkpoint is kept
NO_TIE = float("-inf")


@dataclass(frozen=True, eq=False)
class RetainedTrial:
    """A trained network: of a trial of this session (`live`), or of one before (`body`).

    `rank` orders trials: validation accuracy, and what decides among equal
    ones. `epoch` is the best one, from 0.
    """

    number: int
    rung: Rung
    spec: NetworkSpec
    rank: tuple[float, float]
    epoch: int
    live: tuple[XlaSequential, BestEpoch] | None = None
    body: bytes = b""

    @property
    def score(self) -> float:
        """The highest validation accuracy."""
        return self.rank[0]

    def best_weights(self, network: XlaSequential) -> list[Any]:
        """The weights of the best epoch; `network` is one of the same shapes."""
        if self.live is not None:
            return self.live[1].weights()
        return TrainState.from_bytes(self.body, network).best_weights or []

    def checkpoint(self) -> Checkpoint:
        """All that it takes to promote the trial, or to score it, in another session."""
        if self.live is None:
            return Checkpoint(self.number, self.rung.epochs, self.body)
        network, best = self.live
        training = network.training
        epoch = training.epoch if training is not None else self.rung.epochs
        note = {"rank": list(self.rank), "best_epoch": self.epoch}
        state = TrainState(epoch, network.snapshot(), note, best.weights())
        return Checkpoint(self.number, epoch, state.to_bytes())


def retained_now(
    number: int, rung: Rung, spec: NetworkSpec, network: XlaSequential, best: BestEpoch
) -> RetainedTrial:
    """A trial that has just finished."""
    return RetainedTrial(number, rung, spec, best.rank, best.epoch, (network, best))


def retained_before(
    number: int, rung: Rung, spec: NetworkSpec, score: float, body: bytes
) -> RetainedTrial:
    """A trial that finished before the search was interrupted; its score alone without `body`."""
    if not body:
        return RetainedTrial(number, rung, spec, (score, NO_TIE), -1)
    note = note_of(body)
    with readable():
        accuracy, tie = note["rank"]
        rank, epoch = (float(accuracy), float(tie)), int(note["best_epoch"])
    return RetainedTrial(number, rung, spec, rank, epoch, None, body)


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
        rung = kept.rung
        if rung.number == 0:
            # what is not of this bracket belongs to complete ones
            for other in [n for n, k in self._waiting.items() if k.rung.bracket != rung.bracket]:
                self.release(self._waiting.pop(other))
        self._waiting[kept.number] = kept
        same = [n for n, k in self._waiting.items() if k.rung == rung]
        if len(same) > self._most.get((rung.bracket, rung.number), 0):
            worst = min(same, key=lambda n: (self._waiting[n].score, -n))
            self.release(self._waiting.pop(worst))

    def take(self, number: int) -> RetainedTrial:
        """Trial `number` is promoted."""
        return self._waiting.pop(number)

    def release(self, kept: RetainedTrial) -> None:
        """The network may be used for others."""
        if kept.live is not None:
            self._pool.release(kept.spec, kept.live[0])

    def report(self, ended: Event, finished: RetainedTrial | None) -> None:
        """Report a trial's end so that another session can always resume from what is stored.

        Its checkpoint comes first; the one that it was promoted from is dropped last.
        """
        needed = self._needed
        if finished is not None and finished.number in needed:
            self._reporter.emit(finished.checkpoint())
            self._stored.add(finished.number)
        self._reporter.emit(ended)
        for number in sorted(self._stored - needed):
            self._reporter.emit(CheckpointDropped(number))
        self._stored &= needed

    @property
    def _needed(self) -> set[int]:
        best = {self.best.number} if self.best is not None else set()
        return best | set(self._waiting)
