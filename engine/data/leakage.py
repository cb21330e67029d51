"""Columns that may give the class away: measured, one column at a time, without the test rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import KFold
from sklearn.tree import DecisionTreeClassifier

from engine.data.row_ids import EXCLUDE, is_called_id
from engine.data.splits.split import Split
from engine.data.table import Table
from engine.data.types import Check, codes_of, columns_at
from engine.sources.encoding import shown

# rows that are enough to measure 99 % on, and fewer than which say nothing
SAMPLE, LEAST = 20_000, 20
FOLDS = 5
# of the rows a column alone is right on, and of the errors of the most frequent class it avoids
RIGHT, AVOIDED = 0.99, 0.9
# a column whose neighbours agree in class on fewer rows is not looked at further
NEIGHBOURS = 0.93
LEAVES = 32
# values from which on a column may be what rows belong to
GROUPS = 10

Labels = npt.NDArray[np.int64]


def possible_leakage(table: Table, sets: Split, check: Check) -> dict[str, tuple[str, str]]:
    """The features that alone tell the class, each with its kind and a sentence.

    Each is a copy of the target under other names, or a tree of this feature alone (of categories,
    the most frequent class of each) is right on 99 % and more of rows that it has not seen (5 folds
    over training and validation rows).
    """
    index = np.concatenate([sets.train] if sets.validation is None else
                           [sets.train, sets.validation])  # fmt: skip
    if len(index) > SAMPLE:
        index = np.random.default_rng(0).choice(index, SAMPLE, replace=False)
    y = table.codes[index]
    base = np.bincount(y).max() / len(y) if len(y) else 1.0
    if len(y) < LEAST or base == 1.0:
        return {}
    found = {}
    columns = columns_at(table.frame, table.features, check, index)
    for name, column in zip(table.features, columns, strict=True):
        values = column_values(column)
        if sentence := _sentence(name, values, y, float(base), table.types[name]):
            found[name] = "possible leakage", sentence
    return found


def column_values(column: "pd.Series[Any]") -> npt.NDArray[np.float64]:
    """A column as numbers that keep its values apart, float64 [rows], -inf where one is missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return codes_of(column).astype(np.float64)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        moments = column.to_numpy().astype("datetime64[s]").astype(np.int64).astype(np.float64)
        return np.where(column.isna(), -np.inf, moments)
    numbers = column.to_numpy(dtype=np.float64)
    return np.where(np.isnan(numbers), -np.inf, numbers)


def _sentence(name: str, values: npt.NDArray[np.float64], y: Labels, base: float, kind: str) -> str:
    distinct, codes = np.unique(values, return_inverse=True)
    order = np.lexsort((y, codes))
    agreeing = np.mean(y[order][1:] == y[order][:-1])
    if len(distinct) < 2 or agreeing < NEIGHBOURS or _most_right(codes, y) < RIGHT:
        return ""
    if _one_to_one(codes, y, len(distinct)):
        return (
            f"Column {shown(name)} goes with the target one to one: possible leakage, as a copy of"
            f" it would be. {EXCLUDE}"
        )
    by_value = kind == "categorical"
    right = _right_by_value(codes, y) if by_value else _right_by_tree(values, y)
    if right < max(RIGHT, 1 - (1 - AVOIDED) * (1 - base)):
        return ""
    how = "the most frequent class of each value" if by_value else "a tree of this feature"
    return (
        f"Column {shown(name)} alone tells the class of {100 * right:.1f} % of {len(y):,} rows"
        f" ({how}, {FOLDS} folds): possible leakage. {EXCLUDE}"
    )


def _most_right(codes: Labels, y: Labels) -> float:
    """The fraction of rows that have the most frequent class of their value; no model has more."""
    pairs, rows = np.unique(codes * (int(y.max()) + 1) + y, return_counts=True)
    most = np.zeros(int(codes.max()) + 1, np.int64)
    np.maximum.at(most, pairs // (int(y.max()) + 1), rows)
    return float(most.sum() / len(y))


def _one_to_one(codes: Labels, y: Labels, values: int) -> bool:
    if values != len(np.unique(y)):
        return False
    return len(np.unique(codes * (int(y.max()) + 1) + y)) == values


def _folds(rows: int) -> Iterator[tuple[Labels, Labels]]:
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    yield from folds.split(np.zeros(rows))


def _right_by_value(codes: Labels, y: Labels) -> float:
    """The fraction of rows that have the most frequent class of their value in other folds."""
    right = 0
    for train, held in _folds(len(y)):
        counts = np.zeros((int(codes.max()) + 1, int(y.max()) + 1), np.int64)
        np.add.at(counts, (codes[train], y[train]), 1)
        right += int((counts[codes[held]].argmax(axis=1) == y[held]).sum())
    return right / len(y)


def _right_by_tree(values: npt.NDArray[np.float64], y: Labels) -> float:
    """The fraction of rows whose class a small tree tells that has learnt from other folds."""
    finite = np.isfinite(values)
    # what is missing stands below all that is there
    x = np.where(finite, values, values[finite].min() - 1.0)[:, None]
    tree, right = DecisionTreeClassifier(max_leaf_nodes=LEAVES, random_state=0), 0
    for train, held in _folds(len(y)):
        right += int((tree.fit(x[train], y[train]).predict(x[held]) == y[held]).sum())
    return right / len(y)


def ids_in_several_sets(table: Table, sets: Split) -> Iterator[str]:
    """A note on each column called an ID whose values repeat, and stand in several sets."""
    for name in map(str, table.frame.columns):
        if name == table.target or not is_called_id(name):
            continue
        codes, distinct = pd.factorize(table.frame[name])
        if not GROUPS <= len(distinct) <= len(codes) / 1.5:
            continue
        several = _in_several(codes, sets, len(distinct))
        if several:
            yield (
                f"{several:,} of {len(distinct):,} values of {shown(name)} stand in several sets:"
                f" rows that belong together are learnt from and evaluated on. Set group to"
                f" {shown(name)} to keep them together."
            )


def _in_several(codes: npt.NDArray[np.integer[Any]], sets: Split, values: int) -> int:
    there = np.zeros(values, np.int64)
    for index in sets.by_name.values():
        there[np.unique(codes[index][codes[index] >= 0])] += 1
    return int((there > 1).sum())
