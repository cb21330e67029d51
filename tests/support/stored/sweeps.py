"""A sweep that is the same in every test, as the events of its run."""

import math
from typing import Any

from engine.kinds import make_spec
from engine.planning import sweep as sweeps
from engine.results.search import SweepResult
from engine.runs.events import (
    Ended,
    Event,
    Finished,
    NetworkReady,
    Plan,
    TrialEnded,
    TrialStarted,
)
from engine.runs.state import RunState, fold
from engine.specs.kinds.sweep import SweepSpec
from tests.support.stored.runs import (
    LAYERS,
    NOW,
)
from tests.support.stored.trainings import CHOSEN, begin, block, noise

SWEEP: dict[str, Any] = {"vary": {"units": {"low": 10, "high": 100, "step": 10}}, "epochs": 5}


def sweep_accuracy(value: float, seed: int) -> float:
    """More units are better up to about 50."""
    return min(0.99, 0.7 + 0.27 * (1 - math.exp(-value / 18))) + 0.012 * noise(int(value) + seed)


def sweep_events(
    fields: dict[str, Any] | None = None, done: int | None = None, at: float = NOW - 60
) -> list[Event]:
    """A sweep of which `done` trainings have ended and the next is under way; all: finished."""
    spec = make_spec("sweep", fields or SWEEP)
    assert isinstance(spec, SweepSpec)
    settings = sweeps.trial_settings(spec)
    setting, _ = sweeps.swept(spec)
    count = len(settings)
    plan = Plan(at=at, trials=count, trainings=count, epochs=count * spec.epochs)
    events = begin(plan)
    for number, own in enumerate(settings):
        if done is not None and number > done:
            return events
        value = own[setting] if isinstance(own[setting], int | float) else number
        top = sweep_accuracy(float(value), own["seed"])
        events.append(TrialStarted(at=at + number, trial=number, settings=own, epochs=spec.epochs))
        if number == done:
            return [*events, block(number, 2, top)]
        events += [
            block(number, spec.epochs, top),
            TrialEnded(
                at=at + number + 1, trial=number, status="finished", effective_settings=own,
                scores={"train": (top + 0.02,), "validation": (top,)}, epochs=spec.epochs,
            ),
        ]  # fmt: skip
    found = sweeps.points(spec, fold(RunState(), events))
    result = SweepResult(
        **CHOSEN,
        setting=setting,
        points=found,
        best=sweeps.best(found).value,
        chosen=sweeps.choose(spec, found).value,
    )
    return [
        *events,
        NetworkReady(layers=LAYERS, parameters=11_103, steps_per_epoch=13),
        Finished(result=result),
        Ended(at=NOW - 5, status="finished"),
    ]
