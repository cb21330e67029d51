"""Made-up rows of two features: what depth, width and penalties do can be seen in them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.datasets import make_blobs, make_circles, make_moons

from engine.specs.kinds.playground import ToyData, ToyShape

Points = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
COLUMNS = ("x", "y")
CLASSES = ("a", "b", "c")
_CENTRES = ((-2.0, -1.2), (2.0, -1.2), (0.0, 2.0))
# standard deviation of a blob without noise, and times that a spiral turns
_BLOB, _TURNS = 0.4, 1.5


def _circles(rows: int, noise: float, seed: int) -> Any:
    return make_circles(rows, noise=noise, factor=0.5, random_state=seed)


def _moons(rows: int, noise: float, seed: int) -> Any:
    return make_moons(rows, noise=noise, random_state=seed)


def _blobs(rows: int, noise: float, seed: int) -> Any:
    return make_blobs(rows, centers=_CENTRES, cluster_std=_BLOB + noise, random_state=seed)


def _spirals(rows: int, noise: float, seed: int) -> Any:
    """Two arms that wind around each other, a point of each in turn."""
    rng = np.random.default_rng(seed)
    arm = np.arange(rows) % 2
    # as many points on each piece of an arm's length, about
    along = np.sqrt(rng.uniform(0.02, 1.0, rows))
    angle = 2 * np.pi * _TURNS * along + np.pi * arm
    points = 3 * along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + rng.normal(0, noise, points.shape), arm


def _xor(rows: int, noise: float, seed: int) -> Any:
    """Four quarters of a square, opposite ones of one class."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (rows, 2))
    labels = (points[:, 0] * points[:, 1] > 0).astype(np.int64)
    return points + rng.normal(0, noise, points.shape), labels


_MAKERS: dict[ToyShape, Callable[[int, float, int], Any]] = {
    "circles": _circles, "moons": _moons, "spirals": _spirals, "blobs": _blobs, "xor": _xor,
}  # fmt: skip


def toy_rows(toy: ToyData, noise: float) -> tuple[Points, Labels]:
    """Points [rows, 2] and their classes from 0; `noise` is a standard deviation in their units.

    Of blobs it is added to the one that they have anyway.
    """
    points, labels = _MAKERS[toy.shape](toy.rows, noise, toy.seed)
    return np.asarray(points, np.float64), np.asarray(labels, np.int64)


def toy_csv(toy: ToyData, noise: float) -> str:
    """The same rows as a CSV file with the columns x, y and class."""
    points, labels = toy_rows(toy, noise)
    lines = (f"{x:.6g},{y:.6g},{CLASSES[c]}" for (x, y), c in zip(points, labels, strict=True))
    return "\n".join(["x,y,class", *lines, ""])
