"""Which rows are training, validation and held-out test set."""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from engine.data.class_rows import refuse_rare
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


def test_set_id(table: Table, test: Index) -> str:
    """An id for a held-out test set: the data, the target and the very rows, hashed.

    Settings that leave the test rows as they are leave the id as it is.
    """
    digest = hashlib.sha256(
        f"{table.file.sha256}\n{table.target}\n".encode("utf-8", "backslashreplace")
    )
    digest.update(np.sort(table.rows[test]).astype("<i8").tobytes())
    return digest.hexdigest()


def _strict(table: Table, spec: DataSpec, repeat: int) -> Split:
    """Stratified: every class gives its fraction to each set, and one row at least.

    The test rows of a class are drawn first, so they do not depend on how many
    of the others are validation rows.
    """
    refuse_rare(table, spec)
    counts = np.bincount(table.codes, minlength=len(table.classes))
    order = np.random.default_rng(spec.split_seed).permutation(len(table.codes))
    by_class = order[np.argsort(table.codes[order], kind="stable")]
    again = np.random.default_rng((spec.split_seed, repeat)) if repeat else None
    part = np.zeros(len(order), dtype=np.int8)
    start = 0
    for rows in counts.tolist():
        members = by_class[start : start + rows]
        start += rows
        test = held_out_rows(rows, spec.test_fraction)
        validation = min(fraction_of(rows, spec.validation_fraction), rows - test - 1)
        others = members[test:] if again is None else again.permutation(members[test:])
        part[members[:test]] = 2
        part[others[:validation]] = 1
    where = part[order]
    return Split(order[where == 0], order[where == 1], order[where == 2])


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
