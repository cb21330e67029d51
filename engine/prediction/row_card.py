"""Rows of a run's data one by one: of a cell of the confusion matrix, and a row beside others."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.feature_matrix import FeatureMatrix
from engine.data.preprocessing.preprocessor import CategoryColumn, Column
from engine.errors import EngineError
from engine.prediction.importance import Progress
from engine.prediction.opened_run import OpenedRun
from engine.prediction.typed_row import cell_text
from engine.results.predictions import Predictions, SetName, predicted_class
from engine.results.row_card import CardColumn, CellRow, CellRows, ClassValues, Neighbour, RowCard

# listed of a cell, and their columns
ROWS, COLUMNS = 1_000, 50
CARD_COLUMNS, NEIGHBOURS = 200, 5
QUARTILES = 0.25, 0.5, 0.75
# rows that are preprocessed at once
_AT_ONCE = 50_000


def kept_predictions(known: OpenedRun) -> Predictions:
    """What the run said of each row; raises EngineError where it has kept nothing of it."""
    if known.predictions is None:
        run = known.fitted.record.id
        raise EngineError(
            f"The predictions of run {run} were not kept, or were pruned.",
            f"'penguin-tui rerun {run}' makes them again.",
        )
    return known.predictions


def cell_rows(known: OpenedRun, data_set: SetName, actual: int, predicted: int) -> CellRows:
    """The rows behind a cell, the most probable first; raises EngineError where none were kept."""
    kept = kept_predictions(known)
    own = kept.sets.get(data_set)
    if own is None:
        raise EngineError(
            "The predictions of this set were not kept: there are too many of them.",
            "penguin-tui predict writes those of any file.",
        )
    found = [
        (row, probabilities[predicted], probabilities[actual])
        for row, code, probabilities in own.each()
        if code == actual and predicted_class(probabilities) == predicted
    ]
    found.sort(key=lambda one: -one[1])
    columns = known.fitted.columns[:COLUMNS]
    return CellRows(
        data_set=data_set,
        actual=kept.classes[actual],
        predicted=kept.classes[predicted],
        total=len(found),
        columns=columns,
        rows=tuple(
            CellRow(row=row, of_predicted=sure, of_actual=right, cells=_cells(known, row, columns))
            for row, sure, right in found[:ROWS]
        ),
    )


def row_card(known: OpenedRun, row: int, progress: Progress) -> RowCard:
    """All about a row; `progress` is called with the fraction that is done, and may raise."""
    kept, table = kept_predictions(known), known.own.table
    data_set, actual, probabilities = _said(kept, row)
    place = _place(known, row)
    columns = known.fitted.preprocessor.columns[:CARD_COLUMNS]
    code = predicted_class(probabilities)
    names = tuple(column.name for column in columns)
    return RowCard(
        row=row,
        data_set=data_set,
        actual=kept.classes[actual],
        predicted="" if code is None else kept.classes[code],
        labels=kept.classes,
        probabilities=probabilities,
        columns=tuple(_column(known, column, place) for column in columns),
        of_columns=len(known.fitted.columns),
        neighbours=tuple(
            Neighbour(
                row=int(table.rows[near]),
                label=table.classes[table.codes[near]],
                distance=distance,
                cells=_cells(known, int(table.rows[near]), names),
            )
            for near, distance in _nearest(known, place, progress)
        ),
    )


def _said(kept: Predictions, row: int) -> tuple[SetName, int, tuple[float, ...]]:
    for name, own in kept.sets.items():
        for number, actual, probabilities in own.each():
            if number == row:
                return name, actual, probabilities
    raise EngineError(f"The run has kept no prediction of row {row:,}.")


def _place(known: OpenedRun, row: int) -> int:
    """Where a data row of the file stands in the table, which has those with a label."""
    return int(np.searchsorted(known.own.table.rows, row))


def _cells(known: OpenedRun, row: int, names: tuple[str, ...]) -> tuple[str, ...]:
    frame, place = known.own.table.frame, _place(known, row)
    return tuple(cell_text(frame[name].iloc[place]) for name in names)


def _column(known: OpenedRun, column: Column, place: int) -> CardColumn:
    """The row's cell, beside the training rows of each class."""
    table, name = known.own.table, column.name
    training = known.own.training
    cells, codes = table.frame[name][training], table.codes[training]
    own = table.frame[name].iloc[place]
    classes = (cells[codes == code] for code in range(len(table.classes)))
    find = _fraction if isinstance(column, CategoryColumn) else _quartiles
    return CardColumn(
        name=name, cell=cell_text(own), classes=tuple(find(rows, own) for rows in classes)
    )


def _fraction(rows: "pd.Series[Any]", own: Any) -> ClassValues:
    same = rows.isna() if pd.isna(own) else rows.astype("str") == str(own)
    return ClassValues(fraction=float(same.mean()) if len(rows) else 0.0)


def _quartiles(rows: "pd.Series[Any]", own: Any) -> ClassValues:
    there = rows.dropna()
    if there.empty:
        return ClassValues()
    low, middle, high = there.quantile(list(QUARTILES), interpolation="nearest")
    return ClassValues(middle=cell_text(middle), low=cell_text(low), high=cell_text(high))


# -- what is near ---------------------------------------------------------------------------------


def _nearest(known: OpenedRun, place: int, progress: Progress) -> list[tuple[int, float]]:
    """Places and distances of the nearest training rows, the row itself left out."""
    rows = np.flatnonzero(known.own.training)
    rows = rows[rows != place]
    fitted, frame = known.fitted.preprocessor, known.own.table.frame
    own = fitted.apply(frame, np.array([place]))
    found: list[tuple[int, float]] = []
    for start, part in _blocks(rows):
        progress(start / len(rows))
        squares = _squares(fitted.apply(frame, part), own)
        near = np.argsort(squares, kind="stable")[:NEIGHBOURS]
        found += [(int(part[i]), float(np.sqrt(squares[i]))) for i in near]
    return sorted(found, key=lambda one: one[1])[:NEIGHBOURS]


def _blocks(rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield start, rows[start : start + _AT_ONCE]


def _squares(x: FeatureMatrix, own: FeatureMatrix) -> npt.NDArray[np.float64]:
    """Squared distances of the rows to a single one; a category that differs is two ones apart."""
    apart = x.numbers.astype(np.float64) - own.numbers[0]
    found: npt.NDArray[np.float64] = np.square(apart).sum(axis=1)
    differs = x.hot != own.hot[0]
    for there in (x.hot >= 0, own.hot[0] >= 0):
        found += (differs & there).sum(axis=1)
    return found
