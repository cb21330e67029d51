"""What the cells of a column are, and how they are read: numbers, categories, missing values.

What is guessed is noted, with the column, a cell of it, and the setting that says otherwise.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from engine.data.scan import ScannedFile
from engine.data.types import (
    GROUPED,
    Check,
    ColumnType,
    Numbers,
    categories_of,
    codes_of,
    named,
    unheeded,
)
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.inspect import FileFacts
from engine.sources.numbers import NumberStyle, Read, is_missing_mark, read_number
from engine.specs.data import DataSpec

# what pandas takes for a missing value, too
MISSING_TEXTS = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
# numbers that stand for a missing value where they are far below all others and come again
# in the note on such texts
MISSING_NOTE = "stand for a missing value"
_SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, -999.9, -99.9, -9999.9)
_FAR_BELOW = 10
_PER_CENT = "%‰"


@dataclass
class Reading:
    """The types of all columns, and what was guessed about them."""

    types: dict[str, ColumnType] = field(default_factory=dict)
    # by the text that is taken for a missing value: how many cells of which column
    missing: dict[str, dict[str, int]] = field(default_factory=dict)
    # of each way to write numbers: the columns written so, each with a cell and its value
    written: dict[str, list[tuple[str, str, float]]] = field(default_factory=dict)

    def took_for_missing(self, text: str, column: str, cells: int) -> None:
        """Remember that cells of a column have no value, though they hold `text`."""
        self.missing.setdefault(text, {})[column] = cells

    def notes(self, file: ScannedFile, of: Iterable[str]) -> list[str]:
        """The sentences about the columns `of`, in full for a few of them."""
        wanted = set(of)
        notes = []
        for how, found in self.written.items():
            some = [one for one in found if one[0] in wanted]
            if some:
                name, cell, value = some[0]
                more = f" ({named([one[0] for one in some[1:]])} as well)" if some[1:] else ""
                notes.append(
                    f"Column {shown(name)} is read as numbers with {how}: {shown(cell)} is"
                    f" {value:.12g}{more}. If not, set column_types or thousands."
                )
        codes = [name for name in file.codes if name in wanted and self.types[name] != "numeric"]
        if codes:
            holds = "holds" if len(codes) == 1 else "hold"
            notes.append(
                f"{named(codes)} {holds} codes that begin with 0, such as"
                f" {shown(file.codes[codes[0]])}: kept as text. Set column_types to have numbers."
            )
        if sentence := _missing_note(self.missing, wanted):
            notes.append(sentence)
        return notes


def missing_texts(facts: FileFacts, spec: DataSpec) -> dict[str, list[str]]:
    """For each column the texts that are no value whatever else is in it.

    The target's are judged later, since a text that repeats like a class is one
    (`engine.data.classes`), except those that the person or the file's format names.
    """
    told = {"", *facts.layout.missing, *spec.missing_values} - {"auto"}
    usual = set(MISSING_TEXTS) if spec.reader == 1 or "auto" in spec.missing_values else set()
    of_target = told | usual if spec.reader == 1 else told
    return {
        name: sorted(of_target if name == spec.target else told | usual) for name in facts.columns
    }


def text_columns(file: ScannedFile, spec: DataSpec) -> set[str]:
    """The columns that are texts, whatever their cells look like."""
    declared = {
        name for name, kind in (file.facts.layout.types | spec.column_types).items()
        if kind == "categorical"
    }  # fmt: skip
    codes = {name for name in file.codes if spec.column_types.get(name) != "numeric"}
    return {spec.target, *codes, *declared}


def typed(
    frame: pd.DataFrame, spec: DataSpec, file: ScannedFile, check: Check = unheeded
) -> tuple[pd.DataFrame, Reading]:
    """The frame with its columns as numbers or categories, and how they were read."""
    reading = Reading()
    texts = text_columns(file, spec)
    changed: dict[str, Numbers] = {}
    for name, marks in file.marks.items():
        if name != spec.target:
            for text, cells in marks.items():
                reading.took_for_missing(text, name, cells)
    for label, column in frame.items():
        check()
        name = str(label)
        numbers: Numbers | None = None
        if isinstance(column.dtype, pd.CategoricalDtype):
            forced = spec.column_types.get(name) == "numeric"
            if forced or name not in texts:
                numbers = _as_numbers(column, file, spec, reading, forced=forced)
            reading.types[name] = "categorical" if numbers is None else "numeric"
        elif pd.api.types.is_datetime64_dtype(column.dtype):
            reading.types[name] = "datetime"
        else:
            reading.types[name] = "numeric"
            if spec.reader > 1 and "auto" in spec.missing_values:
                numbers = _without_sentinels(column, reading)
        if numbers is not None:
            changed[name] = numbers
    if changed and len(frame.columns) > GROUPED:
        # put together again: each column put into a wide frame by itself moves all the others
        whole: dict[str, Any] = {str(name): column for name, column in frame.items()}
        return pd.DataFrame(whole | changed), reading
    for name, values in changed.items():
        frame[name] = values
    return frame, reading


def _as_numbers(
    column: "pd.Series[Any]", file: ScannedFile, spec: DataSpec, reading: Reading, *, forced: bool
) -> Numbers | None:
    """A column of texts as numbers if they are, but for marks of missing values; else None.

    `forced` raises EngineError, with the line, instead of giving None.
    """
    texts, codes = categories_of(column), codes_of(column)
    style, name = file.facts.style, str(column.name)
    marks_count = spec.reader > 1 and "auto" in spec.missing_values
    found: list[Read | None] = []
    marks: list[int] = []
    for place, text in enumerate(texts):
        number = read_number(text, style)
        found.append(number)
        if number is None and marks_count and is_missing_mark(text):
            marks.append(place)
        elif number is None:
            if not forced:
                return None
            raise _no_number(text, name, file.line_of(int(np.argmax(column == text))))
    numbers = [one for one in found if one is not None]
    if not forced and (len(numbers) < (2 if marks else 1) or not _one_unit(numbers)):
        return None
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    for place in marks:
        reading.took_for_missing(texts[place], name, int(rows[place]))
    _remember(reading, name, texts, found, style)
    values = [np.nan if one is None else one.value for one in found]
    return np.array([*values, np.nan])[codes]


def _one_unit(numbers: list[Read]) -> bool:
    """Whether all numbers are of one currency, or all per cent, or nothing of the kind."""
    units = {one.affix for one in numbers if one.value or one.affix}
    return len(units - {""}) <= 1 and not (len(units) > 1 and units & set(_PER_CENT))


def _remember(
    reading: Reading, name: str, texts: list[str], found: list[Read | None], style: NumberStyle
) -> None:
    """Keep, for the notes, how the numbers of a column are written unless they are plain ones."""
    ways: dict[str, tuple[str, float]] = {}
    for text, one in zip(texts, found, strict=True):
        if one is None:
            continue
        if one.thousands:
            ways.setdefault(f"thousands marks ({shown(one.thousands)})", (text, one.value))
        if one.affix:
            kind = "per cent" if one.affix in _PER_CENT else "a currency"
            ways.setdefault(f"{kind} sign ({shown(one.affix)})", (text, one.value))
        if one.value < 0 and "-" not in text and "(" in text:
            ways.setdefault("brackets for a minus", (text, one.value))
    if ways:
        text, value = next(iter(ways.values()))
        reading.written.setdefault(" and ".join(ways), []).append((name, text, value))


def _without_sentinels(column: "pd.Series[Any]", reading: Reading) -> Numbers | None:
    """The numbers without one such as -999 that stands for a missing value; None without any."""
    values = column.to_numpy()
    lowest = np.nanmin(values) if len(values) and not np.isnan(values).all() else 0.0
    if lowest not in _SENTINELS:
        return None
    marked = values == lowest
    others = values[~marked & ~np.isnan(values)]
    if marked.sum() < 2 or not len(others) or others.min() < lowest / _FAR_BELOW:
        return None
    reading.took_for_missing(f"{lowest:g}", str(column.name), int(marked.sum()))
    return np.where(marked, np.nan, values.astype(np.float64))


def _no_number(text: str, name: str, line: int) -> EngineError:
    return EngineError(
        f"column_types: column {shown(name)} has to hold numbers, but line"
        f" {line:,} has {shown(text)}.",
        "Correct the cell, leave it empty if the value is missing, or take the column as"
        " categorical.",
    )


def _missing_note(missing: dict[str, dict[str, int]], wanted: set[str]) -> str:
    """One sentence on the texts that are taken for missing values, the most frequent first."""
    cells: Counter[str] = Counter()
    where: dict[str, None] = {}
    for text, columns in missing.items():
        kept = {name: count for name, count in columns.items() if name in wanted}
        if kept:
            cells[text] = sum(kept.values())
            where |= dict.fromkeys(kept)
    if not cells:
        return ""
    told = ", ".join(f"{shown(text, 20)} ({_cells(n)})" for text, n in cells.most_common(4))
    more = f" and {len(cells) - 4:,} other texts" if len(cells) > 4 else ""
    return (
        f"{named(list(where))}: {told}{more} {MISSING_NOTE}. Set missing_values to have"
        " it otherwise."
    )


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"
