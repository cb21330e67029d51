"""The rows that the trials of a search are compared on, preprocessed for each fold by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from engine.data.datasets import Dataset, HeldOutSet, PreprocessedData
from engine.data.feature_matrix import FeatureMatrix
from engine.data.preprocessing.preprocessor import Preprocessor
from engine.data.preprocessing.strict import learn
from engine.data.splits.kept_together import (
    by_group,
    by_time,
    folds_by_group,
    folds_by_time,
    groups_of,
    times_of,
)
from engine.data.splits.split import Index, Split, split
from engine.data.table import Table
from engine.data.types import Check, unheeded
from engine.sources.validate import refuse_folds
from engine.specs.data import DataSpec, fraction_of

Labels = npt.NDArray[np.int64]
# what scikit-learn takes as folds
Folds: TypeAlias = Any


@dataclass(frozen=True)
class FoldData:
    """What one training learns from: all pool rows, the preprocessor fitted to `train` alone.

    `x` [pool rows, features]; `train` and `selection_set` are positions in
    the pool. `selection_set` decides when to stop, the fold's own rows do not:
    they are there to be scored. `validation` is the one of the two that the
    training is shown, as (x, y).
    """

    x: FeatureMatrix
    train: Index
    selection_set: Index | None
    validation: tuple[FeatureMatrix, Labels] | None
    # of the rows `train`, float64; None where all count alike
    weights: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True)
class ScoredSets:
    """What a model learns from and is scored on: rows [n, features] and labels [n].

    `shown` are the rows that early stopping looks at; where it is off, those that the epochs are
    validated on. `weights` are of the training rows.
    """

    train: tuple[FeatureMatrix, Labels]
    shown: tuple[FeatureMatrix, Labels]
    scored: tuple[FeatureMatrix, Labels]
    classes: int
    weights: npt.NDArray[np.float64] | None = None


class StrictPool:
    """Training and validation rows of a table; the test rows stay held out.

    Nothing leaks from a fold: fill values, categories and scales come from the
    rows that the weights are learnt from. Where `early_stopping`, a stratified fraction
    (`validation_fraction`) of a training's rows is kept from it to decide when to stop. `sets` are
    others than those of `spec`: an outer fold's.
    """

    def __init__(
        self,
        table: Table,
        spec: DataSpec,
        seed: int,
        *,
        early_stopping: bool,
        check: Check = unheeded,
        sets: Split | None = None,
    ) -> None:
        found = split(table, spec) if sets is None else sets
        pooled = [found.train, found.validation]
        self._index: Index = np.concatenate([index for index in pooled if index is not None])
        self._test = found.test
        self._table, self._spec, self._seed = table, spec, seed
        self._early_stopping, self._check = early_stopping, check
        self.y = table.codes[self._index].astype(np.int64)
        self._groups = None if spec.group is None else groups_of(table, spec)[self._index]
        self._times = None if spec.order is None else times_of(table, spec)[self._index]
        self._made: dict[bytes, tuple[FoldData, Preprocessor]] = {}

    @property
    def sizes(self) -> tuple[int, int]:
        """The inputs and outputs of a network that learns from all rows: features and classes."""
        return self.portion(np.arange(len(self.y))).x.features, len(self._table.classes)

    def outer_sets(self, count: int, validation: float) -> list[Split]:
        """The sets of `count` outer folds: each is the test set of a search on the other rows.

        Of these a fraction, dealt as the sets are, is the validation set; none of 0.
        """
        found = []
        for rows, held_out in self.folds(count).split(np.zeros(len(self.y)), self.y):
            train, chooses = self._held_back(rows, validation)
            found.append(
                Split(
                    self._index[train],
                    None if chooses is None else self._index[chooses],
                    self._index[held_out],
                )
            )
        return found

    def folds(self, count: int) -> Folds:
        """Stratified and shuffled, or by whole groups, or in the order of time.

        Raises EngineError when there is not a row of each class, or a group, for each fold.
        """
        if self._times is not None:
            return folds_by_time(count, self._times)
        if self._groups is not None:
            column = str(self._spec.group)
            return folds_by_group(count, self._groups, self.y, self._seed, column)
        _refuse_folds(count, self.y, self._table.classes)
        return StratifiedKFold(count, shuffle=True, random_state=self._seed)

    def portion(self, rows: Index) -> FoldData:
        """Learn from the pool rows `rows`, less the fraction that early stopping looks at.

        Made once for each set of rows.
        """
        return self._prepared(rows)[0]

    def scored_sets(self, rows: Index, held_out: Index, *, leaking: bool = False) -> ScoredSets:
        """Learn from `rows`, less the fraction that early stopping looks at; score `held_out`.

        What is held out decides nothing, unless it is `leaking`: then preprocessing is learnt from
        these rows as well. Nothing of it is kept here.
        """
        train, selection_set = self._held_back(rows, self._stopping_fraction)
        seen = np.union1d(train, held_out) if leaking else train
        preprocessor = learn(self._table, self._spec, self._index[seen], self._check)
        parts = [train, held_out] if selection_set is None else [train, held_out, selection_set]
        # one call for all of them: of small tables each costs more than its rows
        together = self._index[np.concatenate(parts)]
        x = preprocessor.apply(self._table.frame, together, self._check)
        places = np.split(np.arange(len(together)), np.cumsum([*map(len, parts)])[:-1])
        own = [(x.take(own), self.y[rows]) for own, rows in zip(places, parts, strict=True)]
        classes = len(self._table.classes)
        return ScoredSets(own[0], own[-1], own[1], classes, self._weights_of(train))

    def hold_out(self, fraction: float) -> tuple[Index, Index]:
        """All rows but a fraction, and that fraction, dealt as the sets are: the last in time."""
        rows, held_out = self._held_back(np.arange(len(self.y)), fraction)
        if held_out is None:
            raise ValueError(f"{fraction} holds out no row")
        return rows, held_out

    def in_order_of_growth(self, rows: Index) -> Index:
        """The rows in the order in which a growing training set takes them.

        Every beginning has a row of each class as soon as it can, and then each class's fraction;
        with `group` whole groups one after the other, with `order` the newest rows first.
        """
        if self._times is not None:
            return rows[np.argsort(-self._times[rows], kind="stable")]
        draw = np.random.default_rng(self._seed)
        rows = draw.permutation(rows)
        if self._groups is not None:
            _, group = np.unique(self._groups[rows], return_inverse=True)
            return rows[np.argsort(draw.permutation(group.max() + 1)[group], kind="stable")]
        y = self.y[rows]
        place = np.zeros(len(rows))
        for label in np.unique(y):
            own = y == label
            place[own] = np.arange(own.sum()) / own.sum()
        return rows[np.argsort(place, kind="stable")]

    @property
    def _stopping_fraction(self) -> float:
        return self._spec.validation_fraction if self._early_stopping else 0.0

    def _weights_of(self, train: Index) -> npt.NDArray[np.float64] | None:
        weights = self._table.weights
        return None if weights is None else weights[self._index[train]]

    def datasets(self, rows: Index) -> PreprocessedData:
        """Training rows, the rows of early stopping or of the fold, and the held-out test set."""
        portion, preprocessor = self._prepared(rows)
        table, shown = self._table, self._shown(rows, portion.selection_set)

        def dataset(positions: Index) -> Dataset:
            return Dataset.of(table, self._index[positions], portion.x.take(positions))

        return PreprocessedData(
            table=table,
            train=dataset(portion.train),
            validation=dataset(shown) if len(shown) else None,
            test=HeldOutSet.of(table, self._test, preprocessor.apply(table.frame.iloc[self._test])),
            preprocessor=preprocessor,
            notes=(),
        )

    def _prepared(self, rows: Index) -> tuple[FoldData, Preprocessor]:
        key = np.sort(rows).tobytes()
        if key not in self._made:
            train, selection_set = self._held_back(rows, self._stopping_fraction)
            preprocessor = learn(self._table, self._spec, self._index[train], self._check)
            x = preprocessor.apply(self._table.frame, self._index, self._check)
            shown = self._shown(rows, selection_set)
            validation = (x.take(shown), self.y[shown]) if len(shown) else None
            portion = FoldData(x, train, selection_set, validation, self._weights_of(train))
            self._made[key] = (portion, preprocessor)
        return self._made[key]

    def _held_back(self, rows: Index, fraction: float) -> tuple[Index, Index | None]:
        """The rows to learn from and those that early stopping looks at, dealt as the sets are."""
        if not fraction or (self._times is None and self._groups is None):
            return _held_back(rows, self.y, fraction, self._seed)
        fractions = (1 - fraction, fraction)
        if self._times is not None:
            set_of = by_time(self._times[rows], fractions)
        else:
            assert self._groups is not None
            set_of = by_group(self._groups[rows], self.y[rows], fractions, (self._seed,))
        if not (set_of == 1).any() or not (set_of == 0).any():
            return _held_back(rows, self.y, fraction, self._seed)
        return np.sort(rows[set_of == 0]), np.sort(rows[set_of == 1])

    def _shown(self, rows: Index, selection_set: Index | None) -> Index:
        """The rows that a training on `rows` is validated on: those held out, else all others."""
        if selection_set is not None:
            return selection_set
        return np.setdiff1d(np.arange(len(self.y)), rows)


class PublishedPool:
    """The post's way: its training set, already scaled, with the test set to select on."""

    def __init__(self, prepared: PreprocessedData) -> None:
        self._prepared = prepared
        self.y = prepared.train.y.astype(np.int64)

    def folds(self, count: int) -> Folds:
        """What scikit-learn makes of `cv=3` for a classifier: stratified, not shuffled."""
        _refuse_folds(count, self.y, self._prepared.class_names)
        return StratifiedKFold(count)

    @property
    def sizes(self) -> tuple[int, int]:
        """The inputs and outputs of a network: features and classes."""
        return self._prepared.sizes

    @cached_property
    def _validation(self) -> tuple[FeatureMatrix, Labels]:
        selection_set = self._prepared.selection_set
        return selection_set.x, selection_set.y.astype(np.int64)

    def portion(self, rows: Index) -> FoldData:
        """All of `rows`."""
        return FoldData(self._prepared.train.x, rows, None, self._validation)

    def datasets(self, rows: Index) -> PreprocessedData:
        """The sets as the post has them."""
        return self._prepared


# rows for a cross-validation; positions in `y` count from 0
Pool = StrictPool | PublishedPool


def _refuse_folds(count: int, y: npt.NDArray[np.int64], classes: Sequence[str]) -> None:
    rows = np.bincount(y, minlength=len(classes))
    refuse_folds(count, int(rows.min()), classes[int(rows.argmin())])


def _held_back(
    rows: Index, y: npt.NDArray[np.int64], fraction: float, seed: int
) -> tuple[Index, Index | None]:
    """Split `rows` by class, `fraction` second; one row of each class stays in the first."""
    if not fraction:
        return rows, None
    order = np.random.default_rng(seed).permutation(rows)
    second: list[Index] = []
    for label in np.unique(y[rows]):
        members = order[y[order] == label]
        second.append(members[: min(fraction_of(len(members), fraction), len(members) - 1)])
    selection_set = np.concatenate(second)
    return np.setdiff1d(rows, selection_set), selection_set
