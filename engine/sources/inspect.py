"""What a first look at a CSV file shows."""

import csv
import difflib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.sources.encoding import (
    Encoded,
    check_file,
    decode_sample,
    detect_encoding,
    locate,
    read_sample,
    shown,
)
from engine.sources.sniff import Dialect, detect, detect_decimal, detect_header, is_blank

MAX_BYTES = 2 * 2**30
SAMPLE_BYTES = 128 * 1024
MAX_SAMPLE_BYTES = 8 * 2**20
SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class CsvFacts:
    """A CSV file at first sight.

    `columns` are the names in order, without blanks around them; a column
    without a name is called "column 3" by its place. `sample` holds the first
    rows as text; a row may be longer or shorter than `columns`, which is found
    and reported when the file is loaded. `rows` is None where the file is too
    large to count at a glance.
    """

    path: Path
    size: int
    columns: tuple[str, ...]
    dialect: Dialect
    encoding: Encoded
    decimal: str
    has_header: bool
    sample: tuple[tuple[str, ...], ...]
    rows: int | None
    notes: tuple[str, ...]


def peek(
    path: str,
    *,
    delimiter: str = "auto",
    quote: str = "auto",
    encoding: str = "auto",
    decimal: str = "auto",
    header: str = "auto",
) -> CsvFacts:
    """Look at the beginning of a CSV file; the time does not depend on its size.

    'penguins' is the packaged data set. Each setting is 'auto' or as in
    `DataSpec`. Raises EngineError for a file that is not there, cannot be read,
    is empty, is no text or no table, is beyond 2 GB, or has two columns of one name.
    """
    file = locate(path)
    size = check_file(file, MAX_BYTES)
    sample, whole = read_sample(file, SAMPLE_BYTES, MAX_SAMPLE_BYTES)
    encoded = detect_encoding(sample, encoding)
    text = decode_sample(sample, encoded, whole)
    try:
        dialect, rows = detect(text, whole, delimiter, quote)
    except csv.Error as error:
        raise bad_cell(error, 0) from error
    if not rows or not text.strip():
        raise EngineError(
            f"The file {shown(str(file), 200)} holds nothing but blanks.",
            "Choose a CSV file with rows in it.",
        )
    has_header = detect_header(rows) if header == "auto" else header == "yes"
    columns, notes = name_columns(rows[0], has_header)
    body = rows[1:] if has_header else rows
    _refuse_no_table(columns, body)
    return CsvFacts(
        path=file,
        size=size,
        columns=columns,
        dialect=dialect,
        encoding=encoded,
        decimal=detect_decimal(body, dialect.delimiter) if decimal == "auto" else decimal,
        has_header=has_header,
        sample=tuple(tuple(row) for row in body[:SHOWN_ROWS]),
        rows=_count(text, dialect) - has_header if whole else None,
        notes=notes,
    )


def _refuse_no_table(columns: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    """Raise EngineError where there is nothing to learn from."""
    if not body:
        raise EngineError(
            "The file has names of columns, but no rows below them.",
            "Choose a CSV file with rows in it; set header to no if the first line is a row.",
        )
    if len(columns) < 2:
        raise EngineError(
            f"The file has only one column, {shown(columns[0])}; a target and at least one"
            " feature are needed.",
            "If it has more, set delimiter to the character between its cells.",
        )


def _count(text: str, dialect: Dialect) -> int:
    try:
        return sum(not is_blank(row) for row in dialect.rows(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise bad_cell(error, 0) from error


def name_columns(first: Sequence[str], has_header: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns' names, and the notes about them; raises EngineError on doubles."""
    if not has_header:
        return tuple(f"column {i}" for i in range(1, len(first) + 1)), (
            "The first line holds data, so the columns are called 'column 1', 'column 2' and so on."
            " If it holds names, set header to yes.",
        )
    names = [cell.strip() for cell in first]
    unnamed = [i for i, name in enumerate(names, 1) if not name]
    columns = tuple(name or f"column {i}" for i, name in enumerate(names, 1))
    doubles = [name for name, n in Counter(columns).items() if n > 1]
    if doubles:
        where = [i for i, name in enumerate(columns, 1) if name == doubles[0]]
        more = f" (and {len(doubles) - 1:,} more names)" if len(doubles) > 1 else ""
        raise EngineError(
            f"Several columns have the same name: {shown(doubles[0])} at {_first_of(where)}{more}.",
            "Rename them in the first line; set header to no if that line is a row of data.",
        )
    if not unnamed:
        return columns, ()
    called = f"called 'column {unnamed[0]}'"
    if len(unnamed) == 1:
        return columns, (f"Column {unnamed[0]} has no name and is {called}.",)
    return columns, (f"Columns {_first_of(unnamed)} have no names and are {called} and so on.",)


def _first_of(places: Sequence[int]) -> str:
    """The first five places of columns."""
    return ", ".join(f"{place:,}" for place in places[:5]) + (" …" if len(places) > 5 else "")


def bad_cell(error: csv.Error, line: int) -> EngineError:
    """What to say when the reader of rows gives up."""
    if "field limit" in str(error) or "field larger" in str(error):
        where = f"A cell near line {line:,}" if line else "A cell"
        return EngineError(
            f"{where} is longer than {csv.field_size_limit():,} characters.",
            "A quotation mark may be missing where the cell ends; or set quote to none.",
        )
    return EngineError(
        f"The rows cannot be separated near line {line:,}: {error}.",
        "Check the quotation marks there; or set quote to none.",
    )


def check_column(columns: Sequence[str], name: str, field: str) -> None:
    """Raise EngineError, with the nearest name, unless `name` is one of `columns`."""
    if name in columns:
        return
    near = nearest(name, columns)
    listed = ", ".join(shown(c, 30) for c in columns[:8]) + (" …" if len(columns) > 8 else "")
    raise EngineError(
        f"{field}: there is no column {shown(name)}.",
        f"Did you mean {shown(near)}?" if near else f"The columns are {listed}.",
    )


def nearest(name: str, columns: Sequence[str]) -> str:
    """The column whose name is most alike, or ''."""
    plain = name.strip().casefold()
    for column in columns:
        if column.casefold() == plain:
            return column
    # comparing is quadratic in the length of the names
    short = {column[:100].casefold(): column for column in reversed(columns[:2000])}
    found = difflib.get_close_matches(plain[:100], short, n=1, cutoff=0.6)
    return short[found[0]] if found else ""
