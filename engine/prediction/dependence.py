"""How a run's probabilities depend on one column: partial dependence, and single rows.

Friedman 2001, "Greedy function approximation"; of single rows Goldstein, Kapelner, Bleich and
Pitkin 2015, "Peeking inside the black box". The grid and the averages are those of scikit-learn's
`partial_dependence` by brute force.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats.mstats import mquantiles

from engine.data.preprocessing.preprocessor import CategoryColumn, Column, DatetimeColumn
from engine.data.types import categories_of, codes_of
from engine.prediction.column_blocks import blocks_of
from engine.prediction.explanation import drawn
from engine.prediction.fitted_run import FittedRun
from engine.prediction.importance import Progress, rows_within_bounds
from engine.prediction.network import Numbers
from engine.prediction.opened_run import OpenedRun
from engine.prediction.typed_row import cell_text
from engine.results.explanation import ClassDependence, Dependence

# values of the grid; a column that has fewer is set to each of them
GRID, MOST_CATEGORIES = 50, 50
ENDS = 0.05, 0.95
# what is told of: more curves than these cannot be told apart
CLASSES, INDIVIDUAL = 8, 30
# rows times features that are predicted at once
_AT_ONCE = 2_000_000


def dependence(known: OpenedRun, name: str, progress: Progress) -> Dependence:
    """The probabilities with the column set to each value of a grid, all else as it is.

    On all validation rows or as many as take seconds. `progress` is called with the fraction that
    is done, and may raise. Raises EngineError where there are no validation rows.
    """
    fitted, table = known.fitted, known.own.table
    there = known.validation_rows
    rows = drawn(there, rows_within_bounds(fitted, len(there), GRID), 0)
    column = next(own for own in fitted.preprocessor.columns if own.name == name)
    block = next(own for own in blocks_of(fitted.preprocessor) if own.name == name)
    grid = _grid(column, table.frame[name].iloc[rows])
    values = _preprocessed(column, grid)
    x = fitted.preprocessor.apply(table.frame, rows)
    average = np.zeros((len(grid), len(fitted.classes)))
    size = max(1, _AT_ONCE // (len(grid) * x.features))
    for start in range(0, len(rows), size):
        progress(start / len(rows))
        own = _curves(fitted, block.set_to(x[start : start + size], values), len(grid))
        average += own.sum(axis=0, dtype=np.float64) / len(rows)
    single = x[drawn(np.arange(len(rows)), INDIVIDUAL, 0)]
    curves = _curves(fitted, block.set_to(single, values), len(grid)).astype(np.float64)
    # the classes whose average moves most, in their own order
    moves = average.max(axis=0) - average.min(axis=0)
    shown = np.sort(np.argsort(-moves, kind="stable")[:CLASSES])
    return Dependence(
        name=name,
        type=column.type,
        grid=tuple(map(_text, grid)),
        numbers=() if isinstance(column, CategoryColumn) else _numbers(grid),
        classes=tuple(
            ClassDependence(
                label=fitted.classes[code],
                average=tuple(average[:, code].tolist()),
                individual=tuple(map(tuple, curves[:, :, code].tolist())),
            )
            for code in shown.tolist()
        ),
        of_classes=len(fitted.classes),
        rows=len(rows),
        of_rows=len(there),
    )


def _curves(fitted: FittedRun, x: Numbers, grid: int) -> Numbers:
    """The probabilities of each row at each value of the grid, [rows, grid, classes]."""
    return fitted.of_array(x).reshape(-1, grid, len(fitted.classes))


def _text(value: Any) -> str:
    """A value of the grid; one between those of the data with as many digits as tell it apart."""
    return f"{value:.5g}" if isinstance(value, float) else cell_text(value)


def _grid(column: Column, cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """The values that the column is set to, from those of the rows; missing ones are none."""
    if isinstance(column, CategoryColumn):
        often = np.bincount(codes_of(cells)[codes_of(cells) >= 0], minlength=1)
        texts = categories_of(cells)
        most = np.sort(np.argsort(-often, kind="stable")[:MOST_CATEGORIES])
        found = [texts[code] for code in most.tolist() if code < len(texts) and often[code]]
        return pd.Series(pd.Categorical(found or list(column.levels[:1])))
    known = cells.dropna()
    uniques = known.drop_duplicates().sort_values().reset_index(drop=True)
    if len(uniques) < GRID:
        return uniques
    if isinstance(column, DatetimeColumn):
        places = np.linspace(*ENDS, GRID)
        return (
            known.quantile(places, interpolation="nearest").drop_duplicates().reset_index(drop=True)
        )
    low, high = mquantiles(known.to_numpy(np.float64), prob=ENDS)
    return pd.Series(np.linspace(low, high, GRID))


def _preprocessed(column: Column, grid: "pd.Series[Any]") -> Numbers:
    """The column's features at each value of the grid, [grid, features]."""
    if isinstance(column, CategoryColumn) and column.encoding == "one_hot":
        places = np.arange(len(column.feature_names))
        return np.equal(column.hot(grid)[:, None], places).astype(np.float32)
    return column.numbers(grid).astype(np.float32)


def _numbers(grid: "pd.Series[Any]") -> tuple[float, ...]:
    """Numbers as they are, moments in seconds."""
    if pd.api.types.is_datetime64_dtype(grid.dtype):
        return tuple(grid.astype("datetime64[s]").astype(np.int64).astype(float).tolist())
    return tuple(grid.to_numpy(np.float64).tolist())
