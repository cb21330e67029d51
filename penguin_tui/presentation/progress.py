"""How far a run is: trials, epochs, speed, time left, the figures so far."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.runs.events import Plan
from engine.runs.ranking import best_trial, mean_score
from engine.runs.speed import seconds_left
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.engine_text import trouble, waits_for
from penguin_tui.presentation.text import (
    clipped,
    count,
    counted,
    duration,
    figure,
    percent,
    rate,
    span,
)
from penguin_tui.presentation.words import SHORT_SETS, published, trial_noun

if TYPE_CHECKING:
    from engine.client.process import EngineStatus

GAP = "  "
# ends of a time that are no further apart are told as one
SURE = 1.5
# and those that are further apart say nothing yet
VAGUE = 10.0


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a live run; `fraction` of its epochs, None while that is not known.

    `done` are the epochs trained so far, `counter` says how many of how many,
    `speed` has rate and time left, `scores` the figures so far. `seconds_left` is at least
    and at most; None while nothing tells.
    """

    fraction: float | None
    done: int
    counter: tuple[str, ...]
    speed: tuple[str, ...]
    scores: tuple[str, ...]
    seconds_left: tuple[float, float] | None = None


def progress(
    record: RunRecord, state: RunState, now: float, engine: "EngineStatus | None" = None
) -> Progress:
    """How far the run is as of `now`, in seconds since 1970.

    Where the `engine` is not heard, or the run paused, its last speed says nothing of now.
    """
    found = _progress(record, state, now)
    if record.status == "paused" or trouble(engine):
        return replace(found, speed=())
    return found


def _progress(record: RunRecord, state: RunState, now: float) -> Progress:
    if state.plan is not None:
        return _of_trials(record, state.plan, state, now)
    done, planned = state.curve.last_epoch, record.epochs_planned
    counter = (f"epoch {_of(done, planned)}",) if planned else ()
    fraction = min(1.0, done / planned) if planned else None
    left = seconds_left(state, planned, None)
    speed = _speed(state.epochs_per_second, left)
    return Progress(fraction, done, counter, speed, _last_epoch(record, state), left)


def _of_trials(record: RunRecord, plan: Plan, state: RunState, now: float) -> Progress:
    done = state.epochs_done
    ended = sum(trial.status != "running" for trial in state.trials.values())
    epochs = (f"epoch {_of(done, plan.epochs)}",) if plan.epochs else ()
    noun = trial_noun(record)
    best = best_trial(state) if noun == "trial" else None
    scores = (f"best so far {percent(mean_score(best))}",) if best else ()
    fraction = min(1.0, done / plan.epochs) if plan.epochs else None
    worked = record.seconds() if record.worked is not None else None
    pace = state.pace(now, worked)
    left = seconds_left(state, None, pace)
    return Progress(
        fraction,
        done,
        (f"{noun} {_of(ended, plan.trials)}", *epochs),
        _speed(pace, left),
        scores,
        left,
    )


def _of(done: int, planned: int | None) -> str:
    return f"{count(done)} of {count(planned)}"


def _speed(per_second: float | None, left: tuple[float, float] | None) -> tuple[str, ...]:
    if not per_second:
        return ()
    low, high = left or (0.0, math.inf)
    if high > VAGUE * low:
        return (rate(per_second, "epochs"),)
    remaining = span(low, high) if high > SURE * low else duration((low + high) / 2)
    return (rate(per_second, "epochs"), f"{remaining} left")


def _last_epoch(record: RunRecord, state: RunState) -> tuple[str, ...]:
    figures = state.curve.at(state.curve.last_epoch) or {}
    selection = SHORT_SETS["test" if published(record) else "validation"]
    found = []
    for name, shown in (("accuracy", percent), ("loss", figure)):
        if name in figures:
            also = figures.get(f"val_{name}", math.nan)
            seen = f", {selection} {shown(also)}" if not math.isnan(also) else ""
            found.append(f"{name} {shown(figures[name])}{seen}")
    return tuple(found)


def phase_text(record: RunRecord, state: RunState, engine: "EngineStatus | None" = None) -> str:
    """What the run does now, or waits for."""
    if record.status == "queued":
        waits = waits_for(record, engine)
        return f"queued ({clipped(waits, 100)})" if waits else "queued"
    if record.status == "running":
        return clipped(state.phase, 100) or "starting"
    return record.status


def figures_line(
    record: RunRecord, state: RunState, now: float, engine: "EngineStatus | None" = None
) -> str:
    """Counter, speed and scores of a run on a line of their own."""
    found = progress(record, state, now, engine)
    return GAP.join((*found.counter, *found.speed, *found.scores))


def progress_line(
    record: RunRecord, state: RunState, now: float, engine: "EngineStatus | None" = None
) -> str:
    """The run's progress on one line: its phase, or how far it is with speed and figures."""
    run = f"Run {record.id}"
    wrong = (trouble(engine),) if record.at_work and trouble(engine) else ()
    if progress(record, state, now).done and (record.at_work or record.status == "paused"):
        status = (record.status,) if record.status != "running" else ()
        return GAP.join((run, *status, *wrong, figures_line(record, state, now, engine)))
    return GAP.join((run, phase_text(record, state, engine), *wrong))


def planned_text(plan: Plan) -> str:
    """What a run of several trainings is going to do."""
    trials = f"{counted(plan.trials, 'trial')}, " if plan.trials != plan.trainings else ""
    epochs = f", {counted(plan.epochs, 'epoch')}" if plan.epochs else ""
    return f"{trials}{counted(plan.trainings, 'training')}{epochs} planned"
