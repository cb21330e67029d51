"""How fast a run gets through epochs and trials, starting left out, and how long it takes yet."""

from dataclasses import dataclass
from statistics import median

from engine.runs.events import FOLD_KEYS
from engine.runs.state import RunState, Trial

# fewer epochs, or trials that have ended, tell of starting more than of training
STEADY_EPOCHS, STEADY_TRIALS = 4, 4


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds that an epoch takes, that a trial takes besides, and how many run at a time."""

    epoch: float
    trial: float
    at_a_time: float

    def seconds(self, epochs: float, trials: float) -> float:
        """How long so many epochs in so many trials take."""
        return (epochs * self.epoch + trials * self.trial) / self.at_a_time


def speed(state: RunState) -> Speed | None:
    """The speed of late; None while too little has been done to tell it from starting.

    Of a single training over the later half of its epochs. Of several over the later half of
    the trials that have ended since the run began or was resumed; their first epochs, which wait
    for the compiler, are left out.
    """
    if state.plan is None:
        per_second = state.epochs_per_second
        known = per_second and len(state.curve) >= STEADY_EPOCHS
        return Speed(1 / per_second, 0.0, 1.0) if per_second and known else None
    begun = state.plan.at
    ended = [t for t in state.trials.values() if t.ended is not None and t.ended >= begun]
    ended.sort(key=lambda trial: trial.ended or 0.0)
    if len(ended) < STEADY_TRIALS:
        return None
    late = ended[len(ended) // 2 :]
    epoch = _seconds_of_an_epoch(state, late)
    if epoch is None:
        return None
    rest = median(max(0.0, (t.seconds or 0.0) - t.epochs * epoch) for t in late)
    passed = _end(late[-1]) - _end(ended[len(ended) // 2 - 1])
    work = sum(t.epochs for t in late) * epoch + len(late) * rest
    return Speed(epoch, rest, max(1.0, work / passed) if passed > 0.0 else 1.0)


def _end(trial: Trial) -> float:
    """A reading of the clock that cannot be set, where there is one."""
    return trial.steady[1] if trial.steady[1] is not None else trial.ended or 0.0


def _seconds_of_an_epoch(state: RunState, trials: list[Trial]) -> float | None:
    """The mean over the later halves of the trainings of these trials."""
    wanted = {trial.number for trial in trials}
    seconds, count = 0.0, 0
    for key, curve in state.curves.items():
        later = len(curve) // 2
        if key // FOLD_KEYS in wanted and later:
            seconds, count = seconds + sum(curve.column("seconds", later)), count + later
    return seconds / count if count and seconds > 0.0 else None


def _within_trials(state: RunState, pace: float) -> Speed | None:
    """The speed of trials of which too few have ended, by the epochs that they have trained.

    As many run at a time as the seconds of all epochs are more than those that have passed.
    """
    begun = state.plan.at if state.plan is not None else 0.0
    own = [t for t in state.trials.values() if t.status == "running" or (t.ended or 0.0) >= begun]
    epoch = _seconds_of_an_epoch(state, own)
    if epoch is None:
        return None
    wanted = {trial.number for trial in own}
    curves = [curve for key, curve in state.curves.items() if key // FOLD_KEYS in wanted]
    spent = sum(sum(curve.column("seconds")) for curve in curves)
    passed = sum(len(curve) for curve in curves) / pace
    return Speed(epoch, 0.0, max(1.0, spent / passed))


def seconds_left(
    state: RunState, planned: int | None, pace: float | None
) -> tuple[float, float] | None:
    """How long a run that trains takes yet, at least and at most; None when none of it is known.

    `planned` are the epochs of a single training, `pace` the epochs a second since the run began:
    it counts starting, which may come again (another shape to compile) or not.
    """
    if state.plan is None:
        epochs, trials = (planned or 0) - state.curve.last_epoch, 0
        found = speed(state)
    else:
        epochs = state.plan.epochs - state.epochs_done
        trials = state.plan.trials - sum(t.status != "running" for t in state.trials.values())
        found = speed(state) or (_within_trials(state, pace) if pace else None)
    if found is None or epochs <= 0:
        return None
    ends = [found.seconds(epochs, trials), *([epochs / pace] if pace else [])]
    return min(ends), max(ends)
