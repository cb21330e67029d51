"""Columns of dates and times, found by what nearly all of their cells are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.datetimes import (
    SAMPLE,
    DayFirst,
    Found,
    is_no_date,
    likely_moments,
    parsed_moments,
    read_moments,
)
from engine.data.types import Check, ColumnType, categories_of, codes_of
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.specs.data import DataSpec

# this fraction of the cells with a value have to be moments
NEARLY_ALL = 0.95
# whole numbers that are dates one and all, as 20230131
_DATES_AS_NUMBERS = (19_000_101, 20_991_231)
_LEAST_OF_NUMBERS = 20
# a time that says how far it is from UTC
_OFFSET = re.compile(r":\d{2}(?:\.\d+)? ?[+-]\d{2}:?\d{2}$", re.ASCII)


def may_be_moments(name: str, spec: DataSpec) -> bool:
    """Whether a column is taken for dates and times where it holds such."""
    usual = "datetime" if spec.datetimes == "parts" else ""
    return name != spec.target and spec.column_types.get(name, usual) == "datetime"


def with_datetimes(
    frame: pd.DataFrame, types: dict[str, ColumnType], spec: DataSpec, check: Check
) -> tuple[pd.DataFrame, dict[str, ColumnType], list[str]]:
    """The frame with columns of dates and times as datetime64[s], the types, and the notes.

    Raises EngineError for a column that `column_types` calls a datetime and that is none.
    """
    changed: dict[str, pd.Series[Any]] = {}
    notes = []
    for name, kind in types.items():
        check()
        if kind == "datetime" or not may_be_moments(name, spec):
            continue
        wanted, column = spec.column_types.get(name), frame[name]
        found = _of_texts(column, spec) if kind == "categorical" else _of_numbers(column)
        if found is not None:
            changed[name] = found.series(column)
            notes += found.notes(name)
        elif wanted == "datetime":
            raise EngineError(
                f"column_types: column {shown(name)} does not hold dates or times throughout.",
                "Write them as 2023-01-31 or 2023-01-31 18:30, or take the column as categorical.",
            )
    if not changed:
        return frame, types, []
    whole = {str(name): column for name, column in frame.items()} | changed
    return pd.DataFrame(whole), types | dict.fromkeys(changed, "datetime"), notes


@dataclass(frozen=True, slots=True)
class _Column:
    """A column found to hold moments: those of its `texts`, which its `codes` point to."""

    texts: Sequence[str]
    codes: npt.NDArray[np.int64]
    found: Found
    # whether the spec says which of day and month comes first, or neither can be meant
    order_given: bool

    def series(self, column: "pd.Series[Any]") -> "pd.Series[Any]":
        moments = np.append(self.found.moments, np.datetime64("NaT", "s"))[self.codes]
        return pd.Series(moments, index=column.index, name=column.name)

    def notes(self, name: str) -> list[str]:
        notes = []
        if self.found.first and not self.order_given:
            other = "yes" if self.found.first == "month" else "no"
            notes.append(
                f"Column {shown(name)}: all dates, such as {shown(self.texts[0], 30)}, could begin"
                f" with the day or with the month; the {self.found.first} is taken to come first."
                f" Set day_first to {other} if it does not."
            )
        offset = next((text for text in self.texts[:SAMPLE] if _OFFSET.search(text)), "")
        if offset:
            notes.append(
                f"Column {shown(name)}: times with an offset, such as {shown(offset, 30)}, are"
                " taken in UTC, dates and hours too."
            )
        none = np.flatnonzero(np.isnat(self.found.moments))
        if len(none):
            cells = int(np.isin(self.codes, none).sum())
            held = "1 cell is" if cells == 1 else f"{cells:,} cells are"
            notes.append(
                f"Column {shown(name)}: {held} no date or time, such as"
                f" {shown(self.texts[int(none[0])], 30)}, and count as missing."
            )
        return notes


def _of_texts(column: "pd.Series[Any]", spec: DataSpec) -> _Column | None:
    texts, codes = categories_of(column), codes_of(column)
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    found = likely_moments(texts, spec.day_first, spec.reader)
    if found is None:
        return None
    none = np.isnat(found.moments)
    if spec.reader > 2 and "auto" in spec.missing_values:
        # what stands for a missing value speaks neither for dates nor against them
        rows[[i for i in np.flatnonzero(none) if is_no_date(texts[i])]] = 0
    if rows[~none].sum() < NEARLY_ALL * rows.sum():
        return None
    return _Column(texts, codes, found, order_given=spec.day_first != "auto")


def _of_numbers(column: "pd.Series[Any]") -> _Column | None:
    """Whole numbers such as 20230131, all of which are dates."""
    values = column.to_numpy()
    if not np.issubdtype(values.dtype, np.integer) or len(values) < _LEAST_OF_NUMBERS:
        return None
    low, high = _DATES_AS_NUMBERS
    if values.min() < low or values.max() > high:
        return None
    distinct, codes = np.unique(values, return_inverse=True)
    texts = [str(value) for value in distinct.tolist()]
    moments = parsed_moments(texts, "%Y%m%d")
    if len(texts) < 3 or np.isnat(moments).any():
        return None
    return _Column(texts, codes.astype(np.int64), Found(moments, ""), order_given=True)


def as_moments(column: "pd.Series[Any]", day_first: DayFirst) -> "pd.Series[Any]":
    """A column of moments, read from texts where it is one of those; raises EngineError if none."""
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return column
    texts = column.astype("str")
    found = read_moments(texts.fillna("").str.strip().tolist(), day_first).moments
    if np.isnat(found[column.notna().to_numpy()]).any():
        raise EngineError(
            f"Column {shown(str(column.name))} has to hold dates or times.", "Correct the file."
        )
    return pd.Series(found, index=column.index, name=column.name)
