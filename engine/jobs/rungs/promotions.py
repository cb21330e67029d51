"""The trials of a Hyperband search whose networks are still needed."""

from engine.jobs.rungs.rung_trial import RungTrial
from engine.keras_adapter.model_pool import ModelPool
from engine.runs.reporter import CheckpointDropped, Reporter
from engine.specs.hyperband_schedule import rungs
from engine.specs.kinds.searches import HyperbandSpec


class Promotions:
    """The trials that can still be promoted, and the best; the networks of others are released.

    What of them is in the store as checkpoints is bounded by the trials that
    the next rung takes.
    """

    def __init__(self, spec: HyperbandSpec, pool: ModelPool, reporter: Reporter) -> None:
        self.best: RungTrial | None = None
        self._pool = pool
        self._reporter = reporter
        self._waiting: dict[int, RungTrial] = {}
        self._stored = set(reporter.resume_state.checkpoints)
        rows = rungs(spec.max_epochs, spec.factor)
        # how many of a rung the next one takes
        self._most = {(r.bracket, r.number - 1): r.trials for r in rows if r.number}

    def keep(self, trial: RungTrial) -> None:
        """A trial has finished its rung; the last of the worst goes where there is no room.

        Keras Tuner promotes the first of equals.
        """
        if self.best is None or trial.rank > self.best.rank:
            self.best = trial
        rung = trial.rung
        if rung.number == 0:
            # what is not of this bracket belongs to complete ones
            for number, other in list(self._waiting.items()):
                if other.rung.bracket != rung.bracket:
                    self.release(self.take(number))
        self._waiting[trial.number] = trial
        same = [other for other in self._waiting.values() if other.rung == rung]
        if len(same) > self._most.get((rung.bracket, rung.number), 0):
            worst = min(same, key=lambda other: (other.score, -other.number))
            self.release(self.take(worst.number))

    def take(self, number: int) -> RungTrial:
        """Trial `number` is promoted."""
        return self._waiting.pop(number)

    def release(self, trial: RungTrial) -> None:
        """The network may be used for others."""
        if trial.live is not None:
            self._pool.release(trial.spec, trial.live[0])

    def report(self, trial: RungTrial) -> None:
        """Report a trial's end so that another session can always resume from what is stored.

        Its checkpoint comes first; the one that it was promoted from is dropped last.
        """
        needed = set(self._waiting) | ({self.best.number} if self.best is not None else set())
        if trial.live is not None and trial.number in needed:
            self._reporter.emit(trial.checkpoint(*trial.live))
            self._stored.add(trial.number)
        self._reporter.emit(trial.end_event())
        for number in sorted(self._stored - needed):
            self._reporter.emit(CheckpointDropped(number))
        self._stored &= needed
