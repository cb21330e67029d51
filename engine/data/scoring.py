"""How well probabilities classify: scores, confusion counts, and the rows that went wrong."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from engine.data.load import Table
from engine.data.preprocess import Part
from engine.errors import EngineError
from engine.results import Cell, ClassScore, Matrix, Misclassified, PartScore, wilson

Labels = npt.NDArray[np.integer[Any]]
Probabilities = npt.NDArray[np.floating[Any]]

# the least probability that counts in the log loss, as in Keras
_EPSILON = 1e-7
# characters of a cell that are kept with a misclassified row
_CELL_CHARACTERS = 200


def score_part(y: Labels, probabilities: Probabilities, class_names: tuple[str, ...]) -> PartScore:
    """Accuracy with its Wilson interval, F1, log loss, and figures of each class.

    y int [rows], probabilities float [rows, classes]; there is one row at
    least. A row with a probability that is no number counts as wrong, and as
    having none for its class. Macro F1 is the mean over the classes that have
    rows or predictions; precision, recall and F1 are 0 where undefined
    (`sklearn.metrics.precision_recall_fscore_support`).
    """
    predicted = _predicted(y, probabilities)
    labels = np.arange(len(class_names))
    # -1, a prediction that is none, lies outside of `labels` and lowers recall alone
    figures = precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0.0)
    precision, recall, f1, rows = (np.asarray(column) for column in figures)
    present = (rows > 0) | np.isin(labels, predicted)
    own = np.nan_to_num(probabilities[np.arange(len(y)), y].astype(np.float64), nan=0.0)
    return PartScore(
        rows=len(y),
        accuracy=wilson(int((predicted == y).sum()), len(y)),
        macro_f1=float(f1[present].mean()) if present.any() else 0.0,
        log_loss=float(-np.log(np.clip(own, _EPSILON, 1.0)).mean()),
        classes=tuple(
            ClassScore(
                label=name,
                precision=float(precision[i]),
                recall=float(recall[i]),
                f1=float(f1[i]),
                rows=int(rows[i]),
            )
            for i, name in enumerate(class_names)
        ),
    )


def confusion_counts(y: Labels, probabilities: Probabilities, classes: int) -> Matrix:
    """Counts [classes, classes], actual classes as rows, predicted ones as columns.

    A row whose probabilities are no numbers has no prediction and is in no cell.
    """
    predicted = _predicted(y, probabilities)
    valid = predicted >= 0
    if not valid.any():
        return tuple((0,) * classes for _ in range(classes))
    counts = confusion_matrix(y[valid], predicted[valid], labels=np.arange(classes))
    return tuple(tuple(int(n) for n in row) for row in counts)


def misclassified_rows(
    table: Table,
    part: Part,
    probabilities: Probabilities,
    name: Literal["train", "validation", "test"],
    limit: int = 200,
) -> list[Misclassified]:
    """The rows of a part that went wrong, surest mistakes first, `limit` at most.

    `values` are the features' cells as they stand in the table, texts cut at
    200 characters; `probability` is that of the class predicted.
    """
    predicted = _predicted(part.y, probabilities)
    wrong = np.flatnonzero((predicted != part.y) & (predicted >= 0))
    sure = probabilities[wrong, predicted[wrong]]
    wrong = wrong[np.argsort(-sure, kind="stable")][:limit]
    places = np.searchsorted(table.rows, part.rows[wrong])
    cells = table.frame.iloc[places][list(table.features)]
    values = [[_cell(value) for value in cells[feature]] for feature in table.features]
    return [
        Misclassified(
            row=int(part.rows[row]),
            split=name,
            actual=table.classes[int(part.y[row])],
            predicted=table.classes[int(predicted[row])],
            probability=float(probabilities[row, predicted[row]]),
            values={feature: values[j][i] for j, feature in enumerate(table.features)},
        )
        for i, row in enumerate(wrong)
    ]


def _predicted(y: Labels, probabilities: Probabilities) -> npt.NDArray[np.int64]:
    """The most probable class of each row, -1 where a probability is no number."""
    if len(y) == 0:
        raise EngineError("There are no rows to score.", "Give the part a larger share.")
    valid = np.asarray(np.isfinite(probabilities).all(axis=1), dtype=np.bool_)
    best = np.where(valid[:, None], probabilities, 0.0).argmax(axis=1)
    return np.where(valid, best, -1)


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value if len(value) <= _CELL_CHARACTERS else value[: _CELL_CHARACTERS - 1] + "…"
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = float(value)
    return None if np.isnan(number) else number
