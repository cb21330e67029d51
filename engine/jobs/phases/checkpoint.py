"""Checkpoints of a training: everything that decides how it resumes, as plain bytes.

Random draws depend on seed, epoch and step alone, so that weights, optimizer
state, steps done, epochs done and the state of early stopping are all there is.
The bytes are NumPy's archive format, read without pickle: a head in JSON, and all
figures one after the other.
"""

import io
import json
import math
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.runs.reporter import Checkpoint, Reporter
from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.network import Network
from engine.trainer.training import Figures, Snapshot, Training

# at most every few seconds, and never for more than a twentieth of the time
CHECKPOINT_SECONDS = 2.0
FREQUENCY = 20.0


@dataclass(frozen=True, eq=False)
class TrainState:
    """A training after `epoch` epochs.

    `stopping` is early stopping's state, or what else a job notes of it as JSON;
    `best_weights` are those of the best epoch, where they are kept.
    """

    epoch: int
    snapshot: Snapshot
    stopping: dict[str, Any] | None = None
    best_weights: list[Any] | None = None

    def to_bytes(self) -> bytes:
        """The state as the store keeps it."""
        head = {
            "epoch": self.epoch,
            "iterations": self.snapshot.iterations,
            "slots": len(self.snapshot.slots),
            "stopping": self.stopping,
            "best": self.best_weights is not None,
            "shapes": [array.shape for array in self.snapshot.weights],
        }
        groups = [self.snapshot.weights, *self.snapshot.slots, self.best_weights or []]
        flat = [np.asarray(array).ravel() for group in groups for array in group]
        file = io.BytesIO()
        np.savez(
            file,
            allow_pickle=False,
            head=np.frombuffer(json.dumps(head).encode(), np.uint8),
            figures=np.concatenate(flat),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes, network: Network) -> "TrainState":
        """Read what `to_bytes` wrote for the same network; `EngineError` on anything else."""
        shapes = [array.shape for array in network.weights]
        with readable(), np.load(io.BytesIO(body), allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            slots, best = int(head["slots"]), bool(head["best"])
            if head["shapes"] != [list(shape) for shape in shapes]:
                raise ValueError("the shapes are another network's")
            groups = _groups(file["figures"], shapes, 1 + slots + best)
            return cls(
                epoch=int(head["epoch"]),
                snapshot=Snapshot(groups[0], groups[1 : 1 + slots], int(head["iterations"])),
                stopping=head["stopping"],
                best_weights=groups[-1] if best else None,
            )


def note_of(body: bytes) -> dict[str, Any]:
    """What a job has noted in a checkpoint (`TrainState.stopping`); needs no network."""
    with readable(), np.load(io.BytesIO(body), allow_pickle=False) as file:
        return dict(json.loads(file["head"].tobytes())["stopping"])


@contextmanager
def readable() -> Iterator[None]:
    """Whatever is wrong with a checkpoint is an `EngineError`."""
    try:
        yield
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise EngineError(
            "The checkpoint of this run cannot be read.",
            "Rerun it from its beginning (r on the Runs screen).",
        ) from error


def _groups(figures: Any, shapes: Sequence[tuple[int, ...]], count: int) -> list[list[Any]]:
    """The arrays of `shapes`, `count` times one after the other."""
    sizes = [math.prod(shape) for shape in shapes] * count
    if figures.dtype != np.float32 or figures.shape != (sum(sizes),):
        raise ValueError("the figures are of another kind")
    parts = iter(np.split(figures, np.cumsum(sizes)[:-1]))
    return [[next(parts).reshape(shape) for shape in shapes] for _ in range(count)]


class Checkpoints(Callback):
    """Reports checkpoints between epochs; has to be the last of the callbacks."""

    def __init__(self, reporter: Reporter, trial: int, stopping: EarlyStopping) -> None:
        self._reporter, self._trial, self._stopping = reporter, trial, stopping
        self._wait_until = time.monotonic() + CHECKPOINT_SECONDS

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Report where the training is, if it is time to, or if it is about to end early."""
        due = time.monotonic() >= self._wait_until or self._reporter.stopping
        if not (due and figures) or not math.isfinite(figures[-1].loss):
            return
        begun = time.monotonic()
        stopping = self._stopping
        state = TrainState(
            training.epoch,
            training.snapshot(),
            stopping.state.to_json() if stopping.spec is not None else None,
            stopping.best_weights(training),
        )
        self._reporter.emit(Checkpoint(self._trial, training.epoch, state.to_bytes()))
        duration = time.monotonic() - begun
        self._wait_until = begun + max(CHECKPOINT_SECONDS, FREQUENCY * duration)
