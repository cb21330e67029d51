"""The rows of a new file, a piece at a time: as they are written, and typed as a run's columns are.

A piece is parsed and typed by what reads a run's own data, so that the same cell has the same
value. Whatever the size of the file, a few megabytes of it are held.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from engine.data.cells import parsing, refuse_other_rows
from engine.data.datetimes import read_moments
from engine.data.parse import ParsedColumn, pieces
from engine.data.preprocessing.preprocessor import DatetimeColumn, Preprocessor
from engine.data.scan import Progress, ScannedFile, scan
from engine.data.typed_columns import missing_texts, text_columns, typed
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.inspect import FileFacts, look
from engine.sources.layout import records
from engine.sources.names import check_column
from engine.sources.sniff import is_blank
from engine.specs.data import DataSpec

# of a piece
CELLS = 200_000
# the limit on a file that is read as a whole does not count here
ENDLESS = 2**62
# what is found out anew where a file is not written as the run's own data
_AUTO = {
    name: DataSpec.model_fields[name].default
    for name in ("delimiter", "quote", "encoding", "decimal", "thousands", "header", "skip_rows",
                 "skip_footer", "comment")
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Piece:
    """Rows of a file, one after another.

    `cells` has all of its columns as they are written, `frame` those that the run knows, numbers
    as numbers and all others as categories.
    """

    cells: list[list[str]]
    frame: pd.DataFrame


@dataclass(frozen=True, eq=False)
class NewRows:
    """A new file, looked through: every row has as many cells as there are `columns`."""

    file: ScannedFile
    spec: DataSpec
    fitted: Preprocessor
    # a sentence where it is not read as the run's own data
    notes: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All of its columns."""
        return self.file.facts.columns

    @property
    def has_target(self) -> bool:
        """Whether it says the class of its rows."""
        return self.fitted.target in self.columns

    def pieces(self, known: Sequence[str], progress: Progress) -> Iterator[Piece]:
        """All rows; `known` are the columns that are typed. Raises EngineError, with the line."""
        texts = text_columns(self.file, self.spec) & set(known)
        missing = missing_texts(self.file.facts, self.spec)
        written, done = written_rows(self.file), 0
        with parsing(self.file):
            for parsed in pieces(self.file, texts, known, missing, progress, CELLS):
                cells = list(islice(written, len(parsed)))
                if len(cells) < len(parsed):
                    break
                frame = self._typed(parsed, cells, missing, self.file.after(done))
                done += len(cells)
                yield Piece(cells, frame)
        refuse_other_rows(self.file, done)

    def _typed(
        self, parsed: pd.DataFrame, cells: list[list[str]], missing: dict[str, list[str]],
        file: ScannedFile,
    ) -> pd.DataFrame:  # fmt: skip
        columns: dict[str, Any] = {}
        for name in map(str, parsed.columns):
            found = ParsedColumn()
            found.add(parsed[name].reset_index(drop=True))
            columns[name] = (
                _as_texts([row[self.columns.index(name)] for row in cells], missing[name])
                if found.mixed
                else found.values()
            )
        try:
            frame, _ = typed(pd.DataFrame(columns, copy=False), self.spec, file)
        except EngineError as error:
            # here no setting says so, but what the run has learnt
            message = error.message.removeprefix("column_types: ")
            hint = "Correct the cell, or leave it empty if the value is missing."
            raise EngineError(message[:1].upper() + message[1:], hint) from error
        for column in self.fitted.columns:
            if isinstance(column, DatetimeColumn):
                frame[column.name] = _moments(frame[column.name], column, file)
        return frame


def open_rows(
    data: str, own: DataSpec, like: FileFacts | None, fitted: Preprocessor, progress: Progress
) -> NewRows:
    """Look through the file `data`; raises EngineError for what cannot be read or is not there.

    It is read as `like`, the run's own data, was found to be written (None: as the settings `own`
    say). Where the columns are not found so, how it is written is found out anew.
    """
    types = {c.name: "numeric" if c.type == "numeric" else "categorical" for c in fitted.columns}
    known = own.model_copy(
        update={"data": data, "target": fitted.target, "column_types": types, **_written_as(like)}
    )
    anew = known.model_copy(update=_AUTO)
    facts, spec, notes = _looked(known, anew, fitted)
    # a target that is not there is no column to keep as text
    marks: frozenset[str] = frozenset()
    return NewRows(scan(facts, spec, marks, progress), spec, fitted, notes)


def _looked(
    known: DataSpec, anew: DataSpec, fitted: Preprocessor
) -> tuple[FileFacts, DataSpec, tuple[str, ...]]:
    """The file at first sight, by which settings, and what to know of that."""
    needed = [column.name for column in fitted.columns]
    failed: EngineError | None = None
    for spec in (known, anew, anew.model_copy(update={"header": "yes"})):
        try:
            facts = look(spec, ENDLESS, least_columns=1)
            _refuse_missing(facts, needed)
        except EngineError as error:
            # what the run's own way of reading found is what a person can mend
            failed = failed or error
            continue
        found = f"delimiter {facts.layout.dialect.words}, decimal mark {facts.style.decimal}"
        note = f"The file is not written as the run's own data: read with {found}."
        return facts, spec, () if spec is known else (note,)
    assert failed is not None
    raise failed


def _refuse_missing(facts: FileFacts, needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in facts.columns]
    if len(missing) == 1:
        check_column(facts.columns, missing[0], "data", facts.encoding)
    if missing:
        listed = ", ".join(shown(name, 40) for name in missing[:8])
        more = f" and {len(missing) - 8:,} more" if missing[8:] else ""
        raise EngineError(
            f"The file has no columns {listed}{more}, which the run predicts from.",
            f"Its columns are {', '.join(shown(name, 40) for name in facts.columns[:8])}"
            f"{' …' if facts.columns[8:] else ''}: add the missing ones, or rename them.",
        )


def _written_as(like: FileFacts | None) -> dict[str, Any]:
    """The settings by which a file is read as another one was found to be written."""
    if like is None or like.source.packing.known:
        return {}
    dialect, style = like.layout.dialect, like.style
    thousands = {} if style.thousands == "any" else {"thousands": style.thousands}
    header = {} if like.has_header else {"header": "no"}
    return {"delimiter": dialect.delimiter, "decimal": style.decimal, **thousands, **header}


def written_rows(file: ScannedFile) -> Iterator[list[str]]:
    """The cells of each row as they are written, of all columns."""
    layout = file.facts.layout
    whole = layout.places == tuple(range(layout.width))
    with (
        file.facts.source.opened() as (raw, _),
        io.TextIOWrapper(raw, encoding=file.encoded.codec, newline="") as text,
    ):
        for _ in range(layout.lines_above):
            text.readline()
        rows = (
            (row for row, _, _ in records(text, layout.dialect, layout.comment))
            if layout.comment
            else layout.dialect.rows(text)
        )
        found = (row for row in rows if len(row) == layout.width or not is_blank(row))
        for row in islice(found, file.rows):
            yield row if whole else [row[place] for place in layout.places]


def _as_texts(cells: list[str], missing: Sequence[str]) -> pd.Categorical:
    """A column that the parser has taken for truth values or for several types."""
    none = frozenset(missing)
    return pd.Categorical([None if cell in none else cell for cell in cells])


def _moments(column: "pd.Series[Any]", own: DatetimeColumn, file: ScannedFile) -> "pd.Series[Any]":
    """A column of texts as moments; raises EngineError, with the line, for what is none."""
    texts = column.astype("str")
    found = read_moments(texts.fillna("").str.strip().tolist(), own.day_first).moments
    none = np.isnat(found) & column.notna().to_numpy()
    if none.any():
        first = int(np.argmax(none))
        raise EngineError(
            f"Column {shown(own.name)} has to hold dates or times, but line"
            f" {file.line_of(first):,} has {shown(str(texts.iloc[first]))}.",
            "Correct the cell, or leave it empty if the value is missing.",
        )
    return pd.Series(found, index=column.index, name=column.name)
