"""From a table to what a network learns from: split, impute, encode, scale."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.fit_preprocessor import learn, learn_as_published, own_range
from engine.data.load import Table
from engine.data.preprocessor import Preparation, check_finite
from engine.data.split import Index, Split, sealed_key, split
from engine.data.types import named
from engine.errors import EngineError
from engine.sources import shown
from engine.specs.data import DataSpec

# of prepared numbers, four bytes each
MAX_PREPARED_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Part:
    """Prepared rows: x float32 [rows, features], y int32 [rows].

    `rows` int64 [rows] counts the data rows of the file from 1.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sealed:
    """A test set that nobody selects on: it is opened once, to score, and that is counted."""

    key: str
    rows: int
    _part: Part

    def open(self, on_opened: Callable[[str], None]) -> Part:
        """The part; `on_opened` gets its key first, so that the scoring is counted."""
        on_opened(self.key)
        return self._part


@dataclass(frozen=True)
class Prepared:
    """The parts of a table, prepared under a protocol.

    Under `as_published` there is no validation set: the test set steers the
    training, and `leaks` says so.
    """

    train: Part
    validation: Part | None
    test: Sealed
    preparation: Preparation
    notes: tuple[str, ...]
    leaks: bool

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The prepared features in order."""
        return self.preparation.feature_names

    @property
    def class_names(self) -> tuple[str, ...]:
        """The labels in the order of their codes."""
        return self.preparation.classes

    @property
    def sealed_key(self) -> str:
        """The name of the sealed test set."""
        return self.test.key

    @property
    def part_sizes(self) -> dict[str, int]:
        """The rows of each part."""
        sizes = {"train": len(self.train.y)}
        if self.validation is not None:
            sizes["validation"] = len(self.validation.y)
        return sizes | {"test": self.test.rows}

    @property
    def steering(self) -> Part:
        """What steers early stopping and selection: validation, or test where `leaks`."""
        return self.test._part if self.validation is None else self.validation


def prepare(table: Table, spec: DataSpec) -> Prepared:
    """Split and prepare a table under the protocol of `spec`.

    strict: stratified parts; fill values, categories and scales are learnt from
    the training set alone. as_published: as `engine.data.fit_preprocessor` describes.
    Raises EngineError when a class has too few rows or the result is too large.
    """
    parts = split(table, spec)
    if spec.protocol == "as_published":
        return _as_published(table, spec, parts)
    preparation, notes = learn(table, spec, parts.train)
    _refuse_too_large(len(table.codes), preparation)

    def part(index: Index) -> Part:
        return _part(table, index, preparation.apply(table.frame.iloc[index]))

    validation = None if parts.validation is None else part(parts.validation)
    return _prepared(
        table, parts, preparation, notes, (part(parts.train), validation, part(parts.test))
    )


def _as_published(table: Table, spec: DataSpec, parts: Split) -> Prepared:
    bare, notes = learn_as_published(table, spec)
    _refuse_too_large(len(table.codes), bare)
    train, preparation = own_range(bare, table.frame.iloc[parts.train])
    test, _ = own_range(bare, table.frame.iloc[parts.test])
    made = (_part(table, parts.train, train), None, _part(table, parts.test, test))
    rows = np.bincount(made[2].y, minlength=len(table.classes))
    absent = [name for name, n in zip(table.classes, rows, strict=True) if not n]
    if absent:
        more = f" (and {len(absent) - 1:,} more)" if len(absent) > 1 else ""
        notes.append(f"The test set has no row of class {shown(absent[0])}{more}.")
    return _prepared(table, parts, preparation, notes, made)


def _part(table: Table, index: Index, x: npt.NDArray[np.float32]) -> Part:
    return Part(x, table.codes[index].astype(np.int32), table.rows[index])


def _prepared(
    table: Table,
    parts: Split,
    preparation: Preparation,
    notes: list[str],
    made: tuple[Part, Part | None, Part],
) -> Prepared:
    train, validation, test = made
    for part in made:
        if part is not None:
            check_finite(part.x, preparation.feature_names)
    constant = [
        name
        for name, low, high in zip(
            preparation.feature_names, train.x.min(axis=0), train.x.max(axis=0), strict=True
        )
        if low == high
    ]
    if constant:
        verb = "has one value" if len(constant) == 1 else "have one value each"
        notes.append(f"{named(constant)} {verb} throughout the training set: nothing to learn.")
    notes += _twins(table, parts)
    return Prepared(
        train=train,
        validation=validation,
        test=Sealed(sealed_key(table, parts.test), len(parts.test), test),
        preparation=preparation,
        notes=tuple(notes),
        leaks=validation is None,
    )


def _twins(table: Table, parts: Split) -> list[str]:
    """A note on rows of the other parts that are also in the training set."""
    if table.fingerprints is None:
        return []
    known = np.sort(table.fingerprints[parts.train])
    notes = []
    for name, index in (("validation", parts.validation), ("test", parts.test)):
        if index is None:
            continue
        wanted = np.sort(table.fingerprints[index])
        nearest = known[np.minimum(np.searchsorted(known, wanted), len(known) - 1)]
        twins = int((nearest == wanted).sum())
        if twins:
            notes.append(
                f"{twins:,} of {len(index):,} {name} rows are also in the training set: its"
                " accuracy is flattered."
            )
    return notes


def _refuse_too_large(rows: int, preparation: Preparation) -> None:
    needed = 4 * rows * len(preparation.feature_names)
    if needed <= MAX_PREPARED_BYTES:
        return
    widest = max(preparation.columns, key=lambda column: len(column.feature_names))
    raise EngineError(
        f"Prepared, the data would take {needed / 2**30:.0f} GB: {rows:,} rows of"
        f" {len(preparation.feature_names):,} numbers.",
        f"Put column {shown(widest.name)} ({len(widest.feature_names):,} categories) into"
        " exclude, or choose the ordinal encoding."
        if len(widest.feature_names) > 1
        else "Choose fewer features, or a sample of the rows.",
    )
