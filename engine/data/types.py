"""What the cells of a column are: numbers or categories."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.scan import ScannedFile
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.numbers import is_missing_mark, is_number, read_number

ColumnType = Literal["numeric", "categorical", "datetime"]
Numbers = npt.NDArray[np.float64]
# positions in a frame
Rows = npt.NDArray[np.int64]

# texts of a column that are looked at one by one
LOOKED_AT = 20_000
# a column with this share of numbers among its cells was probably meant to hold numbers
MOSTLY = 0.8
# the squares of larger numbers, which a variance needs, come near the end of double precision
LARGEST = 1e100
# columns, and cells where it is more than one, that are worked on between two checks: fractions of
# a second of the slowest library call
GROUPED = 500
GROUPED_CELLS = 2_000_000
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,. ']\d{3})+(?:[.,]\d+)?", re.ASCII)
_WITH_UNIT = re.compile(
    r"[+-]?\d+(?P<decimals>[.,]\d+)?(?P<blank>[ \u00a0\u2009\u202f])?"
    r"(?P<unit>[^\d\s.,:;/+-][^\d\s]{0,9})"
)

# called now and then by whatever may take long with many columns; what it raises ends the work
Check = Callable[[], object]


def unheeded() -> None:
    """A `Check` for where nobody can ask to stop."""


def column_groups(
    frame: pd.DataFrame, names: Sequence[str], check: Check, rows: Rows | None = None
) -> Iterator[pd.DataFrame]:
    """The columns of these names in groups, of all rows or of `rows`, with a check before each.

    A table may have 100,000 columns: whatever a library does with all of them at once can take
    minutes in which nothing is heeded, and often grows with the square of their number.
    """
    size = max(1, min(GROUPED, GROUPED_CELLS // max(1, len(frame))))
    for start in range(0, len(names), size):
        check()
        group = frame[list(names[start : start + size])]
        yield group if rows is None else group.iloc[rows]


def columns_at(
    frame: pd.DataFrame, names: Sequence[str], check: Check, rows: Rows | None
) -> "Iterator[pd.Series[Any]]":
    """The columns of these names one by one, of all rows or of `rows`.

    The rows are taken of many columns at once, which is ten times as fast as of each.
    """
    groups = [frame] if rows is None else column_groups(frame, names, check, rows)
    for group in groups:
        for name in names if rows is None else group.columns:
            check()
            yield group[name]


def codes_of(column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """The code of each row's category, -1 where it is missing."""
    return column.cat.codes.to_numpy().astype(np.int64)


def categories_of(column: "pd.Series[Any]") -> list[str]:
    """The categories of a column in the order of their codes."""
    return list(map(str, column.cat.categories.tolist()))


def number_text(value: float) -> str:
    """A number as briefly as it can be written, a whole one without a decimal mark."""
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(float(value))


def as_categories(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A text column with its texts as categories, in sorted order."""
    return column.astype(object).astype("category")


def suspicion(column: "pd.Series[Any]", file: ScannedFile, reader: int) -> tuple[str, str] | None:
    """What is odd about a feature for a `reader`: a kind of oddity and a sentence, or None."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return None
    return _almost_numbers(column, file) or _other_marks(column, file.facts.style.decimal, reader)


def _almost_numbers(column: "pd.Series[Any]", file: ScannedFile) -> tuple[str, str] | None:
    looked, codes = categories_of(column)[:LOOKED_AT], codes_of(column)
    rows = np.bincount(codes[codes >= 0], minlength=len(looked))[: len(looked)]
    all_rows = int(rows.sum())
    others, odd = 0, list[int]()
    # the most frequent first, so that most texts need not be read
    for place in np.argsort(-rows, kind="stable").tolist():
        if read_number(looked[place], file.facts.style) is None and rows[place]:
            odd.append(place)
            others += int(rows[place])
        if others > all_rows - MOSTLY * all_rows:
            return None
    if not odd:
        return None
    first = min(odd)
    line = file.line_of(int(np.argmax(codes == first)))
    return "not quite numbers", (
        f"Column {_name(column)} is taken as categories, though most of its cells are numbers:"
        f" line {line:,} has {shown(looked[first])}. Empty such cells to have it numeric."
    )


def _other_marks(column: "pd.Series[Any]", decimal: str, reader: int) -> tuple[str, str] | None:
    """Numbers that are written in another way than the file's."""
    texts = categories_of(column)
    looked = texts[:LOOKED_AT]
    taken = f"Column {_name(column)} is taken as categories, but looks like numbers with"
    if len(texts) > 1 and all(_THOUSANDS.fullmatch(text.strip()) for text in looked):
        return "marks between thousands", (
            f"{taken} marks between the thousands. Remove the marks to have it numeric."
        )
    other = "," if decimal == "." else "."
    marked = [text for text in looked if other in text]
    if marked and all(is_number(text, other) for text in looked):
        return "other decimal mark", (
            f"{taken} '{other}' as decimal mark. Set decimal to '{other}' if it is."
        )
    if reader < 3:
        # what is odd is no row ID, and these were
        return None
    plain = [text for text in looked if decimal in text]
    if (
        marked
        and plain
        and all(is_number(text.replace(other, decimal), decimal) for text in looked)
    ):
        return "two decimal marks", (
            f"{taken} two decimal marks, as in {shown(plain[0])} and {shown(marked[0])}. Write them"
            " alike to have it numeric."
        )
    return _units(looked, taken)


def _units(texts: Sequence[str], taken: str) -> tuple[str, str] | None:
    """Numbers with a unit behind each: "5.5 cm", "1.2k"."""
    matches, units = [], dict[str, str]()
    for text in texts:
        match = _WITH_UNIT.fullmatch(text.strip())
        if match is not None:
            matches.append(match)
            units.setdefault(match["unit"], match[0])
        elif not is_missing_mark(text):
            return None
    if len(matches) <= 2 * len(units):
        return None
    if len(units) == 1:
        return "numbers with a unit", (
            f"{taken} the unit {shown(next(iter(units)))}. Remove it from the cells to have it"
            " numeric."
        )
    # "3A" and "4B" are codes
    if not all(match["blank"] or match["decimals"] for match in matches):
        return None
    one, another = list(units.values())[:2]
    return "numbers with units", (
        f"{taken} different units, as in {shown(one)} and {shown(another)}. Write them in one, and"
        " leave it out, to have it numeric."
    )


def empty_columns(
    frame: pd.DataFrame, names: Sequence[str], check: Check, rows: Rows | None = None
) -> list[str]:
    """Those of the columns that have no value on any row, or on any of `rows`."""
    found: list[str] = []
    for group in column_groups(frame, names, check, rows):
        empty = group.isna().all()
        found += [str(name) for name in empty.index[empty]]
    return found


def refuse_infinity(column: "pd.Series[Any]", file: ScannedFile) -> None:
    """Raise EngineError, with the line, if a numeric column holds a number beyond `LARGEST`."""
    values = column.to_numpy(dtype=np.float64)
    beyond = np.abs(values) > LARGEST
    if not beyond.any():
        return
    count = int(beyond.sum())
    more = f" (and {count - 1:,} more of its cells)" if count > 1 else ""
    first = int(np.argmax(beyond))
    kind = "an infinite number" if np.isinf(values[first]) else "a number too large to compute with"
    raise EngineError(
        f"Column {_name(column)} holds {kind} on line {file.line_of(first):,}{more}.",
        "Correct or empty the cell, remove the line, or put the column into exclude.",
    )


def _name(column: "pd.Series[Any]") -> str:
    return shown(str(column.name))


def named(names: Sequence[str], most: int = 4) -> str:
    """Column names as a part of a sentence: "Column 'a'", "Columns 'a', 'b' and 3 more"."""
    head = ", ".join(shown(name) for name in names[:most])
    if len(names) > most:
        head += f" and {len(names) - most:,} more"
    return f"Column {head}" if len(names) == 1 else f"Columns {head}"


def grouped(warned: Mapping[str, tuple[str, str]]) -> list[str]:
    """One note for each kind of oddity, in full for up to three columns of it."""
    kinds = defaultdict(list)
    for name, (kind, sentence) in warned.items():
        kinds[kind].append((name, sentence))
    notes = []
    for kind, found in kinds.items():
        notes += [sentence for _, sentence in found[:3]]
        if len(found) > 3:
            notes.append(f"{named([name for name, _ in found[3:]])}: {kind} as well.")
    return notes
