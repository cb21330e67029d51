"""A Hyperband that is the same in every test, as the events of its run."""

from typing import Any

from engine.kinds import make_spec
from engine.planning.importance import importances
from engine.results.search import SearchResult
from engine.runs.events import (
    Ended,
    Event,
    Finished,
    NetworkReady,
    Plan,
    TrialEnded,
    TrialStarted,
)
from engine.specs.hyperband_schedule import rungs
from engine.specs.kinds.searches import HyperbandSpec
from tests.support.stored.runs import (
    LAYERS,
    NOW,
)
from tests.support.stored.trainings import CHOSEN, begin, block, noise

HYPERBAND: dict[str, Any] = {
    "vary": {
        "units": {"low": 16, "high": 256, "step": 16},
        "dropout": {"values": [0.2, 0.4, 0.6]},
    },
    "max_epochs": 10,
    "factor": 3,
}


def hyperband_events(done: int | None = None, at: float = NOW - 60) -> list[Event]:
    """A Hyperband of which `done` trials have ended; all: finished."""
    spec = make_spec("hyperband", HYPERBAND)
    assert isinstance(spec, HyperbandSpec)
    steps = rungs(spec.max_epochs, spec.factor)
    load = spec.workload
    plan = Plan(at=at, trials=load.trials, trainings=load.trainings, epochs=load.epochs)
    events = begin(plan)
    number = 0
    above: list[tuple[float, int, dict[str, Any]]] = []
    scored: list[tuple[float, int, dict[str, Any]]] = []
    for rung in steps:
        if rung.number == 0:
            parents: list[tuple[float, int, dict[str, Any]]] = []
        else:
            parents = sorted(above, key=lambda one: one[0], reverse=True)[: rung.trials]
        above = []
        for place in range(rung.trials):
            parent = parents[place] if parents else None
            own = parent[2] if parent else {
                "units": 16 * (1 + int(7.9 * (1 + noise(number)))),
                "dropout": (0.2, 0.4, 0.6)[number % 3],
            }  # fmt: skip
            score = 0.9 + 0.0002 * own["units"] + 0.003 * rung.epochs - 0.05 * own["dropout"]
            asked = own | {"tuner/epochs": rung.epochs, "tuner/bracket": rung.bracket}
            events.append(
                TrialStarted(
                    at=at + number, trial=number, settings=asked, epochs=rung.epochs,
                    group=f"bracket {rung.bracket}, rung {rung.number}",
                    parent=parent[1] if parent else None,
                )
            )  # fmt: skip
            new = rung.epochs - rung.begun
            if number == done:
                return [*events, block(number, 1, score, first=rung.begun + 1)]
            events += [
                block(number, new, score, first=rung.begun + 1),
                TrialEnded(
                    at=at + number + 1, trial=number, status="finished",
                    effective_settings=own | {"epochs_at_most": rung.epochs},
                    scores={"train": (score + 0.01,), "validation": (score,)}, epochs=new,
                ),
            ]  # fmt: skip
            above.append((score, number, own))
            scored.append((score, number, own))
            number += 1
    best = max(scored, key=lambda one: one[:2])
    best_epochs = next(
        e.epochs for e in events if isinstance(e, TrialStarted) and e.trial == best[1]
    )
    result = SearchResult(
        **CHOSEN,
        kind="hyperband",
        best_trial=best[1],
        best_settings=best[2],
        effective_settings=best[2] | {"epochs_at_most": best_epochs},
        selection_score=best[0],
        importances=importances(
            tuple(HYPERBAND["vary"]), [one[2] for one in scored], [one[0] for one in scored]
        ),
        epochs_spent=load.epochs,
    )
    return [
        *events,
        NetworkReady(layers=LAYERS, parameters=11_103, steps_per_epoch=13),
        Finished(result=result),
        Ended(at=NOW - 5, status="finished"),
    ]
