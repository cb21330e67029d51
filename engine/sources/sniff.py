"""How a CSV file is written: delimiter, quotes, decimal mark, header."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    import _csv

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space"}
# rows of the sample that are looked at
SAMPLE_ROWS = 200

# one way only to read a row of digits: with two, a cell of 100,000 of them takes minutes
_POINT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How rows and cells are separated. `quote` is empty where quotes mean nothing."""

    delimiter: str
    quote: str
    # blanks after a delimiter belong to no cell
    skip_space: bool

    def rows(self, lines: Iterable[str]) -> "_csv.Reader":
        """A `csv.reader` of this dialect."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=self.skip_space,
        )

    @property
    def words(self) -> str:
        """The delimiter as a person calls it."""
        name = DELIMITER_NAMES.get(self.delimiter, self.delimiter)
        return f"{name} and blank" if self.skip_space else name


def is_blank(row: Sequence[str]) -> bool:
    """Whether a row is an empty line."""
    return not row or (len(row) == 1 and not row[0].strip())


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether a cell is a finite number with this decimal mark."""
    pattern = _COMMA if decimal == "," else _POINT
    return pattern.fullmatch(cell.strip()) is not None


def sample_rows(text: str, dialect: Dialect, whole: bool) -> list[list[str]]:
    """The first rows of a sample, without empty lines and without a last one that is incomplete.

    Raises csv.Error for a cell beyond 131,072 characters.
    """
    rows: list[list[str]] = []
    reader = dialect.rows(io.StringIO(text, newline=""))
    for row in reader:
        if not is_blank(row):
            rows.append(row)
        if len(rows) > SAMPLE_ROWS:
            return rows[:SAMPLE_ROWS]
    if not whole and len(rows) > 1:
        rows.pop()
    return rows


def detect(text: str, whole: bool, delimiter: str, quote: str) -> tuple[Dialect, list[list[str]]]:
    """The dialect of a sample and its rows; 'auto' settings are found out."""
    requested_delimiter = "\t" if delimiter == "tab" else delimiter
    requested_quote = "" if quote == "none" else quote
    if requested_delimiter == requested_quote != "auto":
        raise EngineError(
            f"delimiter and quote are both {delimiter!r}.", "Choose two different characters."
        )
    fallback = '"' if requested_quote == "auto" and requested_delimiter != '"' else requested_quote
    fallback = "" if fallback == "auto" else fallback
    if requested_delimiter == "auto":
        chosen = _best(text, whole, [d for d in DELIMITERS if d != fallback], fallback)
        if chosen is None and fallback != " ":
            chosen = _best(text, whole, [" "], fallback)
        chosen = chosen or ","
    else:
        chosen = requested_delimiter
    rows = sample_rows(text, Dialect(chosen, fallback, False), whole)
    if requested_quote == "auto" and chosen != "'" and '"' not in text and _single_quoted(rows[1:]):
        fallback = "'"
    skip = chosen not in (" ", "\t") and _spaced(rows)
    dialect = Dialect(chosen, fallback, skip)
    return dialect, sample_rows(text, dialect, whole)


def _best(text: str, whole: bool, delimiters: Sequence[str], quote: str) -> str | None:
    """The delimiter that gives most rows the width of the first one, and the widest of these."""
    best: tuple[float, int] = (0.0, 1)
    chosen = None
    for delimiter in delimiters:
        if delimiter not in text:
            continue
        rows = sample_rows(text, Dialect(delimiter, quote, False), whole)
        if not rows or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        score = (sum(len(row) == width for row in rows) / len(rows), width)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _single_quoted(rows: Sequence[Sequence[str]]) -> bool:
    """Whether some column's cells all stand in single quotes."""
    return any(
        len(cells) > 1 and all(len(c) > 1 and c[0] == c[-1] == "'" for c in cells)
        for cells in _columns(rows)
    )


def _spaced(rows: Sequence[Sequence[str]]) -> bool:
    """Whether every cell after the first of its row begins with a blank."""
    cells = [cell for row in rows for cell in row[1:]]
    return bool(cells) and all(cell.startswith(" ") for cell in cells)


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The cells of each column that are not empty."""
    width = max((len(row) for row in rows), default=0)
    for i in range(width):
        yield [row[i] for row in rows if i < len(row) and row[i].strip()]


def detect_decimal(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """',' when some column holds numbers with decimal commas and none has decimal points."""
    commas = False
    for cells in _columns(rows):
        if not cells:
            continue
        if all(is_number(c, ".") for c in cells) and any("." in c for c in cells):
            return "."
        if all(is_number(c, ",") for c in cells) and any("," in c for c in cells):
            # "1,234" in a file with commas between cells is more likely a thousand
            thousands = all(_THOUSANDS.fullmatch(c.strip()) for c in cells if "," in c)
            commas = commas or delimiter != "," or not thousands
    return "," if commas else "."


def detect_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does not when most of its texts come again below it, or when it holds
    numbers, unless these count (0, 1, 2 …) or are years in a row.
    """
    first = [cell.strip() for cell in rows[0]]
    texts = [i for i, cell in enumerate(first) if cell and not _is_any_number(cell)]
    again = sum(any(len(r) > i and r[i].strip() == first[i] for r in rows[1:]) for i in texts)
    if texts and again > len(texts) / 2:
        return False
    numbers = [cell for cell in first if _is_any_number(cell)]
    if not numbers:
        return True
    if len(numbers) < 2 or not all(_INTEGER.fullmatch(cell) for cell in numbers):
        return False
    values = [int(cell) for cell in numbers]
    counting = all(b - a == 1 for a, b in pairwise(values))
    return counting and (values[0] in (0, 1) or 1800 <= values[0] <= 2200)


def _is_any_number(cell: str) -> bool:
    return is_number(cell, ".") or is_number(cell, ",")
