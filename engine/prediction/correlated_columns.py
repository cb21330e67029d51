"""Columns that tell much of each other: permuting one of them leaves the other in its place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.feature_matrix import FeatureMatrix
from engine.prediction.column_blocks import ColumnBlock
from engine.results.explanation import CorrelatedColumns

# from here on a warning
CORRELATED = 0.8
# rows that are enough, and columns, features of all and features of one that are compared
MOST_ROWS, MOST_COLUMNS, MOST_FEATURES, OF_ONE = 5_000, 300, 2_000, 50
# rows for each feature of a column: with fewer, chance alone correlates
ROWS_FOR_FEATURE = 10

Basis = npt.NDArray[np.float64]


def correlated(
    x: FeatureMatrix, blocks: Sequence[ColumnBlock]
) -> tuple[tuple[CorrelatedColumns, ...], str]:
    """The pairs above `CORRELATED`, the strongest first, and a sentence unless all were compared.

    x are preprocessed training rows. The measure is the first canonical correlation of the two
    columns' features (Hotelling 1936): of two numbers Pearson's without its sign, of a category and
    a number the correlation ratio.
    """
    most = min(OF_ONE, len(x) // ROWS_FOR_FEATURE)
    compared = [own for own in blocks if own.features <= most][:MOST_COLUMNS]
    while sum(own.features for own in compared) > MOST_FEATURES:
        compared.pop()
    features = x.sparse().tocsc()
    bases = [_basis(features[:, own.start : own.end].toarray()) for own in compared]
    found = [
        CorrelatedColumns(first=compared[j].name, second=compared[i].name, correlation=value)
        for i in range(len(bases))
        for j in range(i)
        if (value := _correlation(bases[j], bases[i])) >= CORRELATED
    ]
    found.sort(key=lambda pair: -pair.correlation)
    left_out = len(blocks) - len(compared)
    said = f"{left_out:,} of {len(blocks):,} columns were not compared: too many, or too wide."
    return tuple(found), said if left_out else ""


def _basis(features: npt.NDArray[np.floating[Any]]) -> Basis:
    """An orthonormal basis of the centred features, [rows, rank]; of a constant column none."""
    centred = features - features.mean(axis=0, dtype=np.float64)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, values > 1e-9 * max(1.0, float(values.max(initial=0.0)))]


def _correlation(first: Basis, second: Basis) -> float:
    if not first.shape[1] or not second.shape[1]:
        return 0.0
    return min(1.0, float(np.linalg.norm(first.T @ second, 2)))
