"""The preprocessed features of each column of the data, changed together.

Preprocessing takes rows and columns one by one, so that permuting or setting a column of the table
comes to the same as permuting or setting its features.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.data.feature_matrix import FeatureMatrix, Numbers
from engine.data.preprocessing.preprocessor import Preprocessor

Order = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ColumnBlock:
    """The features of the column `name`: those from `start` up to `end`."""

    name: str
    start: int
    end: int

    @property
    def features(self) -> int:
        """How many there are."""
        return self.end - self.start

    def reordered(self, x: FeatureMatrix, orders: Order) -> FeatureMatrix:
        """The rows of `x` once for each of `orders` [orders, rows], with this column so ordered."""
        copies, rows = orders.shape
        base, other = np.tile(np.arange(rows), copies), orders.ravel()
        numbers, hot = x.numbers[base], x.hot[base]
        # a column's features are all numbers or one place of `hot`
        own = (x.places >= self.start) & (x.places < self.end)
        numbers[:, own] = x.numbers[other][:, own]
        if not own.any():
            inside = (x.hot >= self.start) & (x.hot < self.end)
            column = inside.any(axis=0)
            hot[:, column] = x.hot[other][:, column]
        return replace(x, numbers=numbers, hot=hot)

    def set_to(self, x: Numbers, values: Numbers) -> Numbers:
        """Each row of `x` [rows, features] with each of `values` [values, own features] there.

        [rows · values, features], row after row.
        """
        found = np.repeat(x, len(values), axis=0)
        found[:, self.start : self.end] = np.tile(values, (len(x), 1))
        return found


def blocks_of(fitted: Preprocessor) -> Iterator[ColumnBlock]:
    """The block of each column, in their order."""
    start = 0
    for column in fitted.columns:
        end = start + len(column.feature_names)
        yield ColumnBlock(column.name, start, end)
        start = end
