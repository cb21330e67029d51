"""Stored runs that are the same in every test, and the clock they belong to."""

import math
from array import array
from collections.abc import Callable

from engine.results.scores import (
    BaselineResult,
    ClassScore,
    ConfusionMatrix,
    LayerRow,
    Misclassified,
    Scores,
    SetScore,
    TrainResult,
)
from engine.results.statistics import wilson
from engine.runs.events import (
    DataReady,
    Ended,
    EpochBlock,
    Event,
    Finished,
    NetworkReady,
    Note,
    Phase,
    TrialEnded,
    TrialStarted,
)
from engine.runs.figures import COLUMNS

# 24 November 2026, 14:00 UTC: in every test the clock stands here
NOW = 1795528800.0
CLASSES = ("Adelie", "Chinstrap", "Gentoo")
FEATURES = ("island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex")
MATRICES = {
    "train": ((90, 1, 0), (2, 38, 1), (0, 0, 74)),
    "validation": ((29, 1, 0), (1, 13, 0), (0, 0, 25)),
    "test": ((30, 0, 0), (2, 11, 0), (0, 0, 25)),
}


# puts a run into the store: kind, fields, events, status, name and times
Stored = Callable[..., int]


def epochs(count: int, first: int = 1, rate: float = 0.001) -> EpochBlock:
    """Smooth learning curves, the same in every test."""
    rows = []
    for epoch in range(first, first + count):
        fallen = math.exp(-epoch / 6)
        rows.append(
            (
                0.05 + 1.0 * fallen,
                0.98 - 0.6 * fallen,
                0.09 + 1.0 * fallen,
                0.95 - 0.6 * fallen,
                rate,
                0.05,
            )
        )
    columns = tuple(array("d", column) for column in zip(*rows, strict=True))
    assert len(columns) == len(COLUMNS)
    return EpochBlock(0, first, columns)


def scores() -> Scores:
    """Scores that belong to `MATRICES`."""
    parts = {}
    for name, matrix in MATRICES.items():
        rows = sum(map(sum, matrix))
        hits = sum(matrix[i][i] for i in range(len(matrix)))
        classes = tuple(
            ClassScore(
                label=label,
                precision=matrix[i][i] / sum(row[i] for row in matrix),
                recall=matrix[i][i] / sum(matrix[i]),
                f1=2 * matrix[i][i] / (sum(row[i] for row in matrix) + sum(matrix[i])),
                rows=sum(matrix[i]),
            )
            for i, label in enumerate(CLASSES)
        )
        parts[name] = SetScore(
            rows=rows, accuracy=wilson(hits, rows), macro_f1=0.95, log_loss=0.12, classes=classes
        )
    return Scores(**parts)


def missed() -> tuple[Misclassified, ...]:
    """One wrongly classified row of the test part."""
    values = {
        "island": "Dream",
        "bill_length_mm": 42.5,
        "bill_depth_mm": 17.3,
        "flipper_length_mm": 187.0,
        "body_mass_g": 3350.0,
        "sex": "female",
    }
    return (
        Misclassified(
            row=171, part="test", actual="Chinstrap", predicted="Adelie", probability=0.81,
            values=values,
        ),
    )  # fmt: skip


def baseline_events(at: float = NOW - 300) -> list[Event]:
    """A finished baseline."""
    result = BaselineResult(
        scores=scores(),
        confusion=ConfusionMatrix(labels=CLASSES, **MATRICES),
        misclassified=missed(),
        sealed_part="sealed",
        features=FEATURES,
        coefficients=((0.1, -2.4, 1.5, -0.4, -0.6, 0.2),) * 3,
        intercepts=(0.4, -1.2, 0.8),
        iterations=23,
        converged=True,
    )
    parts = {"train": 206, "validation": 69, "test": 69}
    return [
        Phase(name="reading the data"),
        DataReady(features=FEATURES, classes=CLASSES, parts=parts),
        Phase(name="fitting"),
        Finished(result=result),
        Ended(at=at, status="finished"),
    ]


LAYERS = (
    LayerRow(name="hidden_1", output_shape=(100,), parameters=700),
    LayerRow(name="hidden_2", output_shape=(100,), parameters=10_100),
    LayerRow(name="output", output_shape=(3,), parameters=303),
)


def train_events(
    done: int, planned: int, at: float = NOW - 60, *, finished: bool = True
) -> list[Event]:
    """A network that has trained `done` of `planned` epochs."""
    parts = {"train": 206, "validation": 69, "test": 69}
    events: list[Event] = [
        Phase(name="reading the data"),
        DataReady(features=FEATURES, classes=CLASSES, parts=parts),
        Phase(name="building the network"),
        NetworkReady(layers=LAYERS, parameters=11_103, steps_per_epoch=13),
        Phase(name="training"),
        TrialStarted(at=at - 2, trial=0, settings={}, epochs=planned),
        Note(at=at - 1, level="info", text="Two classes are close to each other."),
        epochs(done),
    ]
    if not finished:
        return events
    result = TrainResult(
        scores=scores(),
        confusion=ConfusionMatrix(labels=CLASSES, **MATRICES),
        misclassified=missed(),
        sealed_part="sealed",
        layers=LAYERS,
        parameters=11_103,
        epochs_run=done,
        epoch_kept=done,
        stop_reason="all epochs done",
    )
    return [
        *events,
        TrialEnded(at=at, trial=0, status="finished", epochs=done),
        Phase(name="scoring"),
        Finished(result=result),
        Ended(at=at, status="finished"),
    ]
