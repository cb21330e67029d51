"""The target: which classes there are, and in which order."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.scan import ScannedFile
from engine.data.types import categories_of, codes_of, to_number
from engine.errors import EngineError
from engine.sources.encoding import shown

MAX_CLASSES = 1000
# Orders of categories that are known from a publication, by column; a column whose categories are
# these (in whatever case) gets its codes in this order.
# Palmer Penguins: Gorman, Williams, Fraser 2014; codes as in the post this project started from.
PUBLISHED_ORDERS: dict[str, tuple[str, ...]] = {
    "species": ("adelie", "gentoo", "chinstrap"),
    "island": ("biscoe", "dream", "torgersen"),
    "sex": ("male", "female"),
}
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Classes:
    """Labels as text in the order of their codes, and each row's code (-1: no label)."""

    labels: tuple[str, ...]
    codes: npt.NDArray[np.int64]
    notes: tuple[str, ...]


def ordered(name: str, categories: Sequence[str]) -> list[str]:
    """Categories in the order of their codes.

    That is the published order where there is one, the order of the numbers
    where all are whole numbers, and otherwise that of the texts (by code point).
    """
    published = PUBLISHED_ORDERS.get(name, ())
    folded = {category.casefold(): category for category in categories}
    if len(folded) == len(categories) and set(folded) == set(published):
        return [folded[category] for category in published]
    if all(_INTEGER.fullmatch(category) for category in categories):
        return sorted(categories, key=lambda text: (int(text), text))
    return sorted(categories)


def read_classes(column: "pd.Series[Any]", file: ScannedFile) -> Classes:
    """The classes of a target column of texts.

    Whole numbers count as one label however they are written ("1", "1.0").
    Raises EngineError for real numbers, fewer than two classes, and more than
    `MAX_CLASSES`.
    """
    target, texts, codes = str(column.name), categories_of(column), codes_of(column)
    if not texts:
        raise EngineError(
            f"target: column {shown(target)} is empty on every line.",
            "Choose a column that holds the class of each row.",
        )
    labels = _whole_numbers(texts, codes, target, file)
    if len(set(labels)) > MAX_CLASSES:
        raise EngineError(
            f"target: column {shown(target)} has {len(set(labels)):,} classes; at most"
            f" {MAX_CLASSES:,} are possible.",
            "It may be an identifier or free text: choose the column that holds the class.",
        )
    if len(set(labels)) < 2:
        raise EngineError(
            f"target: column {shown(target)} holds only one class, {shown(labels[0])}.",
            "At least two classes are needed to tell apart. Choose another column.",
        )
    order = ordered(target, sorted(set(labels)))
    place = {label: i for i, label in enumerate(order)}
    lookup = np.array([*(place[label] for label in labels), -1], dtype=np.int64)
    return Classes(tuple(order), lookup[codes], _look_alikes(order, target))


def _whole_numbers(
    texts: Sequence[str], codes: npt.NDArray[np.int64], target: str, file: ScannedFile
) -> list[str]:
    """The label of each text; raises EngineError if all are numbers and some are not whole."""
    numbers = []
    for text in texts:
        number = to_number(text, file.facts.decimal)
        if number is None or np.isinf(number):
            return list(texts)
        numbers.append(number)
    for i, number in enumerate(numbers):
        if number != int(number):
            line = file.line_of(int(np.argmax(codes == i)))
            raise EngineError(
                f"target: column {shown(target)} holds real numbers, such as {texts[i]} on line"
                f" {line:,}; a class is a text or a whole number.",
                "Choose another column, or replace the numbers by classes (low, high …).",
            )
    written_alike = len({int(number) for number in numbers}) == len(texts)
    if written_alike and all(_INTEGER.fullmatch(text) for text in texts):
        return list(texts)
    return [str(int(number)) for number in numbers]


def _look_alikes(labels: Sequence[str], target: str) -> tuple[str, ...]:
    groups = defaultdict(list)
    for label in labels:
        groups[" ".join(label.casefold().split())].append(label)
    alike = [group for group in groups.values() if len(group) > 1]
    if not alike:
        return ()
    shown_ones = "; ".join(" and ".join(shown(label, 40) for label in g[:4]) for g in alike[:3])
    more = f" (and {len(alike) - 3:,} more such groups)" if len(alike) > 3 else ""
    return (
        f"Labels of {shown(target)} differ only in case or blanks and count as different classes:"
        f" {shown_ones}{more}. Write them alike if they are the same.",
    )
