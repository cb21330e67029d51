"""Predicted rows as they are written: CSV, and lines of JSON that Parquet is made from."""

import csv
import json
from collections.abc import Iterator, Sequence
from typing import Protocol, TextIO

import pandas as pd
from pandas.api.types import is_numeric_dtype

from engine.exports.csv_tables import safe_cell
from engine.prediction.network import Numbers
from engine.prediction.new_rows import Piece

PREDICTION, FLAGS = "prediction", "flags"


def added_columns(classes: Sequence[str]) -> list[str]:
    """What stands behind a file's own columns."""
    return [PREDICTION, *(f"probability:{name}" for name in classes), FLAGS]


class WrittenRows(Protocol):
    """Takes the rows of a file, a piece at a time, behind the names of its columns."""

    def begin(self, columns: Sequence[str], classes: Sequence[str]) -> None:
        """The columns of the file, and the classes that are told apart."""
        ...

    def add(
        self, piece: Piece, codes: Sequence[int], probabilities: Numbers, flags: Sequence[str]
    ) -> None:
        """Rows, their classes and flags [rows], their probabilities [rows, classes]."""
        ...


class CsvRows:
    """CSV: a file's own cells as they are written, no text a formula."""

    def __init__(self, output: TextIO) -> None:
        self._writer = csv.writer(output, lineterminator="\n")
        self._classes: list[object] = []

    def begin(self, columns: Sequence[str], classes: Sequence[str]) -> None:
        """Write the head."""
        self._writer.writerow([*columns, *map(safe_cell, added_columns(classes))])
        self._classes = [safe_cell(name) for name in classes]

    def add(
        self, piece: Piece, codes: Sequence[int], probabilities: Numbers, flags: Sequence[str]
    ) -> None:
        """Write rows."""
        self._writer.writerows(self._lines(piece, codes, probabilities, flags))

    def _lines(
        self, piece: Piece, codes: Sequence[int], probabilities: Numbers, flags: Sequence[str]
    ) -> Iterator[list[object]]:
        # nine digits tell single precision apart
        columns = [[f"{p:.9g}" for p in column] for column in probabilities.T.tolist()]
        for cells, code, *own, flag in zip(piece.cells, codes, *columns, flags, strict=True):
            yield [*cells, self._classes[code], *own, flag]


class JsonRows:
    """A JSON array a line, as `engine.client.parquet` takes them.

    Columns that the run knows as numbers are numbers, what is missing is null.
    """

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._columns: tuple[str, ...] = ()
        self._classes: tuple[str, ...] = ()

    def begin(self, columns: Sequence[str], classes: Sequence[str]) -> None:
        """Write the head."""
        self._columns, self._classes = tuple(columns), tuple(classes)
        self._write([*columns, *added_columns(classes)])

    def add(
        self, piece: Piece, codes: Sequence[int], probabilities: Numbers, flags: Sequence[str]
    ) -> None:
        """Write rows."""
        cells = zip(*piece.cells, strict=True)
        own = [
            _values(piece.frame[name], texts) if name in piece.frame else list(texts)
            for name, texts in zip(self._columns, cells, strict=True)
        ]
        said = probabilities.tolist()
        for row, code, probable, flag in zip(
            zip(*own, strict=True), codes, said, flags, strict=True
        ):
            self._write([*row, self._classes[code], *probable, flag])

    def _write(self, row: list[object]) -> None:
        self._output.write(f"{json.dumps(row)}\n")


def _values(column: "pd.Series[float]", texts: Sequence[str]) -> list[object]:
    """A column that the run knows: numbers as such, all else as it is written."""
    missing = column.isna().tolist()
    found = column.astype(float).tolist() if is_numeric_dtype(column) else texts
    return [None if gone else value for value, gone in zip(found, missing, strict=True)]
