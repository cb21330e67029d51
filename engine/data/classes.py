"""The target: which classes there are, and in which order."""

import re
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.scan import ScannedFile
from engine.data.types import categories_of, codes_of
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.numbers import is_missing_mark, is_number, read_number
from engine.specs.data import DataSpec

MAX_CLASSES = 1000
# a mark of missing values is a class from so many rows on, and with this fraction of the rows of
# the smallest other class
MARK_ROWS = 3
REPEATS = 0.5
# Orders of categories that are known from a publication, by column; a column whose categories are
# these (in whatever case) gets its codes in this order.
# Palmer Penguins: Gorman, Williams, Fraser 2014; codes as in the post this project started from.
PUBLISHED_ORDERS: dict[str, tuple[str, ...]] = {
    "species": ("adelie", "gentoo", "chinstrap"),
    "island": ("biscoe", "dream", "torgersen"),
    "sex": ("male", "female"),
}
_INTEGER = re.compile(r"[+-]?\d{1,300}", re.ASCII)
_NUMBER = re.compile(r"(\d{1,300}(?:\.\d{1,300})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Classes:
    """Labels as text in the order of their codes, and each row's code (-1: no label)."""

    labels: tuple[str, ...]
    codes: npt.NDArray[np.int64]
    notes: tuple[str, ...]


def ordered(name: str, categories: Sequence[str], reader: int) -> list[str]:
    """Categories in the order of their codes.

    That is the published order where there is one, and otherwise that of the texts (by code
    point), in which numbers count as numbers: "grade 2" comes before "grade 10". For the first
    reader they count where they are the whole text.
    """
    published = PUBLISHED_ORDERS.get(name, ())
    folded = {category.casefold(): category for category in categories}
    if len(folded) == len(categories) and set(folded) == set(published):
        return [folded[category] for category in published]
    if all(_INTEGER.fullmatch(category) for category in categories):
        return sorted(categories, key=lambda text: (int(text), text))
    return sorted(categories) if reader == 1 else sorted(categories, key=natural_key)


def natural_key(text: str) -> tuple[Any, ...]:
    """A key by which texts sort, and numbers in them as numbers."""
    if is_number(text):
        return ("", float(text), text)
    parts = _NUMBER.split(text)
    numbers = [float(part) for part in parts[1::2]]
    return (*chain.from_iterable(zip(parts[::2], [*numbers, 0.0], strict=True)), text)


def read_classes(column: "pd.Series[Any]", file: ScannedFile, spec: DataSpec) -> Classes:
    """The classes of a target column of texts: what is written, each text one.

    A mark of missing values is a class when it repeats like one. Raises EngineError for real
    numbers, fewer than two classes, and more than `MAX_CLASSES`.
    """
    target, texts, codes = str(column.name), categories_of(column), codes_of(column)
    labels: list[str | None]
    notes: tuple[str, ...] = ()
    if spec.reader == 1:
        labels = [*_whole_numbers(texts, codes, target, file)]
    else:
        marks = [] if "auto" not in spec.missing_values else _marks(texts)
        if spec.column_types.get(target) != "categorical":
            _whole_numbers(texts, codes, target, file, set(marks))
        labels, notes = _without_marks(texts, codes, target, marks)
    names = sorted({label for label in labels if label is not None})
    if not names:
        raise EngineError(
            f"target: column {shown(target)} is empty on every line.",
            "Choose a column that holds the class of each row.",
        )
    if len(names) > MAX_CLASSES:
        raise EngineError(
            f"target: column {shown(target)} has {len(names):,} classes; at most"
            f" {MAX_CLASSES:,} are possible.",
            "It may be an identifier or free text: choose the column that holds the class.",
        )
    if len(names) < 2:
        raise EngineError(
            f"target: column {shown(target)} holds only one class, {shown(names[0])}.",
            "At least two classes are needed to tell apart. Choose another column.",
        )
    order = _in_order(names, target, spec)
    place: dict[str | None, int] = {label: i for i, label in enumerate(order)}
    lookup = np.array([*(place.get(label, -1) for label in labels), -1], dtype=np.int64)
    return Classes(tuple(order), lookup[codes], (*notes, *_look_alikes(order, target)))


def _in_order(names: Sequence[str], target: str, spec: DataSpec) -> list[str]:
    """The classes in the order of their codes: those of `class_order` first."""
    unknown = [name for name in spec.class_order if name not in names]
    if unknown:
        known = ", ".join(shown(name, 30) for name in names[:8]) + (" …" if names[8:] else "")
        raise EngineError(
            f"class_order: {shown(unknown[0])} is not a class of {shown(target)}.",
            f"The classes are {known}.",
        )
    others = [name for name in names if name not in spec.class_order]
    return [*spec.class_order, *ordered(target, others, spec.reader)]


def _marks(texts: Sequence[str]) -> list[int]:
    """Which of the texts may stand for a missing label; not the "-" that is beside a "+"."""
    return [i for i, text in enumerate(texts) if is_missing_mark(text)] if "+" not in texts else []


def _without_marks(
    texts: Sequence[str], codes: npt.NDArray[np.int64], target: str, marks: Sequence[int]
) -> tuple[list[str | None], tuple[str, ...]]:
    """The label of each text, None of one that stands for a missing label, and notes on these."""
    labels: list[str | None] = list(texts)
    if not marks:
        return labels, ()
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    others = [int(n) for i, n in enumerate(rows) if i not in marks]
    # where they leave one class alone, they are the other
    enough = max(MARK_ROWS, REPEATS * min(others) if len(others) > 1 else 0)
    # not a number comes from a program, never from a person who names a class
    classes = [i for i in marks if rows[i] >= enough and texts[i].strip("-").lower() != "nan"]
    dropped = [i for i in marks if i not in classes]
    for i in dropped:
        labels[i] = None
    notes: tuple[str, ...] = ()
    if classes:
        told = _texts([(texts[i], int(rows[i])) for i in classes])
        notes += (
            f"{told} in {shown(target)} come as often as a class and are taken as one. If a label"
            " is missing there, name such texts in missing_values.",
        )
    if dropped:
        told = _texts([(texts[i], int(rows[i])) for i in dropped])
        notes += (
            f"{told} in {shown(target)} are taken for a missing label. To keep them as classes, set"
            " missing_values to nothing.",
        )
    return labels, notes


def _texts(found: Sequence[tuple[str, int]]) -> str:
    told = ", ".join(
        f"{shown(text, 20)} ({'1 row' if rows == 1 else f'{rows:,} rows'})"
        for text, rows in found[:4]
    )
    return told + (f" and {len(found) - 4:,} more texts" if len(found) > 4 else "")


def _whole_numbers(
    texts: Sequence[str],
    codes: npt.NDArray[np.int64],
    target: str,
    file: ScannedFile,
    marks: AbstractSet[int] = frozenset(),
) -> list[str]:
    """The label of each text for the first reader: of a whole number the number.

    Raises EngineError if all but the `marks` are numbers and some are not whole.
    """
    numbers: list[float] = []
    for i, text in enumerate(texts):
        if i in marks:
            numbers.append(0.0)
            continue
        found = read_number(text, file.facts.style)
        if found is None or np.isinf(found.value):
            return list(texts)
        numbers.append(found.value)
    for i, number in enumerate(numbers):
        if number != int(number):
            line = file.line_of(int(np.argmax(codes == i)))
            raise EngineError(
                f"target: column {shown(target)} holds real numbers, such as {texts[i]} on line"
                f" {line:,}; a class is a text or a whole number.",
                "Regression is not supported: choose another column, or replace the numbers by"
                " classes (low, high …).",
            )
    written_alike = len({int(number) for number in numbers}) == len(texts)
    if written_alike and all(_INTEGER.fullmatch(text) for text in texts):
        return list(texts)
    return [str(int(number)) for number in numbers]


def _look_alikes(labels: Sequence[str], target: str) -> tuple[str, ...]:
    groups = defaultdict(list)
    for label in labels:
        groups[_plain(label)].append(label)
    alike = [group for group in groups.values() if len(group) > 1]
    if not alike:
        return ()
    shown_ones = "; ".join(" and ".join(shown(label, 40) for label in g[:4]) for g in alike[:3])
    more = f" (and {len(alike) - 3:,} more such groups)" if len(alike) > 3 else ""
    return (
        f"Labels of {shown(target)} differ only in case, blanks or how a number is written and"
        " count as different classes:"
        f" {shown_ones}{more}. Write them alike if they are the same.",
    )


def _plain(label: str) -> str:
    """What is equal for labels that a person may have meant to be the same."""
    plain = " ".join(label.casefold().split())
    return f"{float(plain):.12g}" if len(plain) < 16 and is_number(plain) else plain
