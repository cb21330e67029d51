"""The rows that networks are played with: training and validation rows, never test rows."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import train_test_split

from engine.data.datasets import Dataset, preprocess
from engine.data.kept_cells import kept_cells
from engine.data.load import load
from engine.data.preprocessing.preprocessor import CategoryColumn, NumericColumn, Preprocessor
from engine.data.splits.test_set import test_set_id
from engine.environment.memory import refuse_beyond_free, release_when_short
from engine.jobs.phases.read_data import progress_of
from engine.jobs.play.toys import CLASSES, COLUMNS, toy_rows
from engine.prediction.typed_row import TypedRows
from engine.runs.reporter import Reporter
from engine.sources.numbers import PLAIN
from engine.specs.data import PENGUINS
from engine.specs.kinds.playground import MOST_ROWS, PlaygroundQuestion

Numbers = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PlayRows:
    """Training rows in a random order, which begins with one of each class, then validation rows.

    `frame` has them as in the file; `x` float32 [rows, features] and `y` int32 [rows] are
    preprocessed, `weights` [rows] those of the training. `key` names the rows of the validation
    set.
    """

    key: str
    preprocessor: Preprocessor
    frame: pd.DataFrame
    x: Numbers
    y: Labels
    training: Mask
    weights: npt.NDArray[np.float64] | None
    typed: TypedRows
    notes: tuple[str, ...] = ()

    @property
    def sizes(self) -> tuple[int, int]:
        """Features and classes: the inputs and outputs of a network."""
        return self.x.shape[1], len(self.preprocessor.classes)

    @property
    def train_rows(self) -> int:
        """How many there are."""
        return int(self.training.sum())

    @cached_property
    def numeric(self) -> dict[str, tuple[int, NumericColumn]]:
        """The columns of numbers: the place of each among the features."""
        found, place = {}, 0
        for column in self.preprocessor.columns:
            if isinstance(column, NumericColumn):
                found[column.name] = place, column
            place += len(column.feature_names)
        return found

    @cached_property
    def usual(self) -> Numbers:
        """The standard deviation of each feature over the training rows; 0 of categories."""
        found: Numbers = self.x[self.training].std(axis=0)
        place = 0
        for column in self.preprocessor.columns:
            width = len(column.feature_names)
            if isinstance(column, CategoryColumn):
                found[place : place + width] = 0
            place += width
        return found

    @classmethod
    def of(
        cls, key: str, preprocessor: Preprocessor, frame: pd.DataFrame,
        sets: tuple[tuple[Numbers, Labels], tuple[Numbers, Labels]],
        typed: Callable[[pd.DataFrame, Mask], TypedRows], **more: Any,
    ) -> Self:  # fmt: skip
        """Of training and validation set, whose rows `frame` has in this order."""
        (x, y), (x_val, y_val) = sets
        training = np.arange(len(y) + len(y_val)) < len(y)
        return cls(
            key=key, preprocessor=preprocessor, frame=frame, x=np.vstack([x, x_val]),
            y=np.concatenate([y, y_val]), training=training, typed=typed(frame, training), **more,
        )  # fmt: skip


def _first_of_each(y: npt.NDArray[Any], most: int) -> npt.NDArray[np.int64]:
    """A random order of the rows, that of all sizes alike: one of each class goes first."""
    order = np.random.default_rng(0).permutation(len(y))
    first = np.unique(y[order], return_index=True)[1]
    return order[[*first, *np.setdiff1d(np.arange(len(y)), first)]][:most]


_last: tuple[tuple[object, ...], PlayRows] | None = None


def release() -> None:
    """Let go of the rows that were played with last."""
    global _last
    _last = None


release_when_short(release)


def play_rows(question: PlaygroundQuestion, reporter: Reporter) -> PlayRows:
    """The rows of the question: read once, then kept until other ones are asked for.

    Raises EngineError where there are none to learn from.
    """
    global _last
    key, known = _key(question), _last
    if known is None or known[0] != key:
        made = _toy(question) if question.toy is not None else _own(question, reporter)
        known = _last = key, made
    return known[1]


def _key(question: PlaygroundQuestion) -> tuple[object, ...]:
    if question.toy is not None:
        return question.toy.model_dump_json(), question.noise
    data = question.data
    found = None if data.data == PENGUINS else os.stat(data.data)
    changed = () if found is None else (found.st_ino, found.st_size, found.st_mtime_ns)
    return data.model_dump_json(), *changed


def _own(question: PlaygroundQuestion, reporter: Reporter) -> PlayRows:
    """The person's data, always under the protocol that keeps the test rows held out."""
    spec = question.data.model_copy(update={"protocol": "strict"})
    table = load(spec, progress_of(reporter), kept_cells)
    reporter.phase("preparing the data")
    prepared = preprocess(table, spec, reporter.check)
    assert prepared.validation is not None
    train, validation = prepared.train, prepared.validation
    refuse_beyond_free(
        12.0 * MOST_ROWS * len(prepared.feature_names),
        f"{MOST_ROWS:,} rows of {len(prepared.feature_names):,} features",
        prepared.preprocessor.fewer_features,
    )
    chosen = [(own, _first_of_each(own.y, MOST_ROWS)) for own in (train, validation)]
    rows = np.concatenate([own.rows[index] for own, index in chosen])
    weights = None if train.weights is None else train.weights[chosen[0][1]]
    return PlayRows.of(
        # of any set of rows
        test_set_id(table, np.searchsorted(table.rows, validation.rows)),
        prepared.preprocessor,
        table.frame.iloc[np.searchsorted(table.rows, rows)].reset_index(drop=True),
        (_part(*chosen[0]), _part(*chosen[1])),
        lambda frame, training: TypedRows(
            prepared.preprocessor, frame, training, table.file.facts.style
        ),
        weights=weights,
        notes=tuple(_sampled(train, validation)),
    )


def _part(own: Dataset, index: npt.NDArray[np.int64]) -> tuple[Numbers, Labels]:
    return own.x[index], own.y[index]


def _sampled(train: Dataset, validation: Dataset) -> list[str]:
    large = {"training": len(train.y), "validation": len(validation.y)}
    return [
        f"{MOST_ROWS:,} of {rows:,} {name} rows are used."
        for name, rows in large.items()
        if rows > MOST_ROWS
    ]


def _toy(question: PlaygroundQuestion) -> PlayRows:
    """Toy data, split as files are by default: a fifth of the rows is not looked at."""
    assert question.toy is not None
    points, labels = toy_rows(question.toy, question.noise)
    rest, _ = train_test_split(
        np.arange(len(labels)), test_size=0.2, stratify=labels, random_state=question.toy.seed
    )
    train, validation = train_test_split(
        rest, test_size=0.25, stratify=labels[rest], random_state=question.toy.seed
    )
    train = train[_first_of_each(labels[train], MOST_ROWS)]
    shift, scale = points[train].mean(axis=0), points[train].std(axis=0)
    columns = tuple(
        NumericColumn(name=name, fill=float(m), shift=float(m), scale=float(s))
        for name, m, s in zip(COLUMNS, shift, scale, strict=True)
    )
    fitted = Preprocessor(
        protocol="strict",
        columns=columns,
        target="class",
        classes=CLASSES[: labels.max() + 1],
    )
    x, y = ((points - shift) / scale).astype(np.float32), labels.astype(np.int32)
    frame = pd.DataFrame(points[np.concatenate([train, validation])], columns=list(COLUMNS))
    return PlayRows.of(
        f"{question.toy.model_dump_json()} {question.noise}",
        fitted, frame, ((x[train], y[train]), (x[validation], y[validation])),
        lambda frame, training: TypedRows(fitted, frame, training, PLAIN), weights=None,
    )  # fmt: skip
