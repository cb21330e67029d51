"""What every peer does, and how one is asked: a line of JSON for each measurement.

Imports NumPy alone: it is imported in the project's environment and in that of the peers.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
CLASSES: Final = 3
RATE: Final = 0.001
EPSILON: Final = 1e-7


@dataclass(frozen=True)
class Size:
    """A table and a network of dense ReLU layers, trained by Adam and validated each epoch.

    `fleet` is how many such networks are trained together, from seeds of their own.
    """

    rows: int
    validation_rows: int
    features: int
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    fleet: int

    @property
    def title(self) -> str:
        """In a table."""
        hidden = "/".join(map(str, self.hidden))
        return (
            f"{self.rows:,} × {self.features}, {hidden}, batch {self.batch}, {self.epochs} epochs"
        )


# the first is the post's
SIZES: Final = (
    Size(275, 69, 6, (100, 100), 16, 10, 24),
    Size(1_000, 250, 20, (64, 32), 32, 10, 24),
    Size(5_000, 1_250, 30, (128, 64), 64, 10, 8),
    Size(20_000, 5_000, 50, (256, 128), 128, 10, 4),
)


@dataclass(frozen=True)
class Data:
    """Training and validation rows: x [rows, features] float32, y [rows] int64."""

    x: Array
    y: Array
    xv: Array
    yv: Array


def data_of(size: Size) -> Data:
    """The same numbers for every peer."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(size.rows + size.validation_rows, size.features)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] > 0).astype(np.int64) + (x[:, 2] > 0)
    n = size.rows
    return Data(x[:n], y[:n], x[n:], y[n:])


# (size, data, seeds) -> trains one network for each seed, and returns their last validation
# accuracies
Train = Callable[[Size, Data, list[int]], list[float]]
# prepares what is prepared once, and says how; None where a peer has no way to train a fleet
Prepare = Callable[[Size, Data, bool], Callable[[list[int]], list[float]] | None]


def answer(prepare: Prepare, versions: dict[str, str]) -> None:
    """Say the versions, then train whenever a line of standard input says what, until it ends.

    The first answer for a size comes after a training that is not counted: compiling is no part of
    the comparison.
    """
    print(json.dumps(versions), flush=True)
    ready: dict[Any, Any] = {}
    for number, line in enumerate(sys.stdin):
        index, fleet = json.loads(line)
        size = SIZES[index]
        if (index, fleet) not in ready:
            ready[index, fleet] = prepare(size, data_of(size), fleet)
            if ready[index, fleet] is not None:
                ready[index, fleet](list(range(size.fleet if fleet else 1)))
        train = ready[index, fleet]
        if train is None:
            print("null", flush=True)
            continue
        seeds = [1_000 * number + k for k in range(size.fleet if fleet else 1)]
        wall, cpu = time.perf_counter(), time.process_time()
        accuracies = train(seeds)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        each = len(seeds)
        found = {"wall": wall / each, "cpu": cpu / each, "accuracy": float(np.mean(accuracies))}
        print(json.dumps(found), flush=True)
