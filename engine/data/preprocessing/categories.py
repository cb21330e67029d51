"""Which categories of a text column become features or codes, and which are grouped."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from engine.data.classes import ordered
from engine.data.preprocessing.preprocessor import MISSING, CategoryColumn
from engine.data.types import categories_of, codes_of
from engine.specs.data import DataSpec

# the category that rare ones are grouped as
INFREQUENT = "infrequent"


def learn_categories(column: "pd.Series[Any]", name: str, spec: DataSpec) -> CategoryColumn:
    """The categories of the rows in the order of their codes, "missing" last."""
    codes, texts = codes_of(column), categories_of(column)
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    counts = {texts[code]: int(rows[code]) for code in np.flatnonzero(rows).tolist()}
    levels = ordered(name, _contenders(counts, spec), spec.reader)
    absent = len(codes) - int(rows.sum())
    own = spec.missing_categories == "separate_category"
    if MISSING not in counts and (not levels or (absent and own)):
        levels.append(MISSING)
    # the first of equals, as scikit-learn has it
    often = max(sorted(counts), key=counts.__getitem__, default=MISSING)
    if own:
        counts[MISSING] = counts.get(MISSING, 0) + absent
    filled = MISSING if own else often
    kept = frequent(levels, [counts.get(level, 0) for level in levels], spec)
    grouped = _group_name(counts) if len(kept) < len(levels) else ""
    missing = kept.index(filled) if filled in kept else len(kept) if grouped else -1
    return CategoryColumn(
        name=name,
        levels=tuple(kept),
        encoding=spec.category_encoding,
        missing_code=missing,
        grouped=grouped,
    )


def _contenders(counts: Mapping[str, int], spec: DataSpec) -> list[str]:
    """The categories that may be kept: of many, most are too rare to be put in order."""
    most = spec.max_categories
    # the first reader's order of some may be another than of all
    if most is None or spec.reader == 1 or len(counts) <= most + 1:
        return list(counts)
    # one more than can be kept, so that it is seen that some cannot
    least = sorted(counts.values())[-most - 1]
    return [text for text, rows in counts.items() if rows >= least or text == MISSING]


def frequent(levels: Sequence[str], rows: Sequence[int], spec: DataSpec) -> list[str]:
    """The levels that are not grouped as infrequent, in their order; `rows` has each.

    As scikit-learn's encoders have it (`min_frequency`, `max_categories`): the group counts as a
    category, and of levels of equal frequency the last are kept.
    """
    counts = np.array(rows, dtype=np.int64)
    kept = counts >= spec.min_frequency
    most = spec.max_categories
    if most is not None and int(kept.sum()) + (not kept.all()) > most:
        order = np.argsort(counts, kind="stable")
        kept[order[: len(order) - (most - 1)]] = False
    return [level for level, one in zip(levels, kept.tolist(), strict=True) if one]


def _group_name(texts: Container[str]) -> str:
    return INFREQUENT if INFREQUENT not in texts else f"{INFREQUENT} (group)"
