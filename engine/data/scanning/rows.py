"""Looking through the rows of a file: each is counted, and checked to be as wide as the first."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TextIO

from engine.data.scanning.plain_rows import PlainRows
from engine.errors import EngineError
from engine.sources.above import COMMENT_MARKS
from engine.sources.below import Below, LastRows
from engine.sources.encoding import Encoded
from engine.sources.inspect import FileFacts, bad_cell
from engine.sources.layout import Record, records
from engine.sources.sniff import is_blank
from engine.specs.data import DataSpec

# characters that are looked through between two reports of progress
BLOCK = 2**20


class Rows:
    """The rows of a file, counted and checked: each has as many cells as the first."""

    def __init__(self, facts: FileFacts, spec: DataSpec, marks: frozenset[str]) -> None:
        layout = facts.layout
        self._facts, self._layout = facts, layout
        self._last = LastRows(layout, spec)
        self._marks = marks
        self._trailing = layout.width > len(layout.places)
        # where the sample has nothing but digits there may be codes
        self._digits = [] if spec.reader == 1 else [
            place for place in layout.places
            if all(r[place].isdigit() for r in layout.rows if len(r) > place and r[place].strip())
        ]  # fmt: skip
        self._name = dict(zip(layout.places, facts.columns, strict=True))
        # names that are no line of the file itself
        self._above = layout.lines_above - facts.source.packing.names_added
        self._by_record = facts.source.packing.records
        self._plain = self._for_plain_rows()
        # of the text below the names: lines and records that are looked through
        self._lines = self._records = 0
        self.count = 0
        # the rows at which the distance between rows and lines changes, and their lines
        self.changes: dict[int, int] = {}
        self._offset: int | None = None
        self.below = Below()
        self.codes: dict[str, str] = {}
        self.marks: dict[str, Counter[str]] = {}

    def _for_plain_rows(self) -> PlainRows | None:
        """How lines without quotation marks are looked through, if they can be told apart."""
        initials = self._last.initials
        if initials is None:
            return None
        plain = PlainRows(
            self._layout, self._marks, bool(self._digits), initials, self._last.may_begin
        )
        return plain if plain.possible else None

    def scan(self, encoded: Encoded, progress: Callable[[float], None]) -> None:
        """Look through all rows.

        Raises EngineError with the line for a row of another width, for a cell that is
        too long, and for a quotation mark that is never closed.
        """
        facts, layout = self._facts, self._layout
        try:
            with (
                facts.source.opened() as (raw, position),
                io.TextIOWrapper(raw, encoding=encoded.codec, newline="") as file,
            ):
                for _ in range(layout.lines_above):
                    file.readline()
                while block := file.read(BLOCK):
                    block += file.readline()
                    self._scan_block(block, file)
                    progress(min(1.0, position() / facts.size))
        except csv.Error as error:
            raise bad_cell(error, self._above + self._lines + 1) from error
        self.below = self._last.end()
        if not self.changes:
            self.changes = {1: 1}

    def _scan_block(self, block: str, file: TextIO) -> None:
        """Look through whole lines; their last row may end in the lines of `file` that follow."""
        plain = self._plain if block.endswith("\n") else None
        remarkable = plain.remarkable(block) if plain else None
        if remarkable is None:
            self._scan_rows(block, file)
            return
        lines, done, before = block.split("\n")[:-1], 0, self._lines
        rows = self._layout.dialect.rows(lines[i] for i in remarkable)
        for i, row in zip(remarkable, rows, strict=True):
            self._count(before + done + 1, i - done)
            self._push((row, before + i + 1, before + i + 1))
            done = i + 1
        self._count(before + done + 1, len(lines) - done)
        self._lines = before + len(lines)

    def _scan_rows(self, block: str, file: TextIO) -> None:
        """The same row by row."""
        layout, before, used = self._layout, self._lines, False

        def lines() -> Iterator[str]:
            nonlocal used
            yield from io.StringIO(block, newline="")
            used = True
            # `yield from` would close the file with this generator
            while line := file.readline():
                yield line

        for row, first, last in records(lines(), layout.dialect, layout.comment):
            self._lines = before + last
            self._push((row, before + first, before + last))
            if used:
                return

    def _push(self, record: Record) -> None:
        """Take a record; an empty line is none of the table's."""
        self._records += 1
        row = record[0]
        if len(row) != self._layout.width and is_blank(row):
            return
        if self._by_record:
            record = (row, self._records, self._records)
        for held, first, _ in self._last.push(record):
            self._take(held, first)

    def _count(self, line: int, rows: int) -> None:
        """Count so many rows of the table, the first of which is on the line `line` of the text."""
        if not rows:
            return
        for held, first, _ in self._last.released():
            self._take(held, first)
        self._counted(self._records + 1 if self._by_record else line, rows)
        self._records += rows

    def _counted(self, line: int, rows: int) -> None:
        if line - self.count - 1 != self._offset:
            self._offset = line - self.count - 1
            self.changes[self.count + 1] = self._above + line
        self.count += rows

    def _take(self, row: list[str], line: int) -> None:
        """Count a row of the table that begins on the line `line` of the text."""
        layout = self._layout
        if len(row) != layout.width or (self._trailing and any(row[len(layout.places) :])):
            raise _ragged(row, self._above + line, self._facts)
        self._counted(line, 1)
        if not self._marks.isdisjoint(row):
            for place in layout.places:
                if row[place] in self._marks:
                    self.marks.setdefault(self._name[place], Counter())[row[place]] += 1
        for place in self._digits:
            cell = row[place]
            # of texts between these two only those that begin with 0 and go on
            if "0" < cell < "1" and cell.isdigit():
                self.codes.setdefault(self._name[place], cell)


def _ragged(row: list[str], line: int, facts: FileFacts) -> EngineError:
    width = facts.layout.width
    cells = "1 cell" if len(row) == 1 else f"{len(row):,} cells"
    spans = sum(cell.count("\n") for cell in row)
    if spans > 2:
        hint = (
            f"The row continues for {spans + 1:,} lines: a quotation mark may be missing where a"
            " cell ends."
        )
    elif row[0].startswith(COMMENT_MARKS) and not facts.layout.comment:
        mark = next(mark for mark in COMMENT_MARKS if row[0].startswith(mark))
        hint = f"If such lines are comments, set comment to {mark}."
    elif len(row) > width and not any(row[width:]):
        hint = "It ends with a delimiter: remove that, or name one more column in the first line."
    elif len(row) > width:
        hint = "A cell that holds the delimiter has to stand in quotation marks."
    elif len(row) == width:
        hint = "The column at its end has no name: name it, or remove the cell."
    else:
        hint = "Add the missing cells, or remove the line."
    where = "the first line" if facts.has_header else "the first row"
    return EngineError(f"Line {line:,} has {cells}, {where} has {width:,}.", hint)
