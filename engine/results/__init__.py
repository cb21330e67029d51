"""What runs result in: figures with their uncertainty, tables, confusion matrices."""

from engine.results.base import RunResult
from engine.results.describe import (
    Bin,
    ColumnFacts,
    DescribeResult,
    Scatter,
    Statistics,
)
from engine.results.scores import (
    BaselineResult,
    Cell,
    ClassScore,
    ConfusionMatrix,
    LayerRow,
    Matrix,
    Misclassified,
    PartScore,
    Row,
    Scored,
    Scores,
    TrainResult,
    metrics,
)
from engine.results.search import (
    Importance,
    PartRow,
    Point,
    ReproduceResult,
    SearchResult,
    SweepResult,
)
from engine.results.statistics import Band, Interval, band, wilson

__all__ = [
    "Band",
    "BaselineResult",
    "Bin",
    "Cell",
    "ClassScore",
    "ColumnFacts",
    "ConfusionMatrix",
    "DescribeResult",
    "Importance",
    "Interval",
    "LayerRow",
    "Matrix",
    "Misclassified",
    "PartRow",
    "PartScore",
    "Point",
    "ReproduceResult",
    "Row",
    "RunResult",
    "Scatter",
    "Scored",
    "Scores",
    "SearchResult",
    "Statistics",
    "SweepResult",
    "TrainResult",
    "band",
    "metrics",
    "wilson",
]
