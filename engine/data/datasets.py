"""From a table to what a network learns from: split, impute, encode, scale."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from engine.data.feature_matrix import FeatureMatrix
from engine.data.leakage import ids_in_several_sets, possible_leakage
from engine.data.preprocessing.as_published import fit_as_published, scaled_by_own_range
from engine.data.preprocessing.fit_notes import learning_notes
from engine.data.preprocessing.preprocessor import Preprocessor
from engine.data.preprocessing.strict import learn
from engine.data.splits.split import Index, Split, split
from engine.data.splits.test_set import test_set_id
from engine.data.table import Table
from engine.data.types import Check, grouped, named, unheeded
from engine.environment.memory import refuse_beyond_free
from engine.runs.held_out_rows import HeldOutRows
from engine.sources.encoding import shown
from engine.specs.data import DataSpec


@dataclass(frozen=True)
class Dataset:
    """Preprocessed rows: x [rows, features], y int32 [rows].

    `rows` int64 [rows] counts the data rows of the file from 1.
    """

    x: FeatureMatrix
    y: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int64]
    # of each row in training, float64 [rows]; None where all count alike
    weights: npt.NDArray[np.float64] | None = None

    @classmethod
    def of(cls, table: Table, index: Index, x: FeatureMatrix) -> Self:
        """The rows `index` of a table, whose features have become `x`."""
        weights = None if table.weights is None else table.weights[index]
        return cls(x, table.codes[index].astype(np.int32), table.rows[index], weights)


def mean_of_one(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Weights brought to a mean of 1, so that a learning rate or penalty means what it does."""
    scaled: npt.NDArray[np.float32] = (weights / weights.mean()).astype(np.float32)
    return scaled


@dataclass(frozen=True)
class HeldOutSet:
    """A test set that no choice looks at: opened once, to evaluate, and that is counted.

    `key` names file, target and rows.
    """

    key: str
    _dataset: Dataset
    _table: Table
    _index: Index

    @classmethod
    def of(cls, table: Table, index: Index, x: FeatureMatrix) -> Self:
        """The test rows `index` of a table, whose features have become `x`."""
        return cls(test_set_id(table, index), Dataset.of(table, index, x), table, index)

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self._dataset.y)

    def open(self, on_opened: Callable[[HeldOutRows], None]) -> Dataset:
        """The rows; `on_opened` gets them by their values, so that the evaluation is counted."""
        on_opened(self._table.row_hashes.held_out(self.key, self._index))
        return self._dataset


@dataclass(frozen=True)
class PreprocessedData:
    """The training, validation and test set of a table, preprocessed under a protocol.

    Under `as_published` there is no validation set: the test set is selected
    on as well, and `leaks` says so.
    """

    table: Table
    train: Dataset
    validation: Dataset | None
    test: HeldOutSet
    preprocessor: Preprocessor
    notes: tuple[str, ...]
    # what is odd about a column, of which `notes` speak as well
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def leaks(self) -> bool:
        """Whether selection looks at the test set."""
        return self.validation is None

    @property
    def sizes(self) -> tuple[int, int]:
        """The inputs and outputs of a network for these data: features and classes."""
        return len(self.feature_names), len(self.class_names)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The preprocessed features in order."""
        return self.preprocessor.feature_names

    @property
    def class_names(self) -> tuple[str, ...]:
        """The labels in the order of their codes."""
        return self.preprocessor.classes

    @property
    def test_set_id(self) -> str:
        """The id of the held-out test set: file, target and rows."""
        return self.test.key

    @property
    def split_rows(self) -> dict[str, int]:
        """The number of rows of each set."""
        sizes = {"train": len(self.train.y)}
        if self.validation is not None:
            sizes["validation"] = len(self.validation.y)
        return sizes | {"test": self.test.rows}

    def set_codes(self) -> npt.NDArray[np.uint8]:
        """The set of each data row of the file, uint8 [rows], as `results.split_rows` codes it."""
        codes = np.zeros(max(self.table.file.rows, int(self.table.rows[-1])), np.uint8)
        sets = (self.train, self.validation, self.test._dataset)
        for code, own in enumerate(sets, start=1):
            if own is not None:
                codes[own.rows - 1] = code
        return codes

    @property
    def selection_set(self) -> Dataset:
        """What early stopping and selection look at: validation, or test where `leaks`."""
        return self.test._dataset if self.validation is None else self.validation


@dataclass(frozen=True)
class Preparation:
    """What was learnt from the training set of a table, which alone is preprocessed yet.

    `fitted` is not yet scaled as published, where `train_preprocessor` is.
    """

    sets: Split
    fitted: Preprocessor
    train_preprocessor: Preprocessor
    train: FeatureMatrix
    notes: tuple[str, ...]
    # what is odd about a column, of which `notes` speak as well
    warnings: dict[str, str]


def prepare(
    table: Table, spec: DataSpec, check: Check = unheeded, sets: Split | None = None
) -> Preparation:
    """Learn how to preprocess a table, and what a person should know of it.

    `sets` are others than those of `spec`. Raises as `preprocess` does.
    """
    sets = split(table, spec) if sets is None else sets
    if spec.protocol == "as_published":
        fitted, notes = fit_as_published(table, spec, check)
    else:
        fitted = learn(table, spec, sets.train, check)
        notes = learning_notes(table, fitted, sets.train, check)
    _refuse_too_large(len(table.codes), fitted)
    leaking = possible_leakage(table, sets, check)
    scaled = _for_set(fitted, table, sets.train, check)
    train = scaled.apply(table.frame, sets.train, check)
    return Preparation(
        sets, fitted, scaled, train,
        notes=(
            *notes,
            *_absent_classes(table, sets.test),
            *_constant_features(fitted.feature_names, train),
            *grouped(leaking),
            *ids_in_several_sets(table, sets),
            *_duplicates(table, sets),
        ),
        warnings={name: sentence for name, (_, sentence) in leaking.items()},
    )  # fmt: skip


def preprocess(
    table: Table,
    spec: DataSpec,
    check: Check = unheeded,
    repeat: int = 0,
    sets: Split | None = None,
) -> PreprocessedData:
    """Split (`engine.data.splits.split`) and preprocess a table under the protocol of `spec`.

    `sets` are others than those of `spec`: an outer fold's.

    strict: stratified sets; fill values, categories and scales are learnt from
    the training set alone. as_published: as `preprocessing.as_published` describes.
    Raises EngineError when a class has too few rows or the result is too large, and what `check`
    raises, which is called again and again.
    """
    own = prepare(table, spec, check, split(table, spec, repeat) if sets is None else sets)
    sets, preprocessor = own.sets, own.train_preprocessor
    of_test = _for_set(own.fitted, table, sets.test, check)
    validation = None
    if sets.validation is not None:
        x = preprocessor.apply(table.frame, sets.validation, check)
        validation = Dataset.of(table, sets.validation, x)
    test = of_test.apply(table.frame, sets.test, check)
    if spec.protocol == "as_published":
        # it knows how the test set was scaled as well
        preprocessor = preprocessor.model_copy(update={"test_columns": of_test.columns})
    return PreprocessedData(
        table=table,
        train=Dataset.of(table, sets.train, own.train),
        validation=validation,
        test=HeldOutSet.of(table, sets.test, test),
        preprocessor=preprocessor,
        notes=own.notes,
        warnings=own.warnings,
    )


def _for_set(fitted: Preprocessor, table: Table, rows: Index, check: Check) -> Preprocessor:
    """The preprocessor of a set: as published it scales by the set's own range."""
    if fitted.protocol == "strict":
        return fitted
    return scaled_by_own_range(fitted, table.frame, rows, check)


def _absent_classes(table: Table, test: Index) -> list[str]:
    """A note on classes without a test row, which only a split that is not stratified leaves."""
    rows = np.bincount(table.codes[test], minlength=len(table.classes))
    absent = [name for name, n in zip(table.classes, rows, strict=True) if not n]
    if not absent:
        return []
    more = f" (and {len(absent) - 1:,} more)" if len(absent) > 1 else ""
    return [f"The test set has no row of class {shown(absent[0])}{more}."]


def _constant_features(names: Sequence[str], train: FeatureMatrix) -> list[str]:
    """A note on features that do not vary over the training set."""
    constant = [name for name, does in zip(names, train.varying(), strict=True) if not does]
    if not constant:
        return []
    verb = "has one value" if len(constant) == 1 else "have one value each"
    return [f"{named(constant)} {verb} throughout the training set: nothing to learn."]


def _duplicates(table: Table, sets: Split) -> list[str]:
    """A note on rows of the other sets that are also in the training set."""
    if table.fingerprints is None:
        return []
    notes = []
    for name, index in sets.by_name.items():
        if name == "train":
            continue
        duplicates = duplicates_of(table.fingerprints, sets.train, index)
        if duplicates:
            notes.append(
                f"{duplicates:,} of {len(index):,} {name} rows are also in the training set: its"
                " accuracy is flattered."
            )
    return notes


def duplicates_of(fingerprints: npt.NDArray[np.uint64], train: Index, others: Index) -> int:
    """How many of the rows `others` are also among the training rows."""
    known, wanted = np.sort(fingerprints[train]), np.sort(fingerprints[others])
    nearest = known[np.minimum(np.searchsorted(known, wanted), len(known) - 1)]
    return int((nearest == wanted).sum())


def _refuse_too_large(rows: int, preprocessor: Preprocessor) -> None:
    # twice, for what is put together from columns
    refuse_beyond_free(
        2.0 * rows * preprocessor.row_bytes,
        f"the preprocessed data, {rows:,} rows of {len(preprocessor.feature_names):,} features,",
        preprocessor.fewer_features,
    )
