"""What a run's predictions rest on: the importance of each column, and how they depend on one."""

from typing import Any, Literal

from engine.results.statistics import Band
from engine.specs.base import Frozen


class ColumnImportance(Frozen):
    """By how much the validation accuracy falls when the column `name` is permuted (a fraction).

    The mean over the repeats; its interval is over the validation rows.
    """

    name: str
    fall: Band

    def json_object(self) -> dict[str, Any]:
        """Its entry under `importance`."""
        return {
            "column": self.name,
            "mean": self.fall.mean,
            "low": self.fall.low,
            "high": self.fall.high,
        }


class CorrelatedColumns(Frozen):
    """Two columns that tell much of each other: their canonical correlation in training rows."""

    first: str
    second: str
    correlation: float


class Explanation(Frozen):
    """The columns of run `run`, the most important first, measured on `rows` validation rows.

    `of_rows` are all validation rows that there are. `correlations_of` says why correlations are
    not of all columns; empty where they are.
    """

    run: int
    rows: int
    of_rows: int
    repeats: int
    accuracy: float
    columns: tuple[ColumnImportance, ...]
    correlated: tuple[CorrelatedColumns, ...]
    correlations_of: str = ""

    def json_object(self) -> dict[str, Any]:
        """The JSON object of `explain --json`."""
        return {
            "run": self.run,
            "rows": self.rows,
            "of_rows": self.of_rows,
            "repeats": self.repeats,
            "accuracy": self.accuracy,
            "importance": [own.json_object() for own in self.columns],
            "correlated": [own.model_dump() for own in self.correlated],
        }


class ClassDependence(Frozen):
    """The probability of the class `label` over the grid: of all rows on average, and of some.

    `average` [grid] is the partial dependence, `individual` [rows][grid] has single rows.
    """

    label: str
    average: tuple[float, ...]
    individual: tuple[tuple[float, ...], ...]


class Dependence(Frozen):
    """How a run's probabilities depend on the column `name`.

    `grid` are the values that it was set to, as cells, and `numbers` as numbers where they are
    some. `classes` are those that depend on it most, of `of_classes` in all; averages are over
    `rows` validation rows of `of_rows`.
    """

    name: str
    type: Literal["numeric", "categorical", "datetime"]
    grid: tuple[str, ...]
    numbers: tuple[float, ...]
    classes: tuple[ClassDependence, ...]
    of_classes: int
    rows: int
    of_rows: int
