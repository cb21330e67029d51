"""Columns that tell rows apart and nothing else: row numbers, row IDs, texts of their own.

In a sorted file a row number gives the class away, and a network learns rows by heart from an ID,
so these are excluded unless a person names them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.types import Check, ColumnType, categories_of
from engine.sources.encoding import shown
from engine.specs.data import DataSpec

# rows and texts from which on distinct values say something
MANY = 20
# of rows with a text of their own
OWN_TEXT = 0.5
FREE_TEXT_WORDS = 3
# texts of a column that are looked at one by one
LOOKED_AT = 20_000
# distinct numbers of a column that is called an ID, as a fraction of the rows
NEARLY_ALL = 0.95
# so densely no measurements lie that are all different; or the distance of neighbours, in a file
# that is sorted by the column
DENSE, NEAR = 0.5, 5
_OF_WHAT = (
    "account|case|client|customer|employee|household|invoice|member|observation|obs|order|"
    "participant|patient|person|record|respondent|row|sample|student|subject|ticket|user"
)
_NAMED_ID = re.compile(
    rf"(?:.*[^a-z])?(?:id|uuid|guid|idx|rowid)|.*[a-z]I[Dd]|index|key|nr|no|number|serial|{_OF_WHAT}"
    rf"|(?:{_OF_WHAT})[ _.-]?(?:id|nr|no|num|number|key|code|index)",
    re.IGNORECASE,
)
# the hint of a sentence, in whose place a screen names its key
INCLUDE, EXCLUDE = "To learn from it, put it into include.", "Put it into exclude."


def find_ids(
    frame: pd.DataFrame, names: Sequence[str], types: Mapping[str, ColumnType], check: Check
) -> dict[str, tuple[str, str]]:
    """Of the columns those that only tell rows apart: a kind, and how a sentence begins."""
    found = {}
    for name in names:
        check()
        look = {"numeric": _of_numbers, "categorical": _of_texts}.get(types[name])
        if look is not None and (what := look(frame[name])):
            found[name] = what
    return found


def without_ids(
    features: Sequence[str], found: Mapping[str, tuple[str, str]], spec: DataSpec
) -> tuple[tuple[str, ...], dict[str, tuple[str, str]]]:
    """The features to learn from, and for every column found its kind and a sentence.

    Nothing is excluded that `include` or `features` names, and not all that there is.
    """
    named = {*spec.include, *(spec.features or ())}
    out = {name for name in found if spec.exclude_ids and name not in named}
    left = tuple(name for name in features if name not in out)
    if not left:
        only = "; it is kept, as there is nothing else to learn from."
        return tuple(features), {n: (kind, f"{what}{only}") for n, (kind, what) in found.items()}
    excluded = f" and is excluded. {INCLUDE}"
    kept = f": a network may learn the rows by heart from it. {EXCLUDE}"
    return left, {
        name: (kind, what + (excluded if name in out else kept))
        for name, (kind, what) in found.items()
    }


def is_called_id(name: str) -> bool:
    """Whether a column's name says that it tells rows, or what they belong to, apart."""
    return _NAMED_ID.fullmatch(name.strip()) is not None


def _of_numbers(column: "pd.Series[Any]") -> tuple[str, str] | None:
    values = column.dropna().to_numpy(dtype=np.float64)
    if len(values) < max(MANY, len(column) / 2) or not (values == np.floor(values)).all():
        return None
    name, rows = str(column.name), len(values)
    ranked = np.sort(values)
    distances = np.diff(ranked)
    distinct = 1 + int((distances > 0).sum())
    low, high = int(ranked[0]), int(ranked[-1])
    if distinct == rows == high - low + 1:
        return "row number", f"Column {shown(name)} numbers the rows from {low:,} to {high:,}"
    if distinct >= NEARLY_ALL * rows and is_called_id(name):
        return "row ID", (
            f"Column {shown(name)} is called an ID and has {distinct:,} distinct numbers on"
            f" {rows:,} rows"
        )
    if distinct < rows:
        return None
    if rows >= DENSE * (high - low + 1) or (_sorted(values) and _near(distances)):
        return "row ID", (
            f"Column {shown(name)} looks like a row number with gaps (another whole number from"
            f" {low:,} to {high:,} on each of {rows:,} rows)"
        )
    return None


def _sorted(values: npt.NDArray[np.float64]) -> bool:
    steps = np.diff(values)
    return bool((steps > 0).all() or (steps < 0).all())


def _near(distances: npt.NDArray[np.float64]) -> bool:
    """Whether neighbours lie as near, or as regularly, as numbers do that were given in turn."""
    return bool(np.median(distances) <= NEAR or distances.min() == distances.max())


def _of_texts(column: "pd.Series[Any]") -> tuple[str, str] | None:
    texts = categories_of(column)
    if len(texts) < MANY or len(texts) < OWN_TEXT * len(column):
        return None
    told = f"({len(texts):,} distinct values on {len(column):,} rows)"
    words = float(np.median([len(text.split()) for text in texts[:LOOKED_AT]]))
    if words >= FREE_TEXT_WORDS:
        return "free text", f"Column {shown(str(column.name))} looks like free text {told}"
    return "row ID", f"Column {shown(str(column.name))} looks like a row ID {told}"
