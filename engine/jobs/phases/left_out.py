"""What networks without a part of the training rows have said, while a repeat is under way."""

import io
import threading
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from engine.jobs.phases.checkpoint import readable


@dataclass
class LeftOut:
    """Of each part the validation loss without it, and of its rows the probabilities of classes.

    `loss` float64 [parts] and `probabilities` float32 [rows, classes] are NaN where nothing is
    known yet. Rows in no part stay so.
    """

    loss: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float32]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, parts: int, rows: int, classes: int, body: bytes | None) -> Self:
        """Nothing yet, or what a checkpoint holds; raises EngineError where it cannot be read."""
        if body is None:
            return cls(np.full(parts, np.nan), np.full((rows, classes), np.nan, np.float32))
        with readable(), np.load(io.BytesIO(body), allow_pickle=False) as file:
            found = cls(file["loss"], file["probabilities"])
            if found.loss.shape != (parts,) or found.probabilities.shape != (rows, classes):
                raise ValueError("the shapes are another table's")
            return found

    @property
    def missing(self) -> list[int]:
        """The parts that are not known yet."""
        return [int(part) for part in np.flatnonzero(np.isnan(self.loss))]

    @property
    def done(self) -> int:
        """How many parts are known."""
        return int(np.isfinite(self.loss).sum())

    def add(
        self,
        part: int,
        rows: npt.NDArray[np.int64],
        probabilities: npt.NDArray[np.float32],
        loss: float,
    ) -> None:
        """What the network without these rows says; for any thread."""
        with self._lock:
            if len(rows):
                self.probabilities[rows] = probabilities
            self.loss[part] = loss

    def to_bytes(self) -> bytes:
        """As a checkpoint, in NumPy's archive format; for any thread."""
        file = io.BytesIO()
        with self._lock:
            np.savez_compressed(
                file, allow_pickle=False, loss=self.loss, probabilities=self.probabilities
            )
        return file.getvalue()
