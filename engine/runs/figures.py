"""The figures of an epoch, one entry each: what is stored, logged, exported and drawn of it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EpochFigure:
    """One figure of every epoch.

    `name` is its key in specs, JSON, CSV and stored blocks, as Keras has it;
    `label` heads its column where a person reads it; `decimals` are shown of it.
    `log_place` orders those that the line has which Keras prints for an epoch.
    """

    name: str
    label: str
    log_place: int | None = None
    decimals: int = 4

    def text(self, value: float) -> str:
        """The value as Keras's progress bar shows it: in powers of ten where decimals say nothing.

        NaN, a figure that does not exist, is 'nan'.
        """
        small = abs(value) <= 1e-3 and not math.isnan(value)
        return f"{value:.{self.decimals}e}" if small else f"{value:.{self.decimals}f}"


# A new figure goes to the end: blocks say which of these they have, and lack the later ones.
FIGURES = (
    EpochFigure("loss", "loss", log_place=2),
    EpochFigure("accuracy", "acc", log_place=1),
    EpochFigure("val_loss", "val loss", log_place=4),
    EpochFigure("val_accuracy", "val acc", log_place=3),
    EpochFigure("learning_rate", "rate", log_place=5),
    EpochFigure("seconds", "seconds"),
)
COLUMNS = tuple(figure.name for figure in FIGURES)
