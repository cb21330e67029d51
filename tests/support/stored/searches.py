"""Random searches that are the same in every test, as the events of their runs."""

import math
from typing import Any

from engine.planning.importance import importances
from engine.planning.nested import nested_of
from engine.results.nested import OuterFold
from engine.results.search import SearchResult
from engine.runs.events import (
    Ended,
    Event,
    Finished,
    NetworkReady,
    OuterFoldEnded,
    Plan,
    TrialEnded,
    TrialStarted,
)
from tests.support.stored.runs import (
    LAYERS,
    NOW,
)
from tests.support.stored.trainings import CHOSEN, begin, block, noise

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
