"""What a look at the data results in."""

from typing import Annotated, Literal

from engine.results.base import RunResult
from engine.results.scores import Row
from engine.specs.base import Frozen, accepts_old_values


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


Role = Literal["target", "feature", "excluded"]


class ColumnFacts(Frozen):
    """One column of the file as it was read."""

    name: str
    role: Annotated[Role, accepts_old_values("role")]
    type: Literal["numeric", "categorical", "datetime"]
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


class DescribeResult(RunResult):
    """The data as it was read."""

    kind: Literal["describe"] = "describe"
    rows: int
    columns: tuple[ColumnFacts, ...]
    target: str
    # class labels with their rows, and how many fall into train, validation and test
    classes: tuple[tuple[str, int], ...]
    split_rows: dict[str, int]
    preprocessed_features: tuple[str, ...]
    correlation_features: tuple[str, ...]
    correlations: tuple[tuple[float | None, ...], ...]
    scatter: Scatter
    head: tuple[tuple[str, ...], ...]
    file_format: dict[str, str]
    notes: tuple[str, ...]
