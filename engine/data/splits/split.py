"""Which rows are training, validation and held-out test set."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from engine.data.class_rows import refuse_rare
from engine.data.splits.kept_together import by_group, by_time, groups_of, refuse_lacking, times_of
from engine.data.table import Table
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.specs.data import DataSpec, fraction_of, held_out_rows

Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row indices into `Table.frame`, in random order; no validation rows as published."""

    train: Index
    validation: Index | None
    test: Index

    @property
    def by_name(self) -> dict[str, Index]:
        """The sets that there are."""
        sets = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: index for name, index in sets.items() if index is not None}

    @property
    def sizes(self) -> dict[str, int]:
        """The number of rows of each set."""
        return {name: len(index) for name, index in self.by_name.items()}


def split(table: Table, spec: DataSpec, repeat: int = 0) -> Split:
    """Split the rows under the protocol of `spec`.

    The same table, fractions and `split_seed` give the same sets. Each other `repeat` draws
    training and validation rows anew, as many of each class; the test rows stay. Raises
    EngineError when a class has too few rows.
    """
    if spec.protocol == "as_published":
        return _as_published(table, spec)
    return _strict(table, spec, repeat)


def _strict(table: Table, spec: DataSpec, repeat: int) -> Split:
    """Every row of the file dealt to a set; the rows of a test file are the test set."""
    own = len(table.codes) - table.test_rows
    order = np.random.default_rng(spec.split_seed).permutation(own)
    if spec.order is None and spec.group is None:
        refuse_rare(table, spec)
        set_of = _by_class(table, spec, order, repeat)
    else:
        set_of = (_by_time if spec.order is not None else _by_group)(table, spec, own, repeat)
    where = set_of[order]
    given = own + np.arange(table.test_rows)
    sets = order[where == 0], order[where == 1], order[where == 2] if not len(given) else given
    refuse_lacking(table, sets[0], spec)
    return Split(*sets)


def _by_class(table: Table, spec: DataSpec, order: Index, repeat: int) -> Index:
    """Stratified: every class gives its fraction to each set, and one row at least.

    The test rows of a class are drawn first, so they do not depend on how many
    of the others are validation rows.
    """
    codes = table.codes[: len(order)]
    by_class = order[np.argsort(codes[order], kind="stable")]
    again = np.random.default_rng((spec.split_seed, repeat)) if repeat else None
    set_of = np.zeros(len(order), dtype=np.int64)
    start = 0
    for rows in np.bincount(codes, minlength=len(table.classes)).tolist():
        members = by_class[start : start + rows]
        start += rows
        test = 0 if table.test_rows else held_out_rows(rows, spec.test_fraction)
        validation = min(fraction_of(rows, spec.validation_fraction), rows - test - 1)
        others = members[test:] if again is None else again.permutation(members[test:])
        set_of[members[:test]] = 2
        set_of[others[:validation]] = 1
    return set_of


def _by_group(table: Table, spec: DataSpec, own: int, repeat: int) -> Index:
    """Whole groups, test groups first, stratified as far as that allows."""
    groups, codes = groups_of(table, spec)[:own], table.codes[:own]
    set_of = np.zeros(own, dtype=np.int64)
    test = 0.0 if table.test_rows else spec.test_fraction
    if test:
        set_of[by_group(groups, codes, (1 - test, test), (spec.split_seed, 0)) == 1] = 2
    left = np.flatnonzero(set_of == 0)
    validation = spec.validation_fraction / (1 - test)
    dealt = by_group(groups[left], codes[left], (1 - validation, validation),
                     (spec.split_seed, 1 + repeat))  # fmt: skip
    set_of[left[dealt == 1]] = 1
    _refuse_empty(set_of, table, spec, "group")
    return set_of


def _by_time(table: Table, spec: DataSpec, own: int, repeat: int) -> Index:
    """The last rows are for the test, those before them for validation; no repeat changes that."""
    test = () if table.test_rows else (spec.test_fraction,)
    fractions = (1.0, spec.validation_fraction, *test)
    set_of = by_time(times_of(table, spec)[:own], fractions)
    _refuse_empty(set_of, table, spec, "order")
    return set_of


def _refuse_empty(set_of: Index, table: Table, spec: DataSpec, name: str) -> None:
    """Raise EngineError where a set that rows are dealt to has got none."""
    dealt = ("training", "validation") if table.test_rows else ("training", "validation", "test")
    for number, of in enumerate(dealt):
        if not (set_of == number).any():
            raise EngineError(
                f"{name}: {shown(str(getattr(spec, name)))} has too few different values on"
                f" {len(set_of):,} rows: the {of} set would be empty.",
                "Choose another column, or other fractions.",
            )


def _as_published(table: Table, spec: DataSpec) -> Split:
    """The post's way: `train_test_split`, not stratified, no validation set."""
    rows = len(table.codes)
    if rows < 2:
        raise EngineError("There is only one row.", "At least two are needed to split.")
    most = (rows - 1) / rows
    if spec.test_fraction > most:
        # scikit-learn rounds the test set up
        raise EngineError(
            f"test_fraction: {spec.test_fraction:g} of {rows:,} rows leaves none to train on.",
            f"Choose a fraction up to {math.floor(100 * most) / 100:g}.",
        )
    train, test = train_test_split(
        np.arange(rows), test_size=spec.test_fraction, random_state=spec.split_seed
    )
    counts = np.bincount(table.codes[train], minlength=len(table.classes))
    absent = np.flatnonzero(counts == 0)
    if len(absent):
        raise EngineError(
            f"Class {shown(table.classes[absent[0]])} has no row in the training set, which"
            " as_published draws without regard to the classes.",
            "Choose another split_seed, or the strict protocol.",
        )
    return Split(train, None, test)
