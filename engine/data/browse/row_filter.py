"""A small language to filter rows: `species = Adelie and bill_length_mm > 40`.

A condition is a column, one of `OPERATORS` and a value; several are joined by `and`. A column or a
value that could be misunderstood stands in double quotes. Without a value `=` finds the rows where
it is missing and `!=` those where it is not; no other condition holds of a missing value. Of texts
upper and lower case are alike; a date is compared as far as it is written: `when = 2023-01`.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.cells import Cells
from engine.data.classes import natural_key
from engine.data.types import categories_of, codes_of
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.names import check_column
from engine.sources.numbers import PLAIN, NumberStyle, read_number

Mask = npt.NDArray[np.bool_]

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
OPERATORS = (*_COMPARED, "contains")
# the longer ones first: "<=" begins with "<"
_OPERATOR = "<=|>=|!=|=|<|>|contains(?!\\S)"
_ANY_HEAD = re.compile(rf'\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>.+?))\s*(?:{_OPERATOR})', re.I)
_HOW = (
    "A condition is a column, one of = != < <= > >= contains, and a value; join several with"
    " 'and': species = Adelie and year > 2008."
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to hold of a column; `value` is as it was typed."""

    column: str
    operator: str
    value: str


def parse_conditions(text: str, columns: Sequence[str]) -> tuple[Condition, ...]:
    """The conditions of a text; raises EngineError, which says how one is written."""
    head = _head(columns)
    by_case = {name.casefold(): name for name in reversed(columns)}
    found: list[Condition] = []
    rest = text.strip()
    while rest:
        match = head.match(rest)
        if match is None:
            raise _no_condition(rest, columns)
        name = match["quoted"] or match["plain"]
        column = name if name in columns else by_case[name.casefold()]
        value, rest = _value(rest[match.end() :], head)
        found.append(Condition(column, match["operator"].lower(), value))
    return tuple(found)


def _head(columns: Sequence[str]) -> re.Pattern[str]:
    """What a condition begins with: a column that there is, and an operator."""
    names = "|".join(re.escape(name) for name in sorted(columns, key=len, reverse=True))
    return re.compile(
        rf'\s*(?:"(?P<quoted>{names})"|(?P<plain>{names}))\s*(?P<operator>{_OPERATOR})\s*',
        re.IGNORECASE,
    )


def _value(text: str, head: re.Pattern[str]) -> tuple[str, str]:
    """The value that a text begins with, and what stands behind the "and" after it."""
    if text.startswith('"'):
        value, closed, rest = text[1:].partition('"')
        after = re.fullmatch(r"\s*(?:and\s+(.*))?", rest, re.DOTALL | re.IGNORECASE)
        if not closed or after is None:
            raise EngineError(f"where: the quotation mark in {shown(text)} is not closed.", _HOW)
        return value, after[1] or ""
    # an "and" within a value is followed by no condition
    for joint in re.finditer(r"(?:^|\s)and\s+", text, re.IGNORECASE):
        if head.match(text, joint.end()):
            return text[: joint.start()].strip(), text[joint.end() :]
    return text.strip(), ""


def _no_condition(text: str, columns: Sequence[str]) -> EngineError:
    if found := _ANY_HEAD.match(text):
        try:
            check_column(columns, found["quoted"] or found["plain"], "where")
        except EngineError as error:
            return error
    return EngineError(f"where: {shown(text)} is no condition.", _HOW)


def rows_that_hold(cells: Cells, conditions: Sequence[Condition]) -> Mask:
    """Of which rows all the conditions hold, bool [rows]; raises EngineError for a bad value."""
    found: Mask = np.ones(len(cells.frame), bool)
    for condition in conditions:
        column = cells.frame[condition.column]
        present = column.notna().to_numpy()
        if not condition.value:
            found &= _of_missing(condition, present)
        elif isinstance(column.dtype, pd.CategoricalDtype):
            found &= _of_texts(column, condition)
        else:
            compared, value = _comparable(column, condition, cells.file.facts.style)
            found &= present & _COMPARED[condition.operator](compared, value)
    return found


def _of_missing(condition: Condition, present: Mask) -> Mask:
    if condition.operator not in ("=", "!="):
        raise EngineError(
            f"where: a value is missing behind {condition.column} {condition.operator}.", _HOW
        )
    return present if condition.operator == "!=" else ~present


def _of_texts(column: "pd.Series[Any]", condition: Condition) -> Mask:
    """Every text is compared once, however many rows have it."""
    texts, value = [text.casefold() for text in categories_of(column)], condition.value.casefold()
    if condition.operator == "contains":
        held = [value in text for text in texts]
    elif condition.operator in ("=", "!="):
        held = [(text == value) == (condition.operator == "=") for text in texts]
    else:
        compare, key = _COMPARED[condition.operator], natural_key(value)
        held = [bool(compare(natural_key(text), key)) for text in texts]
    # the last one is where the code of a missing value, -1, points to
    found: Mask = np.array([*held, False], bool)[codes_of(column)]
    return found


def _comparable(
    column: "pd.Series[Any]", condition: Condition, style: NumberStyle
) -> tuple[npt.NDArray[Any], Any]:
    """The values of a column of numbers or moments, and the one they are compared with."""
    moments = pd.api.types.is_datetime64_dtype(column.dtype)
    holds = "dates or times" if moments else "numbers"
    name, value = shown(condition.column), condition.value
    if condition.operator == "contains":
        raise EngineError(
            f"where: column {name} holds {holds}, which contain no text.",
            "Compare them with = != < <= > >=.",
        )
    if not moments:
        number = read_number(value, PLAIN) or read_number(value, style)
        if number is None:
            raise EngineError(
                f"where: {shown(value)} is no number, and column {name} holds numbers.",
                f"Write a number, as in {condition.column} {condition.operator} 2.5.",
            )
        return column.to_numpy(), number.value
    try:
        moment = np.datetime64(value.replace(" ", "T") if value[:1].isdigit() else "")
        unit = np.datetime_data(moment.dtype)[0]
        if np.isnat(moment):
            raise ValueError(value)
    except ValueError:
        raise EngineError(
            f"where: {shown(value)} is no date, and column {name} holds dates or times.",
            "Write 2023, 2023-01, 2023-01-31 or 2023-01-31 18:30.",
        ) from None
    return column.to_numpy().astype(f"datetime64[{unit}]"), moment
