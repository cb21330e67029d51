"""Checkpoints of a training: everything that decides how it goes on, as plain bytes.

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

import keras
import numpy as np

from engine.errors import EngineError
from engine.keras_adapter.network import Network, Snapshot
from engine.runs.reporter import Checkpoint, Reporter

# at most every few seconds, and never for more than a small share of the time
CHECKPOINT_SECONDS = 2.0
SHARE = 20.0


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
        shapes = [array.shape for array in network.get_weights()]
        with readable(), np.load(io.BytesIO(body), allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            slots, best = int(head["slots"]), bool(head["best"])
            if "figures" in file:
                if head["shapes"] != [list(shape) for shape in shapes]:
                    raise ValueError("the shapes are another network's")
                groups = _groups(file["figures"], shapes, 1 + slots + best)
            else:
                names = ["w", *(f"s{k}" for k in range(slots)), *(["b"] if best else [])]
                groups = [[file[f"{name}_{i}"] for i in range(len(shapes))] for name in names]
                _check(groups, shapes)
            return cls(
                epoch=int(head["epoch"]),
                snapshot=Snapshot(groups[0], groups[1 : 1 + slots], int(head["iterations"])),
                stopping=head["stopping"],
                best_weights=groups[-1] if best else None,
            )


def noted(body: bytes) -> dict[str, Any]:
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
            "Run it again from its beginning (a on the Runs screen).",
        ) from error


def _groups(figures: Any, shapes: Sequence[tuple[int, ...]], count: int) -> list[list[Any]]:
    """The arrays of `shapes`, `count` times one after the other."""
    sizes = [math.prod(shape) for shape in shapes] * count
    if figures.dtype != np.float32 or figures.shape != (sum(sizes),):
        raise ValueError("the figures are of another kind")
    parts = iter(np.split(figures, np.cumsum(sizes)[:-1]))
    return [[next(parts).reshape(shape) for shape in shapes] for _ in range(count)]


def _check(groups: Sequence[Sequence[Any]], shapes: Sequence[tuple[int, ...]]) -> None:
    """For checkpoints of 0.1.0, which have every array by itself."""
    for found in groups:
        if [array.shape for array in found] != list(shapes):
            raise ValueError("the shapes are another network's")
        if any(array.dtype != np.float32 for array in found):
            raise ValueError("the figures are of another kind")


class Checkpoints(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports checkpoints between epochs; has to be the last of the callbacks.

    With `earlier` the training goes on from there: fit it with
    `initial_epoch=earlier.epoch`.
    """

    # several short epochs may be trained in one call; a checkpoint waits for the last of them
    reads_logs_only = True

    def __init__(
        self,
        reporter: Reporter,
        trial: int,
        stopper: keras.callbacks.EarlyStopping | None,
        earlier: TrainState | None,
    ) -> None:
        super().__init__()
        self._reporter = reporter
        self._trial = trial
        self._stopper = stopper
        self._earlier = earlier
        self._wait_until = time.monotonic() + CHECKPOINT_SECONDS

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Go on from the earlier state; Keras has just reset early stopping's."""
        earlier, stopper = self._earlier, self._stopper
        if earlier is None or stopper is None or earlier.stopping is None:
            return
        for name, value in earlier.stopping.items():
            setattr(stopper, name, value)
        stopper.best_weights = earlier.best_weights
        if stopper.stopped_epoch:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report where the training is, if it is time to, or if it is about to end early."""
        training = self.model.training
        between = training is not None and (training.epoch, training.step) == (epoch + 1, 0)
        due = time.monotonic() >= self._wait_until or self._reporter.stopping
        if not (between and due) or not math.isfinite((logs or {}).get("loss", math.nan)):
            return
        begun = time.monotonic()
        body = self._state(epoch + 1).to_bytes()
        self._reporter.emit(Checkpoint(self._trial, epoch + 1, body))
        taken = time.monotonic() - begun
        self._wait_until = begun + max(CHECKPOINT_SECONDS, SHARE * taken)

    def _state(self, epoch: int) -> TrainState:
        stopper = self._stopper
        snapshot = self.model.snapshot()
        if stopper is None:
            return TrainState(epoch, snapshot)
        stopping = {
            "wait": stopper.wait,
            "best": None if stopper.best is None else float(stopper.best),
            "best_epoch": stopper.best_epoch,
            "stopped_epoch": stopper.stopped_epoch,
        }
        return TrainState(epoch, snapshot, stopping, stopper.best_weights)
