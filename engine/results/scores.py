"""Scores of a classifier, with their uncertainty, and what one network results in."""

from typing import Any, Literal

from engine.results.base import RunResult
from engine.results.statistics import Interval
from engine.specs.base import Frozen

Row = tuple[int, ...]
Matrix = tuple[Row, ...]
Cell = str | int | float | None


class ClassScore(Frozen):
    """Precision, recall and F1 of one class; 0 where they are undefined."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


class PartScore(Frozen):
    """How one part of the data is classified. `log_loss` is in nats."""

    rows: int
    accuracy: Interval
    macro_f1: float
    log_loss: float
    classes: tuple[ClassScore, ...]


class Scores(Frozen):
    """Scores of each part.

    There is no validation part under `as_published`, and the test part stays
    sealed when a run was stopped.
    """

    train: PartScore
    validation: PartScore | None
    test: PartScore | None


class ConfusionMatrix(Frozen):
    """Counts with actual classes as rows and predicted classes as columns."""

    labels: tuple[str, ...]
    train: Matrix
    validation: Matrix | None
    test: Matrix | None


class LayerRow(Frozen):
    """One line of a layer table: `output_shape` without the batch dimension."""

    name: str
    output_shape: tuple[int, ...]
    parameters: int


class Misclassified(Frozen):
    """A row that was classified wrongly; `row` counts data rows of the file from 1."""

    row: int
    split: Literal["train", "validation", "test"]
    actual: str
    predicted: str
    probability: float
    values: dict[str, Cell]


class Scored(RunResult):
    """What every classifier's result has in common."""

    scores: Scores
    confusion: ConfusionMatrix
    misclassified: tuple[Misclassified, ...]
    # a hash of data and split that names the test rows, to count how often they were evaluated
    test_set_id: str


class BaselineResult(Scored):
    """Logistic regression: `coefficients[class][feature]`, on prepared features."""

    kind: Literal["baseline"] = "baseline"
    features: tuple[str, ...]
    coefficients: tuple[tuple[float, ...], ...]
    intercepts: tuple[float, ...]
    iterations: int
    converged: bool


class TrainResult(Scored):
    """A trained network. `epoch_kept` counts from 1."""

    kind: Literal["train"] = "train"
    layers: tuple[LayerRow, ...]
    parameters: int
    epochs_run: int
    epoch_kept: int
    stop_reason: str


def metrics(result: Any) -> dict[str, float | None]:
    """`train_accuracy`, `val_accuracy`, `test_accuracy`, each with `_low` and `_high`."""
    scores: Scores | None = getattr(result, "scores", None)
    figures: dict[str, float | None] = {}
    for name, part in (("train", "train"), ("val", "validation"), ("test", "test")):
        score: PartScore | None = getattr(scores, part, None)
        accuracy = score.accuracy if score else None
        figures[f"{name}_accuracy"] = accuracy.value if accuracy else None
        figures[f"{name}_accuracy_low"] = accuracy.low if accuracy else None
        figures[f"{name}_accuracy_high"] = accuracy.high if accuracy else None
    return figures
