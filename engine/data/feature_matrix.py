"""Preprocessed rows that take little memory: one-hot features are written out when asked for."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class FeatureMatrix:
    """Rows of float32 features, of which one-hot ones are kept as the place of the only 1.

    `numbers` [rows, n] are the features at `places` [n]; `hot` int32 [rows, m] names for each of m
    columns the feature that is 1 in a row, -1 for none. `features` counts all of them.
    Indexing by positions of rows and `numpy.asarray` give plain arrays.
    """

    numbers: Numbers
    places: Places
    hot: npt.NDArray[np.int32]
    features: int

    dtype = np.dtype(np.float32)
    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features."""
        return len(self), self.features

    @property
    def plain_bytes(self) -> int:
        """What all of it would take as a plain array."""
        return 4 * len(self) * self.features

    @property
    def filled(self) -> int:
        """How many features of a row may be other than 0."""
        return int(self.numbers.shape[1] + self.hot.shape[1])

    def __len__(self) -> int:
        return int(self.numbers.shape[0])

    def __getitem__(self, rows: Any) -> Numbers:
        """The rows at the positions `rows`, of any shape: float32 [*shape of rows, features]."""
        index = np.asarray(np.arange(len(self))[rows] if isinstance(rows, slice) else rows)
        index = np.flatnonzero(index) if index.dtype == bool else index
        flat = index.ravel()
        found = np.zeros((len(flat), self.features), np.float32)
        found[:, self.places] = self.numbers[flat]
        hot = self.hot[flat]
        row, column = np.nonzero(hot >= 0)
        found[row, hot[row, column]] = 1.0
        return found.reshape(*index.shape, self.features)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if copy is False:
            raise ValueError("a plain array of preprocessed rows is always a copy")
        return self[:].astype(dtype or np.float32, copy=False)

    def take(self, rows: Places) -> Self:
        """The rows at the positions `rows`, kept the same way."""
        return replace(self, numbers=self.numbers[rows], hot=self.hot[rows])

    def select(self, features: Places) -> Self:
        """Only the features at these places, in this order, as plain numbers."""
        numbers = self.sparse()[:, features].toarray()
        none = np.empty((len(self), 0), np.int32)
        return replace(
            self, numbers=numbers, places=np.arange(len(features)), hot=none, features=len(features)
        )

    def varying(self) -> npt.NDArray[np.bool_]:
        """Which features have more than one value, [features]."""
        ones = np.bincount(self.hot[self.hot >= 0], minlength=self.features)
        varies = (ones > 0) & (ones < len(self))
        varies[self.places] = self.numbers.min(axis=0) < self.numbers.max(axis=0)
        return varies

    def sparse(self) -> csr_array:
        """The same rows as a sparse matrix, float32 [rows, features], its places in order."""
        always = np.broadcast_to(self.places.astype(np.int32), self.numbers.shape)
        columns = np.hstack([always, self.hot])
        values = np.hstack([self.numbers, np.ones(self.hot.shape, np.float32)])
        # the features of one column lie beside each other, so that this is the order in every row
        order = np.argsort(columns.max(axis=0, initial=-1))
        columns, values = columns[:, order], values[:, order]
        there = columns >= 0
        ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
        # places and ends of one size, or SciPy takes the larger for both
        ends = ends.astype(np.int32 if ends[-1] < np.iinfo(np.int32).max else np.int64)
        return csr_array((values[there], columns[there], ends), shape=self.shape)

    def padded(self, features: int) -> Self:
        """With a row of zeros behind the last, and with zeros up to so many features."""
        return replace(
            self,
            numbers=np.pad(self.numbers, ((0, 1), (0, 0))),
            hot=np.pad(self.hot, ((0, 1), (0, 0)), constant_values=-1),
            features=features,
        )
