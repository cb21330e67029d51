"""One row as a person types it: its columns by their training rows, and as a frame to predict."""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from engine.data.datetimes import read_moments
from engine.data.preprocessing.preprocessor import (
    CategoryColumn,
    Column,
    DatetimeColumn,
    Preprocessor,
)
from engine.data.types import number_text
from engine.prediction.own_rows import Rows
from engine.results.prediction import FeatureRange
from engine.sources.numbers import NumberStyle, is_missing_mark, read_number
from engine.specs.typed_text import number

# steps from one end of a column's range to the other, about
STEPS = 100


class TypedRows:
    """Reads and writes cells of rows of `frame`; those of `training` have fitted `preprocessor`.

    `style` is how the file of the frame writes numbers.
    """

    def __init__(
        self, preprocessor: Preprocessor, frame: pd.DataFrame, training: Rows, style: NumberStyle
    ) -> None:
        self.preprocessor, self._frame = preprocessor, frame
        self._training, self._style = training, style

    @cached_property
    def features(self) -> dict[str, FeatureRange]:
        """The columns to predict from."""
        rows = self._frame.loc[self._training]
        return {c.name: _range(c, rows[c.name]) for c in self.preprocessor.columns}

    def typical(self) -> dict[str, str]:
        """The cells of a typical row."""
        return {name: feature.typical for name, feature in self.features.items()}

    def data_row(self, place: int) -> dict[str, str]:
        """The cells of the row at `place`, from 0, of the frame."""
        row = self._frame.iloc[place]
        return {name: cell_text(row[name]) for name in self.features}

    def frame(self, cells: Mapping[str, str]) -> tuple[pd.DataFrame, dict[str, str]]:
        """The row as the columns to predict from, and by column why a cell cannot be read."""
        problems: dict[str, str] = {}
        values: dict[str, Any] = {}
        for column in self.preprocessor.columns:
            value, problem = self._value(column, cells[column.name].strip())
            values[column.name] = value
            if problem:
                problems[column.name] = problem
        return pd.DataFrame(values), problems

    def _value(self, column: Column, cell: str) -> tuple["pd.Series[Any]", str]:
        if isinstance(column, CategoryColumn):
            return pd.Series(pd.Categorical([cell or None])), ""
        if is_missing_mark(cell):
            missing = np.datetime64("NaT", "s") if isinstance(column, DatetimeColumn) else np.nan
            return pd.Series([missing]), ""
        if isinstance(column, DatetimeColumn):
            moments = read_moments([cell], column.day_first).moments
            return pd.Series(moments), "no date or time" if np.isnat(moments).any() else ""
        # as every number is shown here, with a point; else as the file writes them
        value = number(cell)
        if isinstance(value, str):
            found = read_number(cell, self._style)
            value = math.nan if found is None else found.value
        if not math.isfinite(value):
            return pd.Series([np.nan]), "no number"
        return pd.Series([float(value)]), ""


def _range(column: Column, training: "pd.Series[Any]") -> FeatureRange:
    there = training.dropna()
    if isinstance(column, CategoryColumn):
        # the first of equals, in the order of their codes
        counts = there.astype("str").value_counts()
        often = max(column.levels, key=lambda level: counts.get(level, 0), default="")
        return FeatureRange(
            name=column.name, type="categorical", typical=often, levels=column.levels
        )
    kind = column.type
    if there.empty:
        return FeatureRange(name=column.name, type=kind, typical="")
    middle, low, high = there.quantile(0.5, interpolation="lower"), there.min(), there.max()
    typical, first, last = map(cell_text, (middle, low, high))
    step = 0.0 if kind == "datetime" else nice_step((high - low) / STEPS)
    return FeatureRange(
        name=column.name, type=kind, typical=typical, low=first, high=last, step=step
    )


def nice_step(width: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is not above `width`; 0 of none."""
    if not width > 0 or not math.isfinite(width):
        return 0.0
    power = 10.0 ** math.floor(math.log10(width))
    factor = max(factor for factor in (1, 2, 5) if factor * power <= width * (1 + 1e-9))
    return factor * power


def cell_text(value: Any) -> str:
    """A value of the data as a person would type it; empty where it is missing."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value).removesuffix(" 00:00:00")
    return value if isinstance(value, str) else number_text(float(f"{value:.10g}"))
