"""Runs of many planned trials (evaluations, curves, leaks, influence): what frames their scores."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.results.base import RunResult
from engine.runs.events import (
    DataReady,
    Ended,
    Event,
    Finished,
    Phase,
    Plan,
    TrialEnded,
    TrialStarted,
)
from tests.support.stored.runs import CLASSES, FEATURES, NOW

PARTS = {"train": 206, "validation": 69, "test": 69}


def begun(
    trials: int,
    *,
    trainings: int,
    epochs: int,
    parts: Mapping[str, int] = PARTS,
    phase: str = "evaluating",
) -> list[Event]:
    """The data are there, and the plan is made."""
    return [
        DataReady(features=FEATURES, classes=CLASSES, split_rows=dict(parts)),
        Plan(at=NOW - 60, trials=trials, trainings=trainings, epochs=epochs),
        Phase(name=phase),
    ]


def scored(
    number: int,
    settings: Mapping[str, Any],
    scores: Mapping[str, Sequence[float]],
    *,
    epochs: int = 20,
    group: str = "",
) -> list[Event]:
    """A trial from its start to its scores, each with one figure for a fold, a size or a row."""
    ended = {name: tuple(map(float, values)) for name, values in scores.items()}
    return [
        TrialStarted(
            at=NOW - 50, trial=number, settings=dict(settings), epochs=epochs, group=group
        ),
        TrialEnded(at=NOW - 40, trial=number, status="finished", scores=ended),
    ]


def finished(result: RunResult) -> list[Event]:
    """The end of a run that has come to this."""
    return [Finished(result=result), Ended(at=NOW - 5, status="finished")]
