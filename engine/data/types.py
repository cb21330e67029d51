"""What the cells of a column are: numbers or categories."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.sniff import is_number

ColumnType = Literal["numeric", "categorical"]

# texts of a column that are looked at one by one
LOOKED_AT = 20_000
# a column with this share of numbers among its cells was probably meant to hold numbers
MOSTLY = 0.8
# of rows with a category of their own, and so many categories at least
OWN_CATEGORY = 0.5
MANY = 20
FREE_TEXT_WORDS = 3
# the squares of larger numbers, which a variance needs, come near the end of double precision
LARGEST = 1e100
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,. ']\d{3})+(?:[.,]\d+)?", re.ASCII)

LineOf = Callable[[int], int]


def to_number(text: str, decimal: str) -> float | None:
    """The number a cell holds, or None."""
    plain = text.strip()
    if plain.lstrip("+-").lower() in ("inf", "infinity"):
        return -np.inf if plain.startswith("-") else np.inf
    if not is_number(plain, decimal):
        return None
    return float(plain.replace(",", ".") if decimal == "," else plain)


def codes_of(column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """The code of each row's category, -1 where it is missing."""
    return column.cat.codes.to_numpy().astype(np.int64)


def categories_of(column: "pd.Series[Any]") -> list[str]:
    """The categories of a column in the order of their codes."""
    return [str(category) for category in column.cat.categories]


def as_categories(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A text column with its texts as categories, in sorted order."""
    return column.astype(object).astype("category")


def as_numbers(
    column: "pd.Series[Any]", name: str, decimal: str, forced: bool, line_of: LineOf
) -> "pd.Series[Any] | None":
    """A categorical column as numbers if all of its texts are; None if one is not.

    `forced` raises EngineError, with the line, instead of giving None.
    """
    numbers: list[float] = []
    for text in categories_of(column):
        number = to_number(text, decimal)
        if number is None:
            if not forced:
                return None
            row = int(np.argmax(column == text))
            raise EngineError(
                f"column_types: column {shown(name)} has to hold numbers, but line"
                f" {line_of(row):,} has {shown(text)}.",
                "Correct the cell, leave it empty if the value is missing, or take the column as"
                " categorical.",
            )
        numbers.append(number)
    lookup = np.append(np.asarray(numbers, dtype=np.float64), np.nan)
    return pd.Series(lookup[codes_of(column)], index=column.index)


def suspicion(
    column: "pd.Series[Any]", name: str, decimal: str, line_of: LineOf
) -> tuple[str, str] | None:
    """What is odd about a feature: a kind of oddity and a sentence, or None."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _odd_text(column, name, decimal, line_of)
    values = column.to_numpy()
    if not np.issubdtype(values.dtype, np.integer) or len(values) < MANY:
        return None
    low, high = int(values.min()), int(values.max())
    if high - low + 1 == len(values) and len(np.unique(values)) == len(values):
        return "numbering", (
            f"Column {shown(name)} numbers the rows from {low:,} to {high:,}: it says nothing about"
            " the class. Put it into exclude."
        )
    return None


def _odd_text(
    column: "pd.Series[Any]", name: str, decimal: str, line_of: LineOf
) -> tuple[str, str] | None:
    texts = categories_of(column)
    codes = codes_of(column)
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    looked = texts[:LOOKED_AT]
    numeric = np.array([to_number(text, decimal) is not None for text in looked])
    number_rows = int(rows[: len(looked)][numeric].sum())
    all_rows = int(rows[: len(looked)].sum())
    if number_rows >= MOSTLY * all_rows and number_rows < all_rows:
        odd = looked[int(np.argmin(numeric))]
        line = line_of(int(np.argmax(codes == int(np.argmin(numeric)))))
        return "not quite numbers", (
            f"Column {shown(name)} is taken as categories, though most of its cells are numbers:"
            f" line {line:,} has {shown(odd)}. Empty such cells to have it numeric."
        )
    if len(texts) > 1 and all(_THOUSANDS.fullmatch(text.strip()) for text in looked):
        return "marks between thousands", (
            f"Column {shown(name)} is taken as categories, but looks like numbers with marks"
            " between the thousands. Remove the marks to have it numeric."
        )
    other = "," if decimal == "." else "."
    marked = any(other in text for text in looked)
    if marked and all(to_number(text, other) is not None for text in looked):
        return "other decimal mark", (
            f"Column {shown(name)} is taken as categories, but looks like numbers with"
            f" '{other}' as decimal mark. Set decimal to '{other}' if it is."
        )
    if len(texts) < MANY or len(texts) < OWN_CATEGORY * len(codes):
        return None
    words = float(np.median([len(text.split()) for text in looked]))
    if words >= FREE_TEXT_WORDS:
        return "free text", (
            f"Column {shown(name)} looks like free text ({len(texts):,} distinct values), which is"
            " not understood here. Put it into exclude."
        )
    return "identifier", (
        f"Column {shown(name)} looks like a row ID ({len(texts):,} distinct"
        " values): it says nothing about the class. Put it into exclude."
    )


def refuse_infinity(column: "pd.Series[Any]", name: str, line_of: LineOf) -> None:
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
        f"Column {shown(name)} holds {kind} on line {line_of(first):,}{more}.",
        "Correct or empty the cell, remove the line, or put the column into exclude.",
    )


def retype(
    frame: pd.DataFrame,
    requested: Mapping[str, ColumnType],
    decimal: str,
    line_of: LineOf,
    target: str,
) -> dict[str, ColumnType]:
    """Turn text columns into categories or numbers, in place; the types that result."""
    types: dict[str, ColumnType] = {}
    for name in list(frame.columns):
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            types[name] = "numeric"
            continue
        column = as_categories(column)
        wanted = requested.get(name)
        numbers = None
        if name != target and wanted != "categorical":
            numbers = as_numbers(column, name, decimal, wanted == "numeric", line_of)
        frame[name] = column if numbers is None else numbers
        types[name] = "categorical" if numbers is None else "numeric"
    return types


def named(names: Sequence[str], most: int = 4) -> str:
    """Column names as a part of a sentence: "Column 'a'", "Columns 'a', 'b' and 3 more"."""
    head = ", ".join(shown(name) for name in names[:most])
    if len(names) > most:
        head += f" and {len(names) - most:,} more"
    return f"Column {head}" if len(names) == 1 else f"Columns {head}"
