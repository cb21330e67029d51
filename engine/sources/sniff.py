"""How the rows of a table are separated into cells: delimiter, quotes, names in the first row."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.sources.numbers import READ_AGAIN, are_numbers, is_missing_mark, is_number
from engine.specs.data import DataSpec

if TYPE_CHECKING:
    import _csv

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space"}
# one or more blanks or tabs
BLANKS = "blanks"
# rows of the sample that are looked at; of a wide table fewer, but so many
SAMPLE_ROWS, WIDE_ROWS = 200, 50
# of the rows that a delimiter is chosen by; fewer than these are even by chance
_MOST = 0.9
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How rows and cells are separated. `quote` is empty where quotes mean nothing.

    A `delimiter` of `BLANKS` is one or more blanks or tabs. `escape` is the character that takes
    the next one as it is, "" where there is none.
    """

    delimiter: str
    quote: str
    # blanks after a delimiter belong to no cell
    skip_space: bool
    escape: str = ""

    def rows(self, lines: Iterable[str], *, strict: bool = False) -> "_csv.Reader":
        """A `csv.reader` of this dialect; a `strict` one raises csv.Error for misplaced quotes."""
        blanks = self.delimiter == BLANKS
        return csv.reader(
            map(_single_blanks, lines) if blanks else lines,
            delimiter=" " if blanks else self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=self.skip_space or blanks,
            escapechar=self.escape or None,
            strict=strict,
        )

    @property
    def words(self) -> str:
        """The delimiter as a person calls it."""
        name = DELIMITER_NAMES.get(self.delimiter, self.delimiter)
        return f"{name} and blank" if self.skip_space else name


def _single_blanks(line: str) -> str:
    """A line whose ends are no delimiters; the reader of rows skips all blanks but the first."""
    return line.strip(" \t\r\n").replace("\t", " ") + "\n"


def is_blank(row: Sequence[str]) -> bool:
    """Whether a row is an empty line."""
    return not row or (len(row) == 1 and not row[0].strip())


def rows_looked_at(width: int, reader: int) -> int:
    """How many rows of so many cells are looked at: no more cells than are remembered."""
    most = max(WIDE_ROWS, READ_AGAIN // max(1, width)) if reader > 2 else SAMPLE_ROWS
    return min(SAMPLE_ROWS, most)


def sample_rows(lines: Iterable[str], dialect: Dialect, whole: bool) -> list[list[str]]:
    """The first rows of a sample, without empty lines and without a last one that is incomplete.

    Raises csv.Error for a cell beyond 131,072 characters.
    """
    rows: list[list[str]] = []
    for row in dialect.rows(lines):
        if not is_blank(row):
            rows.append(row)
        if len(rows) > SAMPLE_ROWS:
            return rows[:SAMPLE_ROWS]
    if not whole and len(rows) > 1:
        rows.pop()
    return rows


def detect_dialect(lines: Sequence[str], whole: bool, spec: DataSpec) -> Dialect:
    """The dialect of the first lines of a table; 'auto' settings of `spec` are found out."""
    delimiter = {"tab": "\t", "space": " "}.get(spec.delimiter, spec.delimiter)
    requested_quote = "" if spec.quote == "none" else spec.quote
    if delimiter == requested_quote != "auto":
        raise EngineError(
            f"delimiter and quote are both {delimiter!r}.", "Choose two different characters."
        )
    fallback = '"' if requested_quote == "auto" and delimiter != '"' else requested_quote
    fallback = "" if fallback == "auto" else fallback
    if delimiter == "auto":
        delimiter = _best_delimiter(lines, whole, fallback, spec.reader)
    rows = sample_rows(lines, Dialect(delimiter, fallback, False), whole)
    single = (
        requested_quote == "auto"
        and delimiter != "'"
        and not any('"' in line for line in lines)
        and _single_quoted(rows[1:])
    )
    skip = delimiter not in (" ", "\t", BLANKS) and _spaced(rows)
    dialect = Dialect(delimiter, "'" if single else fallback, skip)
    return replace(dialect, escape=_escape(lines, dialect)) if spec.reader > 2 else dialect


def _escape(lines: Sequence[str], dialect: Dialect) -> str:
    """The backslash where it stands before the quotation marks in a cell, else "".

    It does where the marks in quoted cells are plainly neither doubled nor the end of the cell.
    """
    if not dialect.quote or not any(f"\\{dialect.quote}" in line for line in lines):
        return ""
    escaped = replace(dialect, escape="\\")
    return "\\" if _strictly_even(lines, escaped) > _strictly_even(lines, dialect) else ""


def _strictly_even(lines: Sequence[str], dialect: Dialect) -> float:
    """The fraction of rows as wide as most, 0 where a quoted cell goes on behind its end."""
    reader, rows = dialect.rows(lines, strict=True), list[list[str]]()
    try:
        rows.extend(row for row in islice(reader, SAMPLE_ROWS) if not is_blank(row))
    except csv.Error:
        # else the sample ends within a cell
        if reader.line_num < len(lines):
            return 0.0
    return evenness(rows)[1]


def _best_delimiter(lines: Sequence[str], whole: bool, quote: str, reader: int) -> str:
    """The delimiter that gives even rows of typed columns; of equals the one with most columns."""
    best, chosen = (0.0, 0.0, 0), ","
    for delimiter in (*DELIMITERS, " ", BLANKS):
        if delimiter == quote or not any(
            (" " if delimiter == BLANKS else delimiter) in line for line in lines
        ):
            continue
        rows = sample_rows(lines, Dialect(delimiter, quote, False), whole)
        width, even = evenness(rows)
        if width < 2:
            continue
        body = [row for row in rows if len(row) == width][1 : rows_looked_at(width, reader)] or rows
        blanks = delimiter in (" ", BLANKS)
        columns = columns_of(body, width)
        typed = sum(_typedness(cells, delimiter) for cells in columns) / width
        # blanks also stand between the words of one cell, other marks between the parts of a text
        other_width = 0.2 if blanks else 0.1 if reader > 2 else 0.0
        typed -= 0.1 * blanks + other_width * (len(rows[0]) != width)
        score = (even if even < _MOST else 1.0, typed, width)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def evenness(rows: Sequence[Sequence[str]]) -> tuple[int, float]:
    """The most frequent number of cells of a row, and the fraction of rows that have it."""
    counts = Counter(map(len, rows))
    if not counts:
        return 0, 0.0
    width = max(counts, key=lambda n: (counts[n], n))
    return width, counts[width] / len(rows)


def _typedness(cells: Sequence[str], delimiter: str) -> float:
    """How much a column looks like one: 1 of numbers, half of texts that come again, 0 else.

    Texts with another delimiter in them are rather two cells.
    """
    values = [cell for cell in cells if not is_missing_mark(cell)]
    if are_numbers(values):
        return 1.0
    if any(mark in cell for cell in values for mark in DELIMITERS if mark != delimiter):
        return 0.0
    return 0.5 if len(set(values)) <= len(values) / 2 else 0.0


def _single_quoted(rows: Sequence[Sequence[str]]) -> bool:
    """Whether some column's cells all stand in single quotes."""
    width = max(map(len, rows), default=0)
    return any(
        len(cells) > 1 and all(len(c) > 1 and c[0] == c[-1] == "'" for c in cells)
        for cells in columns_of(rows, width)
    )


def _spaced(rows: Sequence[Sequence[str]]) -> bool:
    """Whether every cell after the first of its row begins with a blank."""
    cells = [cell for row in rows for cell in row[1:]]
    return bool(cells) and all(cell.startswith(" ") for cell in cells)


def columns_of(rows: Sequence[Sequence[str]], width: int) -> Iterator[list[str]]:
    """The cells of each column that are not empty."""
    for i in range(width):
        yield [row[i] for row in rows if i < len(row) and row[i].strip()]


def detect_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does not when most of its texts come again below it, or when it holds
    numbers, unless these count (0, 1, 2 …) or are years in a row.
    """
    first = [cell.strip() for cell in rows[0]]
    texts = [i for i, cell in enumerate(first) if cell and not is_any_number(cell)]
    again = sum(any(len(r) > i and r[i].strip() == first[i] for r in rows[1:]) for i in texts)
    if texts and again > len(texts) / 2:
        return False
    numbers = [cell for cell in first if is_any_number(cell)]
    if not numbers:
        return True
    if len(numbers) < 2 or not all(_INTEGER.fullmatch(cell) for cell in numbers):
        return False
    values = [int(cell) for cell in numbers]
    counting = all(b - a == 1 for a, b in pairwise(values))
    return counting and (values[0] in (0, 1) or 1800 <= values[0] <= 2200)


def is_any_number(cell: str) -> bool:
    """Whether a cell is a number, with a decimal point or comma."""
    return is_number(cell, ".") or is_number(cell, ",")
