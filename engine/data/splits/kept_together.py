"""Sets whose rows belong apart: groups that stay in one set, and rows in the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, TimeSeriesSplit

from engine.data.table import Table
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.specs.data import DataSpec, fraction_of

Index = npt.NDArray[np.int64]


def groups_of(table: Table, spec: DataSpec) -> Index:
    """The number of each row's group, [rows]; a row without a value is a group of its own."""
    codes, names = pd.factorize(table.frame[str(spec.group)])
    own = np.flatnonzero(codes < 0)
    codes[own] = len(names) + np.arange(len(own))
    return codes.astype(np.int64)


def times_of(table: Table, spec: DataSpec) -> Index:
    """The place of each row's value of the order column, [rows]: equal values share one.

    -1 where there is none.
    """
    column = table.frame[str(spec.order)]
    texts = isinstance(column.dtype, pd.CategoricalDtype)
    codes, _ = pd.factorize(column.astype(object) if texts else column, sort=True)
    return codes.astype(np.int64)


def by_group(groups: Index, y: Index, fractions: Sequence[float], seed: tuple[int, ...]) -> Index:
    """The set of each row, [rows]: whole groups, and each class as near its fraction as they allow.

    The largest groups are dealt first, each to the set whose classes it brings nearest to what
    they are to be; equal ones in an order that follows from `seed`.
    """
    totals = np.bincount(y)
    wanted = np.outer(fractions, totals)
    have = np.zeros_like(wanted)
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    dealt = np.random.default_rng(seed).permutation(len(members))
    sizes = np.array([len(rows) for rows in members])
    found = np.empty(len(y), np.int64)
    for i in dealt[np.argsort(-sizes[dealt], kind="stable")].tolist():
        classes, counts = np.unique(y[members[i]], return_counts=True)
        lacking = wanted[:, classes] - have[:, classes]
        # by how much the squared distances from what is wanted grow
        growth = (counts * (counts - 2 * lacking) / totals[classes] ** 2).sum(axis=1)
        best = int(growth.argmin())
        have[best, classes] += counts
        found[members[i]] = best
    return found


def by_time(times: Index, fractions: Sequence[float]) -> Index:
    """The set of each row, [rows]: the first rows are of the first set, equal times of one set.

    -1 for rows without a time.
    """
    timed = np.flatnonzero(times >= 0)
    ranked = timed[np.argsort(times[timed], kind="stable")]
    found = np.full(len(times), -1)
    left = len(ranked)
    for number in range(len(fractions) - 1, 0, -1):
        first = max(0, left - fraction_of(len(ranked), fractions[number]))
        # rows of the same time are not torn apart
        first = int(np.searchsorted(times[ranked], times[ranked[first]]))
        found[ranked[first:left]] = number
        left = first
    found[ranked[:left]] = 0
    return found


def refuse_lacking(table: Table, train: Index, spec: DataSpec) -> None:
    """Raise EngineError where the training set lacks a class, or there is none at all."""
    rows = np.bincount(table.codes[train], minlength=len(table.classes))
    lacking = np.flatnonzero(rows == 0)
    if not len(lacking):
        return
    if spec.group is None and spec.order is None:
        raise EngineError(
            f"The training set has no row of class {shown(table.classes[lacking[0]])}, which the"
            " test file has.", "Remove its rows from the test file, or add some to the data.",
        )  # fmt: skip
    name = "group" if spec.order is None else "order"
    column = shown(str(getattr(spec, name)))
    raise EngineError(
        f"{name}: the training set has no row of class {shown(table.classes[lacking[0]])}: its rows"
        + (f" belong to too few groups of {column}." if name == "group" else
           f" come last by {column}."),
        "Choose smaller fractions or another column, or exclude the class (rare_classes).",
    )  # fmt: skip


@dataclass(frozen=True)
class FixedFolds:
    """Folds that are known, as scikit-learn takes a splitter: (training, held out) positions."""

    folds: tuple[tuple[Index, Index], ...]

    def split(self, x: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Index, Index]]:
        """The folds, whatever is split."""
        yield from self.folds

    def get_n_splits(self, x: Any = None, y: Any = None, groups: Any = None) -> int:
        """How many there are."""
        return len(self.folds)


def folds_by_group(count: int, groups: Index, y: Index, seed: int, column: str) -> FixedFolds:
    """Stratified as far as whole groups allow; raises EngineError for fewer groups than folds."""
    there = len(np.unique(groups))
    if there < count:
        raise EngineError(
            f"folds: {count} folds need {count} groups, and {shown(column)} has {there} without the"
            " test set.",
            f"Choose from 2 to {there} folds." if there > 1 else "Choose another column.",
        )
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    return FixedFolds(tuple(folds.split(np.zeros(len(y)), y, groups)))


def folds_by_time(count: int, times: Index) -> FixedFolds:
    """Each fold is held out from what comes before it; raises EngineError for too few rows."""
    ranked = np.argsort(times, kind="stable")
    if len(ranked) <= count:
        raise EngineError(
            f"folds: {count} folds in order of time need {count + 1} rows, and there are"
            f" {len(ranked)} without the test set.", "Choose fewer folds.",
        )  # fmt: skip
    folds = TimeSeriesSplit(count).split(ranked)
    return FixedFolds(tuple((np.sort(ranked[a]), np.sort(ranked[b])) for a, b in folds))
