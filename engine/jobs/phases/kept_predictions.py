"""What a classifier says of each row, kept with the run."""

from array import array
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.datasets import Dataset
from engine.results.predictions import (
    LIMIT_BYTES,
    PREDICTIONS,
    Predictions,
    SetName,
    SetPredictions,
    sets_to_keep,
)
from engine.runs.reporter import Artefact, Reporter


def keep_predictions(
    classes: tuple[str, ...],
    sets: Mapping[SetName, Dataset],
    predicted: Mapping[SetName, npt.NDArray[np.floating[Any]]],
    reporter: Reporter,
) -> None:
    """Keep the probabilities [rows, classes] of each set, unless they are too many."""
    kept = sets_to_keep({name: len(own.y) for name, own in sets.items()}, len(classes))
    if left_out := [name for name in sets if name not in kept]:
        called = " and ".join({"train": "training"}.get(name, name) for name in left_out)
        reporter.note(
            f"The predictions of the {called} rows are not kept: all of them would take more than"
            f" {LIMIT_BYTES // 2**20} MiB."
        )
    own = {name: _columns(sets[name], predicted[name]) for name in kept}
    reporter.emit(Artefact(PREDICTIONS, Predictions(classes, own).to_bytes()))


def _columns(own: Dataset, probabilities: npt.NDArray[np.floating[Any]]) -> SetPredictions:
    order = np.argsort(own.rows)
    return SetPredictions(
        rows=array("I", own.rows[order].astype(np.uint32).tobytes()),
        actual=array("I", own.y[order].astype(np.uint32).tobytes()),
        probabilities=array("f", probabilities[order].astype(np.float32).tobytes()),
    )
