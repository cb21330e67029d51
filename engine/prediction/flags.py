"""What of a row lies outside of what a run has learnt from, by column."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.preprocessor import CategoryColumn, Preprocessor
from engine.data.types import as_categories, categories_of, codes_of
from engine.prediction.own_rows import OwnRows

Marked = Iterable[tuple[npt.NDArray[np.bool_], str]]
# the rows of a column that are outside, and what is said of them
Look = Callable[["pd.Series[Any]"], Marked]


class Flagger:
    """Finds unknown categories, and numbers and dates outside of the training range.

    Without the run's own rows ranges are not known, and a category is unknown where the
    preprocessor has no place for it.
    """

    def __init__(self, fitted: Preprocessor, own: OwnRows | None) -> None:
        training = None if own is None else own.table.frame.loc[own.training]
        self._looks: dict[str, Look] = {}
        for column in fitted.columns:
            rows = None if training is None else training[column.name]
            if isinstance(column, CategoryColumn):
                self._looks[column.name] = _categories(column, rows)
            elif rows is not None and rows.notna().any():
                self._looks[column.name] = _range(rows)

    def flags(self, frame: pd.DataFrame) -> list[str]:
        """Of each row what is outside, by column; empty where nothing is."""
        found = [""] * len(frame)
        for name, rows, what in self._outside(frame):
            for row in np.flatnonzero(rows).tolist():
                found[row] += f"{'; ' if found[row] else ''}{name}: {what}"
        return found

    def by_column(self, row: pd.DataFrame) -> dict[str, str]:
        """Of a single row what is outside, by column."""
        return {name: what for name, rows, what in self._outside(row) if rows[0]}

    def _outside(self, frame: pd.DataFrame) -> Iterator[tuple[str, npt.NDArray[np.bool_], str]]:
        for name, look in self._looks.items():
            for rows, what in look(frame[name]):
                yield name, rows, what


def _categories(column: CategoryColumn, training: "pd.Series[Any] | None") -> Look:
    known = set(column.levels)
    if training is not None:
        texts = categories_of(training)
        known |= {texts[code] for code in np.unique(codes_of(training)).tolist() if code >= 0}
    some_grouped = training is None and bool(column.grouped)

    def look(cells: "pd.Series[Any]") -> Marked:
        if not isinstance(cells.dtype, pd.CategoricalDtype):
            cells = as_categories(cells)
        unknown = [text not in known and not some_grouped for text in categories_of(cells)]
        yield np.array([*unknown, False])[codes_of(cells)], "unknown category"

    return look


def _range(training: "pd.Series[Any]") -> Look:
    low, high = training.min(), training.max()
    dated = pd.api.types.is_datetime64_dtype(training.dtype)
    words: Sequence[str] = ("before", "after") if dated else ("below", "above")
    told = [str(end) if dated else f"{end:.6g}" for end in (low, high)]

    def look(cells: "pd.Series[Any]") -> Marked:
        yield (cells < low).to_numpy(), f"{words[0]} {told[0]}"
        yield (cells > high).to_numpy(), f"{words[1]} {told[1]}"

    return look
