"""Sweeps and searches that are the same in every test, as the events of their runs."""

import math
from typing import Any

from engine.kinds import make_spec
from engine.planning import sweep as sweeps
from engine.planning.importance import importances
from engine.planning.nested import nested_of
from engine.results.nested import OuterFold
from engine.results.scores import ConfusionMatrix
from engine.results.search import SearchResult, SweepResult
from engine.runs.events import (
    DataReady,
    Ended,
    EpochBlock,
    Event,
    Finished,
    NetworkReady,
    OuterFoldEnded,
    Phase,
    Plan,
    TrialEnded,
    TrialStarted,
    training_key,
)
from engine.runs.state import RunState, fold
from engine.specs.hyperband_schedule import rungs
from engine.specs.kinds.searches import HyperbandSpec
from engine.specs.kinds.sweep import SweepSpec
from tests.support.stored_runs import (
    CLASSES,
    FEATURES,
    LAYERS,
    MATRICES,
    NOW,
    missed,
    scores,
)

PARTS = {"train": 206, "validation": 69, "test": 69}
CHOSEN = {
    "scores": scores(),
    "confusion": ConfusionMatrix(labels=CLASSES, **MATRICES),
    "misclassified": missed(),
    "sealed_part": "sealed",
    "layers": LAYERS,
    "parameters": 11_103,
    "epochs_run": 5,
    "epoch_kept": 5,
    "stop_reason": "all 5 epochs done",
}


def noise(number: int) -> float:
    """From -1 to 1, scattered and always the same."""
    return math.sin(12.9898 * number) * 43758.5453 % 2 - 1


def begin(plan: Plan) -> list[Event]:
    """What comes before the first training."""
    return [
        Phase(name="reading the data"),
        DataReady(features=FEATURES, classes=CLASSES, parts=PARTS),
        plan,
        Phase(name="training"),
    ]


def block(trial: int, epochs: int, top: float, fold_number: int = 0, first: int = 1) -> EpochBlock:
    """Learning curves that end near `top`."""
    rows: list[tuple[float, ...]] = []
    for epoch in range(first, first + epochs):
        fallen = math.exp(-epoch / 3)
        rows.append(
            (
                0.1 + fallen,
                top + 0.02 - 0.5 * fallen,
                0.12 + fallen,
                top - 0.5 * fallen,
                0.001,
                0.01,
            )
        )
    return EpochBlock.of(training_key(trial, fold_number), first, rows)


# -- sweeps ---------------------------------------------------------------------------------------

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


# -- searches -------------------------------------------------------------------------------------

RANDOM: dict[str, Any] = {
    "vary": {
        "learning_rate": {"low": 0.0001, "high": 0.1, "scale": "log"},
        "batch_size": {"values": [8, 16, 32]},
        "dropout": {"values": [0.0, 0.2, 0.4]},
    },
    "max_trials": 12,
    "folds": 3,
    "epochs": 10,
}
GRID: dict[str, Any] = {
    "vary": {"learning_rate": {"values": [0.001, 0.005]}, "batch_size": {"values": [10, 16]}},
    "folds": 3,
    "epochs": 10,
}
HYPERBAND: dict[str, Any] = {
    "vary": {
        "units": {"low": 16, "high": 256, "step": 16},
        "dropout": {"values": [0.2, 0.4, 0.6]},
    },
    "max_epochs": 10,
    "factor": 3,
}


def candidate(number: int) -> dict[str, Any]:
    """Settings of a random candidate."""
    return {
        "learning_rate": 10 ** (-2.5 + 1.5 * noise(number)),
        "batch_size": (8, 16, 32)[number % 3],
        "dropout": (0.0, 0.2, 0.4)[number // 2 % 3],
    }


def candidate_score(settings: dict[str, Any]) -> float:
    """Best near a learning rate of 0.005."""
    away = abs(math.log10(settings["learning_rate"]) + 2.3)
    return 0.98 - 0.12 * away - 0.02 * settings["dropout"]


def outer_folds(count: int) -> list[OuterFold]:
    """What a random search finds on the first `count` outer folds."""
    return [
        OuterFold(
            number=number,
            inner=0.97 + 0.01 * noise(number),
            outer=0.95 + 0.02 * noise(number + 50),
            settings=candidate(number % 2),
        )
        for number in range(count)
    ]


def search_events(
    done: int | None = None, *, count: int = 12, at: float = NOW - 60, note: str = "",
    outer: int = 0,
) -> list[Event]:  # fmt: skip
    """A random search of which `done` candidates have ended; all: finished.

    With `outer` it is repeated on so many outer folds.
    """
    plan = Plan(at=at, trials=count, trainings=3 * count + 1, epochs=(3 * count + 1) * 10)
    events = begin(plan)
    best, best_score = 0, 0.0
    for number in range(count):
        if done is not None and number > done:
            return events
        own = candidate(number)
        mean = candidate_score(own)
        events.append(TrialStarted(at=at + number, trial=number, settings=own, epochs=10))
        if number == done:
            return [*events, block(number, 10, mean), block(number, 4, mean, 1)]
        events += [block(number, 10, mean, part) for part in range(3)]
        if number == 4:
            events.append(TrialEnded(at=at + number + 1, trial=number, status="skipped", epochs=12))
            continue
        folds = tuple(mean + 0.01 * noise(10 * number + part) for part in range(3))
        if sum(folds) / 3 > best_score:
            best, best_score = number, sum(folds) / 3
        events.append(
            TrialEnded(
                at=at + number + 1, trial=number, status="finished",
                effective_settings=own | {"epochs": 10},
                scores={"train": tuple(f + 0.01 for f in folds), "validation": folds}, epochs=30,
            )
        )  # fmt: skip
    scored = [t for t in range(count) if t != 4]
    settings = [candidate(t) for t in scored]
    means = [candidate_score(own) for own in settings]
    result = SearchResult(
        **CHOSEN,
        kind="random_search",
        best_trial=best,
        best_settings=candidate(best),
        effective_settings=candidate(best) | {"epochs": 10},
        selection_score=best_score,
        importances=importances(tuple(RANDOM["vary"]), settings, means),
        epochs_spent=30 * count,
        note=note,
        nested=nested_of(outer_folds(outer), outer, 275),
    )
    return [
        *events,
        *(OuterFoldEnded(at=at + count, fold=one) for one in outer_folds(outer)),
        NetworkReady(layers=LAYERS, parameters=11_103, steps_per_epoch=13),
        Finished(result=result),
        Ended(at=NOW - 5, status="finished"),
    ]


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
