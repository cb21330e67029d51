"""Rows of a table in batches, laid out as the compiled programs take them."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from engine.data.feature_matrix import FeatureMatrix
from engine.trainer import aligned
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
            table: Array | FeatureMatrix = x.padded(padded)
        else:
            table = np.zeros((count + 1, padded), np.float32)
            table[:count, :features] = x
        labels = np.zeros(count + 1, np.int32)
        labels[:count] = np.reshape(y, -1)
        own = np.zeros(count + 1, np.float32)
        own[:count] = 1.0 if weights is None else np.reshape(weights, -1)
        return cls(table, labels, own, count)

    def taken(self, places: Array, room: int) -> tuple[Array, Array, Array]:
        """Inputs, labels and weights at `places` [n, …], in arrays that have room for more.

        Their first axis is `room` long, of which n are written. Aligned for a compiled program.
        """
        found = []
        for table in (self.x, self.y, self.weights):
            own = aligned.empty((room, *places.shape[1:], *table.shape[1:]), table.dtype)
            if isinstance(table, FeatureMatrix):
                own[: len(places)] = table[places]
            else:
                # told to raise for a wrong place, NumPy fills a copy first
                np.take(table, places, axis=0, out=own[: len(places)], mode="clip")
            found.append(own)
        return found[0], found[1], found[2]


class RowOrder:
    """The order of the rows in each epoch, from `seed` alone; used by one thread at a time."""

    def __init__(self, seed: int) -> None:
        # made once: it asks the system for a seed of its own, for twice the time of 275 draws
        self._bits = np.random.Philox(key=(seed & (2**64 - 1)) | (SHUFFLE << 64))
        self._generator = np.random.Generator(self._bits)
        self._begun = self._bits.state

    def of(self, epoch: int, rows: int) -> Array:
        """The places of all `rows`, int64 [rows]."""
        self._begun["state"]["counter"][2] = epoch
        self._bits.state = self._begun
        return self._generator.permutation(rows)


class Batches:
    """Fills the arrays of training calls; one for each training, not shared by threads."""

    def __init__(self, rows: Rows, shapes: Shapes, batch_size: int, seed: int) -> None:
        self.rows = rows
        self.size = batch_size
        self.per_epoch = -(-rows.count // batch_size)
        self._shapes = shapes
        self._draws = RowOrder(seed)
        self._order: tuple[int, Array] = (-1, np.empty(0, np.int64))

    def fill(self, epoch: int, step: int, steps: int) -> tuple[Array, Array, Array, Array]:
        """Inputs, labels, weights and row counts of `steps` steps from (epoch, step) on.

        More steps than are left of the epoch continue with the next one.
        """
        s = self._shapes
        places = np.full((steps, s.batch), self.rows.count, np.int64)
        counts = np.zeros(s.steps, np.float32)
        done = 0
        while done < steps:
            take = min(steps - done, self.per_epoch - step)
            places[done : done + take, : self.size] = self._ordered(epoch)[step : step + take]
            counts[done : done + take] = self.size
            if step + take == self.per_epoch:
                counts[done + take - 1] = self.rows.count - self.size * (self.per_epoch - 1)
            done, step, epoch = done + take, 0, epoch + 1
        return *self.rows.taken(places, s.steps), counts

    def _ordered(self, epoch: int) -> Array:
        if self._order[0] != epoch:
            order = np.full(self.per_epoch * self.size, self.rows.count, np.int64)
            count = self.rows.count
            order[:count] = self._draws.of(epoch, count)
            self._order = (epoch, order.reshape(self.per_epoch, self.size))
        return self._order[1]


def validation_blocks(rows: Rows | None, shapes: Shapes) -> tuple[tuple[Array, ...], int]:
    """Arrays for the validation inside a training call, and how many blocks are used."""
    k, b = VALIDATION_STEPS, shapes.validation_batch
    rows = rows or Rows.of(np.zeros((0, shapes.features)), np.zeros(0))
    used = -(-rows.count // b)
    counts = np.zeros(k, np.float32)
    counts[:used] = b
    counts[used - 1 : used] = rows.count - b * (used - 1)
    found: list[Array] = []
    for table in (rows.x, rows.y, rows.weights):
        own = aligned.empty((k, b, *table.shape[1:]), table.dtype)
        flat = own.reshape(k * b, *table.shape[1:])
        flat[: rows.count] = table[: rows.count]
        flat[rows.count : used * b] = 0
        found.append(own)
    return (*found, counts), used
