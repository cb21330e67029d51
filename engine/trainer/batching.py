"""Rows of a table in batches, laid out as the compiled programs take them."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from engine.data.feature_matrix import FeatureMatrix
from engine.trainer.seeds import SHUFFLE
from engine.trainer.shapes import VALIDATION_STEPS, Array, Shapes, padded_features

# a plain array is quicker to take rows from; larger ones are written out batch by batch
PLAIN_BYTES = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Rows:
    """A table with one row of zeros behind its last, for the places of a batch left over.

    x [rows + 1, padded features] float32, y [rows + 1] int32, weights
    [rows + 1] float32. A large table stays a `FeatureMatrix`, whose rows are the same to the bit.
    """

    x: Array | FeatureMatrix
    y: Array
    weights: Array
    count: int

    @classmethod
    def of(cls, x: Any, y: Any, weights: Any = None) -> Self:
        """Copy a table of [rows, features] numbers, [rows] labels from 0, and row weights."""
        count, features = x.shape
        padded = padded_features(features)
        if isinstance(x, FeatureMatrix) and x.plain_bytes > PLAIN_BYTES:
            x = x.padded(padded)
        else:
            x = np.pad(np.asarray(x, np.float32), ((0, 1), (0, padded - features)))
        w = np.ones(count, np.float32) if weights is None else np.asarray(weights, np.float32)
        return cls(
            x,
            np.pad(np.asarray(y, np.int32).reshape(-1), (0, 1)),
            np.pad(w.reshape(-1), (0, 1)),
            count,
        )


def permutation(seed: int, epoch: int, rows: int) -> Array:
    """The order of the rows in `epoch`, from `seed` alone."""
    generator = np.random.Generator(np.random.Philox(key=(seed & (2**64 - 1)) | (SHUFFLE << 64),
                                                     counter=epoch << 128))  # fmt: skip
    return generator.permutation(rows)


class Batches:
    """Fills the arrays of training calls; one for each training, not shared by threads."""

    def __init__(self, rows: Rows, shapes: Shapes, batch_size: int, seed: int) -> None:
        self.rows = rows
        self.size = batch_size
        self.per_epoch = -(-rows.count // batch_size)
        self._shapes = shapes
        self._seed = seed
        self._order: tuple[int, Array] = (-1, np.empty(0, np.int64))

    def fill(self, epoch: int, step: int, steps: int) -> tuple[Array, Array, Array, Array]:
        """Inputs, labels, weights and row counts of `steps` steps from (epoch, step) on.

        More steps than are left of the epoch continue with the next one.
        """
        s = self._shapes
        places = np.full((s.steps, s.batch), self.rows.count, np.int64)
        counts = np.zeros(s.steps, np.float32)
        done = 0
        while done < steps:
            take = min(steps - done, self.per_epoch - step)
            places[done : done + take, : self.size] = self._ordered(epoch)[step : step + take]
            counts[done : done + take] = self.size
            if step + take == self.per_epoch:
                counts[done + take - 1] = self.rows.count - self.size * (self.per_epoch - 1)
            done, step, epoch = done + take, 0, epoch + 1
        return self.rows.x[places], self.rows.y[places], self.rows.weights[places], counts

    def _ordered(self, epoch: int) -> Array:
        if self._order[0] != epoch:
            order = np.full(self.per_epoch * self.size, self.rows.count, np.int64)
            count = self.rows.count
            order[:count] = permutation(self._seed, epoch, count)
            self._order = (epoch, order.reshape(self.per_epoch, self.size))
        return self._order[1]


def validation_blocks(rows: Rows | None, shapes: Shapes) -> tuple[tuple[Array, ...], int]:
    """Arrays for the validation inside a training call, and how many blocks are used."""
    k, b = VALIDATION_STEPS, shapes.validation_batch
    rows = rows or Rows.of(np.zeros((0, shapes.features)), np.zeros(0))
    flat = np.full(k * b, rows.count, np.int64)
    flat[: rows.count] = np.arange(rows.count)
    places = flat.reshape(k, b)
    counts = np.clip(rows.count - np.arange(k) * b, 0, b).astype(np.float32)
    return (rows.x[places], rows.y[places], rows.weights[places], counts), -(-rows.count // b)
