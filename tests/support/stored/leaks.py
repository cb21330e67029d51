"""A leakage run that is the same in every test, as the events of its run."""

import math
from typing import Any

from engine.kinds import make_spec
from engine.planning.leaks import leak_effects, planned
from engine.results.leaks import LeaksResult
from engine.runs.events import ON_PURPOSE, Event, Note
from engine.runs.state import RunState, fold
from engine.specs.kinds.leaks import LeaksSpec
from tests.support.stored.runs import NOW
from tests.support.stored.trials import begun, finished, scored

LEAKAGE: dict[str, Any] = {"splits": 6, "epochs": 10}
# by how much each flatters on average; features cannot be selected in these data
FLATTERS = {"preprocessing": 0.0, "stopping": 0.02, "selection": 0.03, "duplicates": 0.005}


def leaks_spec() -> LeaksSpec:
    """Six splits."""
    found = make_spec("leaks", LEAKAGE)
    assert isinstance(found, LeaksSpec)
    return found


def leaks_events(splits: int = 6, *, ended: bool = True) -> list[Event]:
    """As many splits as are done."""
    spec = leaks_spec()
    events: list[Event] = [
        Note(at=NOW - 60, level="warning", text=f"{ON_PURPOSE} not comparable."),
        *begun(len(planned(spec)), trainings=spec.trainings, epochs=spec.epochs_planned),
    ]
    for trial in planned(spec)[:splits]:
        scores = {}
        for place, (name, flatters) in enumerate(FLATTERS.items()):
            honest = 0.93 + round(2 * math.sin(7 * trial.number + place)) / 55
            more = flatters + round(math.sin(3 * trial.number + place)) / 55
            scores[name] = (honest, min(1.0, honest + more))
        events += scored(trial.number, trial.settings, scores, epochs=10)
    if not ended:
        return events
    result = LeaksResult(leaks=leak_effects(spec, fold(RunState(), events)), splits=splits)
    return [*events, *finished(result)]
