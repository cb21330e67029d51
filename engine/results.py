"""What runs result in: figures with their uncertainty, tables, confusion matrices."""

import math
from typing import Annotated, Any, Literal

from pydantic import Discriminator

from engine.values import Frozen

Row = tuple[int, ...]
Matrix = tuple[Row, ...]
Cell = str | int | float | None


class Interval(Frozen):
    """A share with its 95 % Wilson score interval (Wilson 1927)."""

    value: float
    low: float
    high: float


def wilson(hits: int, rows: int, z: float = 1.959964) -> Interval:
    """Accuracy `hits / rows` with its Wilson interval; `rows` must be above 0."""
    share = hits / rows
    centre = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * math.sqrt(share * (1 - share) / rows + (z / (2 * rows)) ** 2)
    # rounding must not push a bound past the share it surrounds
    return Interval(
        value=share,
        low=max(0.0, min(share, centre - half)),
        high=min(1.0, max(share, centre + half)),
    )


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
    part: Literal["train", "validation", "test"]
    actual: str
    predicted: str
    probability: float
    values: dict[str, Cell]


class Scored(Frozen):
    """What every classifier's result has in common."""

    scores: Scores
    confusion: ConfusionMatrix
    misclassified: tuple[Misclassified, ...]
    # names the test rows (a hash of data and split), to count how often they were scored
    sealed_part: str


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
    stopped_because: str


class Bin(Frozen):
    """One bar of a histogram: the rows of each class between `low` and `high`."""

    low: float
    high: float
    rows: Row


class Statistics(Frozen):
    """Of a numeric feature within one class (or all rows, label '')."""

    label: str
    rows: int
    mean: float
    std: float
    minimum: float
    median: float
    maximum: float


class ColumnFacts(Frozen):
    """One column of the file as it was read."""

    name: str
    role: Literal["target", "feature", "left out"]
    type: Literal["numeric", "categorical"]
    missing: int
    distinct: int
    examples: tuple[str, ...]
    warning: str
    # numeric features
    statistics: tuple[Statistics, ...]
    histogram: tuple[Bin, ...]
    # categorical features: category, then rows of each class
    categories: tuple[tuple[str, Row], ...]


class Scatter(Frozen):
    """A sample of rows for scatter charts: `values[feature][i]` of class `classes[i]`."""

    features: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    classes: Row


class DescribeResult(Frozen):
    """The data as it was read."""

    kind: Literal["describe"] = "describe"
    rows: int
    columns: tuple[ColumnFacts, ...]
    target: str
    # class labels with their rows, and how many fall into train, validation and test
    classes: tuple[tuple[str, int], ...]
    parts: dict[str, int]
    prepared_features: tuple[str, ...]
    correlation_features: tuple[str, ...]
    correlations: tuple[tuple[float | None, ...], ...]
    scatter: Scatter
    head: tuple[tuple[str, ...], ...]
    reading: dict[str, str]
    notes: tuple[str, ...]


Result = Annotated[DescribeResult | BaselineResult | TrainResult, Discriminator("kind")]


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
