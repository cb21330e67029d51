"""The line of an epoch as Keras prints it with `verbose=2`, on one line instead of two."""

import math
from collections.abc import Mapping

from engine.runs.figures import FIGURES
from penguin_tui.presentation.words import RUNNING_MEAN

# what the figures of an epoch are, which are named as Keras names them
EPOCH_FIGURES = (
    f"accuracy and loss of an epoch are {RUNNING_MEAN}s, those of the validation set (val) are of"
    " its end; a loss is log loss + penalties"
)
_LOGGED = sorted((f.log_place, f.name) for f in FIGURES if f.log_place is not None)


def epoch_line(
    epoch: int, epochs: int | None, steps: int | None, figures: Mapping[str, float]
) -> str:
    """`Epoch 3/20 - 13/13 - 2ms/step - accuracy: 0.9757 - loss: 0.0812 - …`.

    `figures` has the names of `engine.runs.figures.COLUMNS`; `seconds` is the
    epoch's duration. Figures that do not exist (NaN) are left out, except a
    loss, which may have become NaN.
    """
    parts = [f"Epoch {epoch}/{epochs}" if epochs else f"Epoch {epoch}"]
    seconds = figures.get("seconds", math.nan)
    if steps:
        parts.append(f"{steps}/{steps}")
        if not math.isnan(seconds):
            parts.append(f"{_span(seconds / steps)}/step")
    for _, name in _LOGGED:
        value = figures.get(name, math.nan)
        if name == "loss" or not math.isnan(value):
            parts.append(f"{name}: {_number(value)}")
    return " - ".join(parts)


def _number(value: float) -> str:
    """As Keras's progress bar: four decimals, or in powers of ten where those say nothing."""
    return f"{value:.4f}" if abs(value) > 1e-3 or math.isnan(value) else f"{value:.4e}"


def _span(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"
