"""All figures, one entry each, in the order in which they are drawn."""

from collections.abc import Callable
from typing import Final

from engine.errors import EngineError
from engine.figures.classification import coefficients, confusion
from engine.figures.comparison import accuracy_over_rows, leaks, luck, models
from engine.figures.drawing import Drawing, StoredRun
from engine.figures.exploration import class_balance, correlations, histograms, pair_plot
from engine.figures.importance import importance
from engine.figures.probabilities import curves, reliability
from engine.figures.reproduction import reproduction
from engine.figures.training import learning_curves, learning_rate
from engine.figures.trials import (
    hyperparameter_importance,
    parallel_coordinates,
    search_scatter,
    sweep,
)

# each gives None of a run that has nothing to show in it
FIGURES: Final[tuple[Callable[[StoredRun], Drawing | None], ...]] = (
    pair_plot, histograms, class_balance, correlations,
    learning_curves, learning_rate, confusion, coefficients, importance,
    curves, reliability,
    sweep, search_scatter, parallel_coordinates, hyperparameter_importance,
    models, luck, accuracy_over_rows, leaks, reproduction,
)  # fmt: skip


def drawings(run: StoredRun, left_out: Callable[[str], object] = lambda _: None) -> list[Drawing]:
    """The figures that a run has; `left_out` is called with why one of them cannot be made."""
    found = []
    for one in FIGURES:
        try:
            drawing = one(run)
        except EngineError as error:
            left_out(f"{one.__name__}: {error.message}")
            continue
        found += [drawing] if drawing is not None else []
    return found
