"""How well probabilities classify: scores, confusion counts, and the rows that went wrong."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from engine.data.datasets import Dataset
from engine.data.log_probabilities import LEAST_PROBABILITY
from engine.data.table import Table
from engine.errors import EngineError
from engine.results.interval import Interval
from engine.results.scores import SCORES, Cell, ClassScore, Matrix, Misclassified, SetScore
from engine.results.statistics import wilson

Labels = npt.NDArray[np.integer[Any]]
Probabilities = npt.NDArray[np.floating[Any]]

# characters of a cell that are kept with a misclassified row
_CELL_CHARACTERS = 200
# features whose cells are kept with it: with 100,000 the rows would take gigabytes
_CELL_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Classified:
    """One set of rows with what a classifier says of them.

    `y` int [rows], `probabilities` float [rows, classes], `predicted` int
    [rows], -1 where a probability is no number. `by_class` has precision,
    recall, F1 and rows, [classes] each (0 where undefined).
    """

    y: Labels
    probabilities: Probabilities
    predicted: npt.NDArray[np.int64]
    by_class: tuple[npt.NDArray[Any], ...]


def accuracy(found: Classified) -> Interval:
    """The fraction of rows classified correctly, with its Wilson interval."""
    return wilson(int((found.predicted == found.y).sum()), len(found.y))


def macro_f1(found: Classified) -> float:
    """The mean F1 over the classes that have rows or predictions."""
    _, _, f1, rows = found.by_class
    present = (rows > 0) | np.isin(np.arange(len(rows)), found.predicted)
    return float(f1[present].mean()) if present.any() else 0.0


def log_loss(found: Classified) -> float:
    """The mean negative log probability of the actual class, in nats; no number counts as 0."""
    own = found.probabilities[np.arange(len(found.y)), found.y].astype(np.float64)
    return float(-np.log(np.clip(np.nan_to_num(own, nan=0.0), LEAST_PROBABILITY, 1.0)).mean())


# the function of every entry of `engine.results.SCORES`
SCORERS: dict[str, Callable[[Classified], Interval | float]] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "log_loss": log_loss,
}


def score_set(
    y: Labels, probabilities: Probabilities, class_names: tuple[str, ...], loss: float | None = None
) -> SetScore:
    """Every score of `SCORES`, the figures of each class, and the `loss` that a network was given.

    y int [rows], probabilities float [rows, classes]; there is one row at
    least. A row with a probability that is no number counts as wrong, and as
    having none for its class. Precision, recall and F1 are 0 where undefined
    (`sklearn.metrics.precision_recall_fscore_support`).
    """
    predicted = _predicted(y, probabilities)
    labels = np.arange(len(class_names))
    # -1, a prediction that is none, lies outside of `labels` and lowers recall alone
    figures = precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0.0)
    by_class = tuple(np.asarray(column) for column in figures)
    found = Classified(y, probabilities, predicted, by_class)
    of_each = zip(class_names, *(column.tolist() for column in by_class), strict=True)
    return SetScore(
        rows=len(y),
        figures={score.name: SCORERS[score.name](found) for score in SCORES}
        | ({"loss": loss} if loss is not None and math.isfinite(loss) else {}),
        classes=tuple(
            ClassScore(label=label, precision=precision, recall=recall, f1=f1, rows=int(rows))
            for label, precision, recall, f1, rows in of_each
        ),
    )


def confusion_counts(y: Labels, probabilities: Probabilities, classes: int) -> Matrix:
    """Counts [classes, classes], actual classes as rows, predicted ones as columns.

    A row whose probabilities are no numbers has no prediction and is in no cell.
    """
    # a prediction that is none lies outside of the labels
    counts = confusion_matrix(y, _predicted(y, probabilities), labels=np.arange(classes))
    return tuple(map(tuple, counts.tolist()))


def misclassified_rows(
    table: Table,
    dataset: Dataset,
    probabilities: Probabilities,
    name: Literal["train", "validation", "test"],
    limit: int = 200,
) -> list[Misclassified]:
    """The rows of a set that went wrong, surest mistakes first, `limit` at most.

    `values` are the cells of the first 500 features as they stand in the table, texts cut at
    200 characters; `probability` is that of the class predicted.
    """
    predicted = _predicted(dataset.y, probabilities)
    wrong = np.flatnonzero((predicted != dataset.y) & (predicted >= 0))
    sure = probabilities[wrong, predicted[wrong]]
    wrong = wrong[np.argsort(-sure, kind="stable")][:limit]
    places = np.searchsorted(table.rows, dataset.rows[wrong])
    values = cells_of(table, places)
    return [
        Misclassified(
            row=int(dataset.rows[row]),
            split=name,
            actual=table.classes[int(dataset.y[row])],
            predicted=table.classes[int(predicted[row])],
            probability=float(probabilities[row, predicted[row]]),
            values=values[i],
        )
        for i, row in enumerate(wrong)
    ]


def cells_of(table: Table, places: npt.NDArray[np.int64]) -> list[dict[str, Cell]]:
    """The cells of the rows at `places`, of the first 500 features, texts cut at 200 characters."""
    features = table.features[:_CELL_COLUMNS]
    cells = table.frame[list(features)].iloc[places]
    columns = [[_cell(value) for value in cells[feature]] for feature in features]
    return [dict(zip(features, row, strict=True)) for row in zip(*columns, strict=True)]


def _predicted(y: Labels, probabilities: Probabilities) -> npt.NDArray[np.int64]:
    """The most probable class of each row, -1 where a probability is no number."""
    if len(y) == 0:
        raise EngineError("There are no rows to evaluate.", "Give the set a larger fraction.")
    valid = np.asarray(np.isfinite(probabilities).all(axis=1), dtype=np.bool_)
    best = np.where(valid[:, None], probabilities, 0.0).argmax(axis=1)
    return np.where(valid, best, -1)


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value if len(value) <= _CELL_CHARACTERS else value[: _CELL_CHARACTERS - 1] + "…"
    if isinstance(value, (int, np.integer)):
        return int(value)
    if value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return str(value)
    number = float(value)
    return None if np.isnan(number) else number
