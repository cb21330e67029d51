"""What stored sweeps and searches have in common: their curves, and the network they chose."""

import math

from engine.results.scores import ConfusionMatrix
from engine.runs.events import (
    DataReady,
    EpochBlock,
    Event,
    Phase,
    Plan,
    training_key,
)
from tests.support.stored.runs import (
    CLASSES,
    FEATURES,
    LAYERS,
    MATRICES,
    missed,
    scores,
)
from tests.support.stored.trials import PARTS

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
