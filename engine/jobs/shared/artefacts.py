"""What jobs that train networks share: row weights, figures by name, what is kept."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.preprocess import Prepared
from engine.jobs.shared.tempdirs import temporary_folder
from engine.keras_adapter.fleet import Trained
from engine.keras_adapter.network import Network
from engine.runs.reporter import Artefact, Reporter
from engine.specs import NetworkSpec
from engine.trainer.training import Figures


def class_weights(spec: NetworkSpec, y: npt.NDArray[Any], classes: int) -> dict[int, float] | None:
    """Weights n / (classes × rows of the class), as scikit-learn's `balanced`; None for none."""
    if spec.class_weight == "none":
        return None
    rows = np.bincount(y, minlength=classes)
    return {i: len(y) / (classes * int(n)) for i, n in enumerate(rows) if n}


def row_weights(
    spec: NetworkSpec, y: npt.NDArray[Any], classes: int
) -> npt.NDArray[np.float32] | None:
    """The class weight of each row, [rows]; None where all rows count alike."""
    weights = class_weights(spec, y, classes)
    if weights is None:
        return None
    return np.array([weights[int(label)] for label in y], np.float32)


def figures_by_name(figures: Figures) -> dict[str, float]:
    """The figures of an epoch by the names of `events.COLUMNS`, in their order."""
    return {
        "loss": figures.loss,
        "accuracy": figures.accuracy,
        "val_loss": math.nan if figures.val_loss is None else figures.val_loss,
        "val_accuracy": math.nan if figures.val_accuracy is None else figures.val_accuracy,
        "learning_rate": figures.learning_rate,
    }


def used_settings(trained: Trained) -> dict[str, Any]:
    """What a training of a fleet really used, read from the training and not from its spec."""
    training = trained.training
    if training is None:
        return {}
    kernels = training.weights()[::2]
    rates = [figures.learning_rate for figures in trained.figures]
    return {
        "hidden_layers": [int(kernel.shape[1]) for kernel in kernels[:-1]],
        "batch_size": training.batch_size,
        "steps": training.iterations,
        "epochs": len(trained.figures),
        "learning_rate": rates[0] if rates else None,
    }


def keep(network: Network, prepared: Prepared, reporter: Reporter) -> None:
    """Leave the trained network as a plain `.keras` file, and what it needs of the data."""
    with temporary_folder() as folder:
        path = Path(folder) / "model.keras"
        network.save(path)
        reporter.emit(Artefact("model.keras", path.read_bytes()))
    reporter.emit(Artefact("preparation.json", prepared.preparation.to_json().encode()))
