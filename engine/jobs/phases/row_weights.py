"""Rows with their weights, as trainings take them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.datasets import PreprocessedData, mean_of_one
from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows


def weighted_rows(spec: NetworkSpec, prepared: PreprocessedData) -> tuple[Rows, Rows]:
    """The training rows, weighted as `spec` says, and those early stopping looks at."""
    train, selection_set = prepared.train, prepared.selection_set
    weights = row_weights(spec, train.y, len(prepared.class_names), train.weights)
    return Rows.of(train.x, train.y, weights), Rows.of(selection_set.x, selection_set.y)


def row_weights(
    spec: NetworkSpec,
    y: npt.NDArray[Any],
    classes: int,
    own: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.float32] | None:
    """The weight of each row, [rows] float32; None where all rows count alike.

    `balanced` as scikit-learn has it: rows / (classes × rows of the class). `own` are weights of
    the rows themselves, by which that is multiplied.
    """
    if spec.class_weight == "none":
        return None if own is None else mean_of_one(own)
    rows = np.bincount(y, minlength=classes)
    of_class = np.array([len(y) / (classes * int(n)) if n else 0.0 for n in rows], np.float32)
    weights: npt.NDArray[np.float32] = of_class[y]
    if own is not None:
        weights = weights * mean_of_one(own)
    return weights
