"""A fitted preprocessor as plain values: stored, read and applied without scikit-learn."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Discriminator, Field, ValidationError

from engine.data.datetime_columns import as_moments
from engine.data.datetimes import DayFirst
from engine.data.feature_matrix import FeatureMatrix
from engine.data.preprocessing.date_parts import parts_of
from engine.data.types import (
    Check,
    Rows,
    as_categories,
    categories_of,
    codes_of,
    columns_at,
    unheeded,
)
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.names import check_column
from engine.specs.base import Frozen

MISSING = "missing"

Scale = Annotated[float, Field(gt=0)]
Values = npt.NDArray[np.float64]


class NumericColumn(Frozen):
    """Missing values become `fill`, then (x - shift) / scale."""

    type: Literal["numeric"] = "numeric"
    name: str
    fill: float
    shift: float = 0.0
    scale: Scale = 1.0

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The one preprocessed feature."""
        return (self.name,)

    def numbers(self, column: "pd.Series[Any]") -> Values:
        """The preprocessed column, float64 [rows, 1]; raises EngineError for what is no number."""
        try:
            values = column.to_numpy(dtype=np.float64, copy=True)
        except (ValueError, TypeError) as error:
            raise EngineError(
                f"Column {shown(self.name)} has to hold numbers: {error}.", "Correct the file."
            ) from error
        return self.scaled(values)[:, None]

    def scaled(self, values: Values) -> Values:
        """Numbers [rows], which are written over, filled and scaled."""
        values[np.isnan(values)] = self.fill
        # what overflows is found and reported by the caller
        with np.errstate(over="ignore", invalid="ignore"):
            scaled: Values = (values - self.shift) / self.scale
        return scaled


class CategoryColumn(Frozen):
    """Categories as one feature each (one_hot) or as one feature of scaled codes (ordinal).

    A category that is not among `levels` belongs to the group of infrequent ones, which is called
    `grouped` and has the code after the last; without one it becomes all zeros, or code -1.
    A missing one has the code `missing_code`.
    """

    type: Literal["categorical"] = "categorical"
    name: str
    levels: tuple[str, ...]
    encoding: Literal["one_hot", "ordinal"]
    missing_code: int
    grouped: str = ""
    shift: float = 0.0
    scale: Scale = 1.0

    @property
    def feature_names(self) -> tuple[str, ...]:
        """One preprocessed feature, or one for each category."""
        if self.encoding == "ordinal":
            return (self.name,)
        group = (self.grouped,) if self.grouped else ()
        return tuple(f"{self.name}={level}" for level in (*self.levels, *group))

    def codes(self, column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
        """The code of each row's category: -1 unseen."""
        if not isinstance(column.dtype, pd.CategoricalDtype):
            column = as_categories(column.astype("str"))
        place = {level: i for i, level in enumerate(self.levels)}
        unseen = len(self.levels) if self.grouped else -1
        codes = [place.get(text, unseen) for text in categories_of(column)]
        # the last one is where pandas' code -1, missing, points to
        return np.array([*codes, self.missing_code], dtype=np.int64)[codes_of(column)]

    def numbers(self, column: "pd.Series[Any]") -> Values:
        """The scaled codes, float64 [rows, 1]."""
        return ((self.codes(column).astype(np.float64) - self.shift) / self.scale)[:, None]

    def hot(self, column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
        """Which feature of the column's own, from 0, is 1 in each row; -1 for none."""
        codes = self.codes(column)
        return np.where(codes < len(self.feature_names), codes, -1)


class DatetimeColumn(Frozen):
    """Moments as the parts that varied in training (`date_parts`), each filled and scaled."""

    type: Literal["datetime"] = "datetime"
    name: str
    features: tuple[NumericColumn, ...]
    day_first: DayFirst = "auto"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """One preprocessed feature for each part."""
        return tuple(f"{self.name} ({part.name})" for part in self.features)

    def numbers(self, column: "pd.Series[Any]") -> Values:
        """The preprocessed parts, float64 [rows, parts]; raises EngineError for no moments."""
        values = parts_of(as_moments(column, self.day_first))
        return np.column_stack(
            [part.scaled(values[part.name].to_numpy(copy=True)) for part in self.features]
        )


Column = Annotated[NumericColumn | CategoryColumn | DatetimeColumn, Discriminator("type")]


class Preprocessor(Frozen):
    """Everything between a table's cells and a network's input, fitted.

    As published each set is scaled by its own range: `columns` are the training set's,
    `test_columns` those of the test set (`for_test`).
    """

    version: Literal[1] = 1
    protocol: Literal["strict", "as_published"]
    columns: tuple[Column, ...]
    test_columns: tuple[Column, ...] | None = None
    target: str
    classes: tuple[str, ...]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The preprocessed features in order."""
        return tuple(name for column in self.columns for name in column.feature_names)

    @property
    def row_bytes(self) -> int:
        """What a preprocessed row takes in a `FeatureMatrix`."""
        return 4 * sum(1 if _is_hot(c) else len(c.feature_names) for c in self.columns)

    @property
    def fewer_features(self) -> str:
        """How to come to fewer features, naming the column that makes most of them."""
        widest = max(self.columns, key=lambda column: len(column.feature_names))
        made = len(widest.feature_names)
        if made == 1:
            return "Choose fewer features, or a sample of the rows."
        return (
            f"Column {shown(widest.name)} makes {made:,} of the {len(self.feature_names):,}"
            " features: put it into exclude, lower max_categories, or choose the ordinal encoding."
        )

    @property
    def for_test(self) -> "Preprocessor":
        """What preprocesses the test set: this one, but for the ranges as published."""
        if self.test_columns is None:
            return self
        return self.model_copy(update={"columns": self.test_columns, "test_columns": None})

    def apply(
        self, frame: pd.DataFrame, rows: Rows | None = None, check: Check = unheeded
    ) -> FeatureMatrix:
        """Preprocess all rows, or those at the positions `rows`.

        Raises EngineError for a column that is not there, and for a number that
        is infinite once scaled.
        """
        there = [str(name) for name in frame.columns]
        for lacking in {column.name for column in self.columns}.difference(there):
            check_column(there, lacking, "preparation")
        count = len(frame) if rows is None else len(rows)
        numbers, hot = [np.empty((count, 0), np.float32)], [np.empty((count, 0), np.int32)]
        places: list[int] = []
        width = 0
        needed = [column.name for column in self.columns]
        for column, cells in zip(self.columns, columns_at(frame, needed, check, rows), strict=True):
            features = len(column.feature_names)
            if isinstance(column, CategoryColumn) and _is_hot(column):
                own = column.hot(cells)
                hot.append(np.where(own >= 0, own + width, -1).astype(np.int32)[:, None])
            else:
                with np.errstate(over="ignore", invalid="ignore"):
                    numbers.append(column.numbers(cells).astype(np.float32))
                places += range(width, width + features)
            width += features
        x = FeatureMatrix(np.hstack(numbers), np.array(places, np.int64), np.hstack(hot), width)
        names = self.feature_names
        check_finite(x.numbers, [names[place] for place in places])
        return x

    def to_json(self) -> str:
        """The preprocessor as JSON, for `from_json`."""
        return self.model_dump_json(indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Preprocessor":
        """Read what `to_json` wrote; raises EngineError for anything else."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the whole"
            raise EngineError(
                f"The stored preprocessor is damaged: {place}: {first['msg']}.",
                "Train the network again.",
            ) from error


def _is_hot(column: Column) -> bool:
    return isinstance(column, CategoryColumn) and column.encoding == "one_hot"


def check_finite(x: npt.NDArray[np.float32], names: Sequence[str]) -> None:
    """Raise EngineError unless all preprocessed numbers fit single precision."""
    fine = np.isfinite(x).all(axis=0)
    if not fine.all():
        name = names[int(np.argmin(fine))]
        raise EngineError(
            f"The numbers of column {shown(name)} are too large to be computed with.",
            "Divide them by a constant, choose a scaling, or put the column into exclude.",
        )
