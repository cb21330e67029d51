"""What a run's predictions rest on: which columns matter, and which stand for each other."""

import numpy as np
import numpy.typing as npt

from engine.prediction import correlated_columns
from engine.prediction.column_blocks import blocks_of
from engine.prediction.importance import Progress, importances, rows_within_bounds
from engine.prediction.opened_run import OpenedRun
from engine.results.explanation import Explanation


def explanation(known: OpenedRun, repeats: int, seed: int, progress: Progress) -> Explanation:
    """The importance of every column, on all validation rows or as many as take seconds.

    `progress` is called with the fraction that is done, and may raise. Raises EngineError where
    there are no validation rows.
    """
    fitted, table = known.fitted, known.own.table
    there = known.validation_rows
    rows = drawn(there, rows_within_bounds(fitted, len(there), repeats), seed)
    x = fitted.preprocessor.apply(table.frame, rows)
    accuracy, found = importances(fitted, x, table.codes[rows], repeats, seed, progress)
    training = drawn(np.flatnonzero(known.own.training), correlated_columns.MOST_ROWS, seed)
    pairs, left_out = correlated_columns.correlated(
        fitted.preprocessor.apply(table.frame, training), list(blocks_of(fitted.preprocessor))
    )
    return Explanation(
        run=fitted.record.id,
        rows=len(rows),
        of_rows=len(there),
        repeats=repeats,
        accuracy=accuracy,
        columns=tuple(sorted(found, key=lambda own: -own.fall.mean)),
        correlated=pairs,
        correlations_of=left_out,
    )


def drawn(rows: npt.NDArray[np.int64], most: int, seed: int) -> npt.NDArray[np.int64]:
    """The rows, or as many as `most` of them drawn at random, in their order."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
