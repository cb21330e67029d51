"""The rows of a table sorted by a column and filtered, a page of them at a time."""

import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.browse.row_filter import Condition, parse_conditions, rows_that_hold
from engine.data.cells import Cells
from engine.data.classes import natural_key
from engine.data.types import categories_of, codes_of, number_text
from engine.environment.memory import refuse_beyond_free
from engine.results.rows import RowsPage
from engine.sources.names import check_column
from engine.specs.kinds.rows import RowsSpec

Rows = npt.NDArray[np.int32]
# what sorting takes a row: keys, their order, the missing ones, the result
SORTING_BYTES = 40.0
DAY = 24 * 60 * 60
# the day of moments that were written as times alone: 1 January 1900
TIMES_ALONE = -25_567


class RowOrder:
    """Pages of a table's rows; the last order and the last selection are remembered.

    A page of those takes no longer at the end of a long table than at its beginning. May be used
    from several threads; one works at a time.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._lock = threading.Lock()
        self._written: dict[str, slice] = {}
        everything = np.arange(len(cells.frame), dtype=np.int32)
        self._sorted: tuple[object, Rows] = ((None, False), everything)
        self._found: tuple[object, Rows] = (((), None, False), everything)

    def page(self, spec: RowsSpec) -> RowsPage:
        """The page of `spec`; raises EngineError for a column or a condition that cannot be."""
        frame = self._cells.frame
        names = [str(name) for name in frame.columns]
        conditions = tuple(c for text in spec.where for c in parse_conditions(text, names))
        if spec.sort is not None:
            check_column(names, spec.sort, "sort")
        with self._lock:
            found = self._rows(conditions, spec.sort, spec.descending)
        rows = found[spec.offset : spec.offset + spec.rows]
        shown = names[spec.first_column : spec.first_column + spec.columns]
        columns = [self._texts(name, rows, spec.characters) for name in shown]
        return RowsPage(
            total=len(frame),
            found=len(found),
            offset=spec.offset,
            columns=len(names),
            first_column=spec.first_column,
            names=tuple(shown),
            numeric=tuple(self._cells.types[name] == "numeric" for name in shown),
            numbers=tuple((rows + 1).tolist()),
            cells=tuple(zip(*columns, strict=True)),
        )

    def _rows(self, conditions: tuple[Condition, ...], sort: str | None, descending: bool) -> Rows:
        """Positions of the rows of which the conditions hold, in the order that is asked for."""
        order, wanted = (sort, descending), (conditions, sort, descending)
        if self._found[0] != wanted:
            refuse_beyond_free(
                SORTING_BYTES * len(self._cells.frame),
                f"sorting {len(self._cells.frame):,} rows",
                "End other runs, then look again.",
            )
            if self._sorted[0] != order:
                self._sorted = (order, self._in_order(sort, descending))
            rows = self._sorted[1]
            if conditions:
                rows = rows[rows_that_hold(self._cells, conditions)[rows]]
            self._found = (wanted, rows)
        return self._found[1]

    def _in_order(self, sort: str | None, descending: bool) -> Rows:
        """All rows, those of equal value as in the file, missing values last."""
        if sort is None:
            everything = np.arange(len(self._cells.frame), dtype=np.int32)
            return everything[::-1] if descending else everything
        keys, present = _keys(self._cells.frame[sort])
        rows = np.flatnonzero(present).astype(np.int32)
        keys = keys[present]
        if descending:
            # backwards twice, so that equal ones stay as they are
            ranked = (len(keys) - 1 - np.argsort(keys[::-1], kind="stable"))[::-1]
        else:
            ranked = np.argsort(keys, kind="stable")
        return np.concatenate([rows[ranked], np.flatnonzero(~present).astype(np.int32)])

    def _texts(self, name: str, rows: Rows, characters: int) -> list[str | None]:
        """The cells of a column in these rows."""
        column = self._cells.frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            categories, codes = column.array.categories, column.array.codes[rows].tolist()
            return [None if code < 0 else categories[code][:characters] for code in codes]
        values = column.to_numpy()[rows]
        if self._cells.types[name] == "numeric":
            return [None if value != value else number_text(value) for value in values.tolist()]
        whole = self._written_as(name, column)
        texts = np.datetime_as_string(values, unit="s").tolist()
        return [None if text == "NaT" else text.replace("T", " ")[whole] for text in texts]

    def _written_as(self, name: str, column: "pd.Series[Any]") -> slice:
        """The part of "2023-01-31 18:30:00" that says something in a column of moments."""
        if name not in self._written:
            seconds = column.dropna().to_numpy().astype(np.int64)
            days = seconds // DAY
            # texts of a time alone are read as moments of one day
            times_alone = len(days) > 0 and (days == days[0]).all() and bool(days[0] == TIMES_ALONE)
            dates_alone = bool((seconds % DAY == 0).all())
            self._written[name] = slice(11 if times_alone else 0, 10 if dates_alone else 19)
        return self._written[name]


def _keys(column: "pd.Series[Any]") -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """What a column sorts by, and which rows have a value; of texts, numbers in them count."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.to_numpy(), column.notna().to_numpy()
    texts, codes = categories_of(column), codes_of(column)
    order = sorted(range(len(texts)), key=lambda code: natural_key(texts[code]))
    rank = np.empty(len(texts) + 1, np.int32)
    rank[order] = np.arange(len(texts), dtype=np.int32)
    return rank[codes], codes >= 0
