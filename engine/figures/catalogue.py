"""All figures, one entry each, in the order in which they are drawn."""

from collections.abc import Callable
from typing import Final

from engine.figures.classification import coefficients, confusion
from engine.figures.comparison import accuracy_over_rows, leaks, luck, models
from engine.figures.drawing import Drawing, StoredRun
from engine.figures.exploration import class_balance, correlations, histograms, pair_plot
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
    learning_curves, learning_rate, confusion, coefficients,
    sweep, search_scatter, parallel_coordinates, hyperparameter_importance,
    models, luck, accuracy_over_rows, leaks, reproduction,
)  # fmt: skip


def drawings(run: StoredRun) -> list[Drawing]:
    """The figures that a run has."""
    return [found for one in FIGURES if (found := one(run)) is not None]
