"""From a table to what a network learns from: split, impute, encode, scale."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.fit_preprocessor import fit_as_published, learn, scale_by_own_range
from engine.data.load import Table
from engine.data.preprocessor import Preprocessor, check_finite
from engine.data.split import Index, Split, split, test_set_id
from engine.data.types import named
from engine.errors import EngineError
from engine.sources import shown
from engine.specs.data import DataSpec

# of preprocessed numbers, four bytes each
MAX_PREPARED_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Part:
    """PreprocessedData rows: x float32 [rows, features], y int32 [rows].

    `rows` int64 [rows] counts the data rows of the file from 1.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int64]


@dataclass(frozen=True)
class HeldOutSet:
    """A test set that no choice looks at: opened once, to evaluate, and that is counted."""

    key: str
    rows: int
    _part: Part

    def open(self, on_opened: Callable[[str], None]) -> Part:
        """The part; `on_opened` gets its key first, so that the evaluation is counted."""
        on_opened(self.key)
        return self._part


@dataclass(frozen=True)
class PreprocessedData:
    """The training, validation and test set of a table, preprocessed under a protocol.

    Under `as_published` there is no validation set: the test set is selected
    on as well, and `leaks` says so.
    """

    train: Part
    validation: Part | None
    test: HeldOutSet
    preprocessor: Preprocessor
    notes: tuple[str, ...]
    leaks: bool

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
        """The id of the held-out test rows, under which their evaluations are counted."""
        return self.test.key

    @property
    def split_rows(self) -> dict[str, int]:
        """The number of rows of each set."""
        sizes = {"train": len(self.train.y)}
        if self.validation is not None:
            sizes["validation"] = len(self.validation.y)
        return sizes | {"test": self.test.rows}

    @property
    def selection_set(self) -> Part:
        """What early stopping and selection look at: validation, or test where `leaks`."""
        return self.test._part if self.validation is None else self.validation


def preprocess(table: Table, spec: DataSpec) -> PreprocessedData:
    """Split and preprocess a table under the protocol of `spec`.

    strict: stratified sets; fill values, categories and scales are learnt from
    the training set alone. as_published: as `engine.data.fit_preprocessor` describes.
    Raises EngineError when a class has too few rows or the result is too large.
    """
    parts = split(table, spec)
    if spec.protocol == "as_published":
        return _as_published(table, spec, parts)
    preprocessor, notes = learn(table, spec, parts.train)
    _refuse_too_large(len(table.codes), preprocessor)

    def part(index: Index) -> Part:
        return _part(table, index, preprocessor.apply(table.frame.iloc[index]))

    validation = None if parts.validation is None else part(parts.validation)
    return _prepared(
        table, parts, preprocessor, notes, (part(parts.train), validation, part(parts.test))
    )


def _as_published(table: Table, spec: DataSpec, parts: Split) -> PreprocessedData:
    bare, notes = fit_as_published(table, spec)
    _refuse_too_large(len(table.codes), bare)
    train, preprocessor = scale_by_own_range(bare, table.frame.iloc[parts.train])
    test, _ = scale_by_own_range(bare, table.frame.iloc[parts.test])
    made = (_part(table, parts.train, train), None, _part(table, parts.test, test))
    rows = np.bincount(made[2].y, minlength=len(table.classes))
    absent = [name for name, n in zip(table.classes, rows, strict=True) if not n]
    if absent:
        more = f" (and {len(absent) - 1:,} more)" if len(absent) > 1 else ""
        notes.append(f"The test set has no row of class {shown(absent[0])}{more}.")
    return _prepared(table, parts, preprocessor, notes, made)


def _part(table: Table, index: Index, x: npt.NDArray[np.float32]) -> Part:
    return Part(x, table.codes[index].astype(np.int32), table.rows[index])


def _prepared(
    table: Table,
    parts: Split,
    preprocessor: Preprocessor,
    notes: list[str],
    made: tuple[Part, Part | None, Part],
) -> PreprocessedData:
    train, validation, test = made
    for part in made:
        if part is not None:
            check_finite(part.x, preprocessor.feature_names)
    constant = [
        name
        for name, low, high in zip(
            preprocessor.feature_names, train.x.min(axis=0), train.x.max(axis=0), strict=True
        )
        if low == high
    ]
    if constant:
        verb = "has one value" if len(constant) == 1 else "have one value each"
        notes.append(f"{named(constant)} {verb} throughout the training set: nothing to learn.")
    notes += _duplicates(table, parts)
    return PreprocessedData(
        train=train,
        validation=validation,
        test=HeldOutSet(test_set_id(table, parts.test), len(parts.test), test),
        preprocessor=preprocessor,
        notes=tuple(notes),
        leaks=validation is None,
    )


def _duplicates(table: Table, parts: Split) -> list[str]:
    """A note on rows of the other sets that are also in the training set."""
    if table.fingerprints is None:
        return []
    known = np.sort(table.fingerprints[parts.train])
    notes = []
    for name, index in (("validation", parts.validation), ("test", parts.test)):
        if index is None:
            continue
        wanted = np.sort(table.fingerprints[index])
        nearest = known[np.minimum(np.searchsorted(known, wanted), len(known) - 1)]
        duplicates = int((nearest == wanted).sum())
        if duplicates:
            notes.append(
                f"{duplicates:,} of {len(index):,} {name} rows are also in the training set: its"
                " accuracy is flattered."
            )
    return notes


def _refuse_too_large(rows: int, preprocessor: Preprocessor) -> None:
    needed = 4 * rows * len(preprocessor.feature_names)
    if needed <= MAX_PREPARED_BYTES:
        return
    widest = max(preprocessor.columns, key=lambda column: len(column.feature_names))
    raise EngineError(
        f"PreprocessedData, the data would take {needed / 2**30:.0f} GB: {rows:,} rows of"
        f" {len(preprocessor.feature_names):,} numbers.",
        f"Put column {shown(widest.name)} ({len(widest.feature_names):,} categories) into"
        " exclude, or choose the ordinal encoding."
        if len(widest.feature_names) > 1
        else "Choose fewer features, or a sample of the rows.",
    )
