"""What of a row lies outside of what a run has learnt from, by column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.preprocessing.preprocessor import CategoryColumn, Preprocessor
from engine.data.types import as_categories, categories_of, codes_of
from engine.prediction.own_rows import OwnRows

# the rows of a column that are outside, and what is said of them
Marked = Iterable[tuple[npt.NDArray[np.bool_], str]]


@dataclass(frozen=True, slots=True)
class KnownCategories:
    """The categories of the training rows, and those that the preprocessor has a place for."""

    levels: frozenset[str]

    def look(self, cells: "pd.Series[Any]") -> Marked:
        """Which rows have another one."""
        if not isinstance(cells.dtype, pd.CategoricalDtype):
            cells = as_categories(cells)
        unknown = [text not in self.levels for text in categories_of(cells)]
        yield np.array([*unknown, False])[codes_of(cells)], "unknown category"


@dataclass(frozen=True, slots=True)
class TrainingRange:
    """The smallest and the largest of the training rows, with what is said beyond them."""

    low: Any
    high: Any
    below: str
    above: str

    def look(self, cells: "pd.Series[Any]") -> Marked:
        """Which rows lie beyond."""
        yield (cells < self.low).to_numpy(), self.below
        yield (cells > self.high).to_numpy(), self.above


def known_of(
    fitted: Preprocessor, own: OwnRows | None
) -> dict[str, KnownCategories | TrainingRange]:
    """What is known of each column that anything is known of.

    Without the run's own rows ranges are not known, and a category is unknown where the
    preprocessor has no place for it.
    """
    training = None if own is None else own.table.frame.loc[own.training]
    found: dict[str, KnownCategories | TrainingRange] = {}
    for column in fitted.columns:
        rows = None if training is None else training[column.name]
        if isinstance(column, CategoryColumn):
            # without the rows, any category may be one of those that were grouped
            if rows is not None or not column.grouped:
                found[column.name] = _categories(column, rows)
        elif rows is not None and rows.notna().any():
            found[column.name] = _range(rows)
    return found


class Flagger:
    """Finds unknown categories, and values outside of the training range (`known_of`)."""

    def __init__(self, fitted: Preprocessor, own: OwnRows | None) -> None:
        self._known = known_of(fitted, own)

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
        for name, known in self._known.items():
            for rows, what in known.look(frame[name]):
                yield name, rows, what


def _categories(column: CategoryColumn, training: "pd.Series[Any] | None") -> KnownCategories:
    known = set(column.levels)
    if training is not None:
        texts = categories_of(training)
        known |= {texts[code] for code in np.unique(codes_of(training)).tolist() if code >= 0}
    return KnownCategories(frozenset(known))


def _range(training: "pd.Series[Any]") -> TrainingRange:
    low, high = training.min(), training.max()
    dated = pd.api.types.is_datetime64_dtype(training.dtype)
    words = ("before", "after") if dated else ("below", "above")
    told = [str(end) if dated else f"{end:.6g}" for end in (low, high)]
    return TrainingRange(low, high, f"{words[0]} {told[0]}", f"{words[1]} {told[1]}")
