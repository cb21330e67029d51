"""What a classifier says of each row: one compressed file, kept with the run.

The file is a line of JSON (classes, and the number of rows of each set), then of each set its three
columns. Nothing is unpickled.
"""

import json
import math
import zlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal, Self

SetName = Literal["train", "validation", "test"]
# the file's name among what a run has left
PREDICTIONS = "predictions.bin"
# of all sets together, before they are compressed
LIMIT_BYTES = 32 * 2**20
# the sets that are kept first where not all fit: choices are judged by validation
_FIRST: tuple[SetName, ...] = ("validation", "test", "train")
_ITEM_BYTES = 4


@dataclass(frozen=True, slots=True)
class SetPredictions:
    """One set of rows: `rows` counts the data rows of the file from 1, as the split does.

    They rise. `rows` and `actual` (codes of the classes) are uint32 [rows], `probabilities` float32
    [rows · classes], row after row.
    """

    rows: "array[int]"
    actual: "array[int]"
    probabilities: "array[float]"

    def each(self) -> Iterator[tuple[int, int, tuple[float, ...]]]:
        """Number, actual class and probabilities of every row."""
        classes = len(self.probabilities) // max(1, len(self.rows))
        of_rows = zip(*[iter(self.probabilities)] * classes, strict=True)
        return zip(self.rows, self.actual, of_rows, strict=True)


@dataclass(frozen=True, slots=True)
class Predictions:
    """The predictions of the sets that were kept; `classes` are the labels by code."""

    classes: tuple[str, ...]
    sets: Mapping[SetName, SetPredictions]

    def to_bytes(self) -> bytes:
        """As it is stored."""
        head = {"classes": self.classes, "sets": {n: len(s.rows) for n, s in self.sets.items()}}
        columns = (
            column
            for own in self.sets.values()
            for column in (_steps(own.rows), own.actual, own.probabilities)
        )
        parts = [json.dumps(head).encode(), b"\n", *(column.tobytes() for column in columns)]
        return zlib.compress(b"".join(parts))

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """What `to_bytes` has made; raises ValueError of anything else."""
        try:
            head, _, columns = zlib.decompress(body).partition(b"\n")
        except zlib.error as error:
            raise ValueError("not compressed predictions") from error
        found = json.loads(head)
        classes = tuple(found["classes"])
        place, sets = 0, {}
        for name, rows in found["sets"].items():
            ends = [place + _ITEM_BYTES * rows * n for n in (1, 2, 2 + len(classes))]
            sets[name] = SetPredictions(
                rows=array("I", accumulate(array("I", columns[place : ends[0]]))),
                actual=array("I", columns[ends[0] : ends[1]]),
                probabilities=array("f", columns[ends[1] : ends[2]]),
            )
            place = ends[2]
        if place != len(columns):
            raise ValueError(f"{len(columns)} bytes of predictions, and not {place}")
        return cls(classes, sets)


def _steps(rows: "array[int]") -> "array[int]":
    """Each number less the one before: small, so that they compress."""
    return array("I", (row - before for before, row in pairwise((0, *rows))))


def predicted_class(probabilities: tuple[float, ...]) -> int | None:
    """The code of the most probable class; None where a probability is no number."""
    if not all(map(math.isfinite, probabilities)):
        return None
    return max(range(len(probabilities)), key=probabilities.__getitem__)


def sets_to_keep(rows: Mapping[SetName, int], classes: int) -> tuple[SetName, ...]:
    """The sets, of so many rows each, whose predictions together stay within `LIMIT_BYTES`."""
    kept, left = [], LIMIT_BYTES
    for name in _FIRST:
        if name in rows and size_of(rows[name], classes) <= left:
            left -= size_of(rows[name], classes)
            kept.append(name)
    return tuple(kept)


def size_of(rows: int, classes: int) -> int:
    """The bytes that the predictions of a set take before they are compressed."""
    return _ITEM_BYTES * rows * (2 + classes)
