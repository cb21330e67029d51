"""The trials of a Hyperband search whose networks are still needed.

What is kept depends on which trials have ended, not on their order.
"""

from engine.jobs.phases.checkpoint import readable
from engine.jobs.rungs.rung_trial import RungTrial
from engine.runs.reporter import CheckpointDropped, Reporter
from engine.specs.hyperband_schedule import rungs
from engine.specs.kinds.searches import HyperbandSpec


class Promotions:
    """The trials that can still be promoted, and the best; the networks of others are let go of.

    What of them is in the store as checkpoints is bounded by the trials that
    the next rung takes.
    """

    def __init__(self, spec: HyperbandSpec, reporter: Reporter) -> None:
        self.best: RungTrial | None = None
        self._reporter = reporter
        self._waiting: dict[int, RungTrial] = {}
        self._stored = set(reporter.resume_state.checkpoints)
        rows = rungs(spec.max_epochs, spec.factor)
        # how many of a rung the next one takes
        self._most = {(r.bracket, r.number - 1): r.trials for r in rows if r.number}

    def take_in(self, trial: RungTrial) -> None:
        """A trial has ended; what it was promoted from is not needed any more."""
        if trial.parent is not None:
            self._waiting.pop(trial.parent, None)
        if trial.status == "finished":
            self._keep(trial)

    def _keep(self, trial: RungTrial) -> None:
        """Keep a trial that has finished its rung; the worst goes where there is no room.

        Keras Tuner promotes the first of equals.
        """
        if self.best is None or trial.rank > self.best.rank:
            self.best = trial
        rung = trial.rung
        if rung.number == 0:
            # what is not of this bracket belongs to complete ones
            for number, other in list(self._waiting.items()):
                if other.rung.bracket != rung.bracket:
                    del self._waiting[number]
        self._waiting[trial.number] = trial
        same = [other for other in self._waiting.values() if other.rung == rung]
        if len(same) > self._most.get((rung.bracket, rung.number), 0):
            worst = min(same, key=lambda other: (other.score, -other.number))
            del self._waiting[worst.number]

    def network_of(self, number: int | None) -> bytes | None:
        """What a trial that is promoted from trial `number` begins from; None: new weights.

        Raises EngineError where it is not kept any more.
        """
        if number is None:
            return None
        with readable():
            if number not in self._waiting:
                raise ValueError(f"trial {number} does not wait to be promoted")
        return self._waiting[number].kept

    def report(self, trial: RungTrial) -> None:
        """Report a trial's end so that another session can always resume from what is stored.

        Its checkpoint comes first; the one that it was promoted from is dropped last.
        """
        needed = set(self._waiting) | ({self.best.number} if self.best is not None else set())
        if trial.number in needed:
            self._reporter.emit(trial.checkpoint)
            self._stored.add(trial.number)
        self._reporter.emit(trial.end_event())
        for number in sorted(self._stored - needed):
            self._reporter.emit(CheckpointDropped(number))
        self._stored &= needed
