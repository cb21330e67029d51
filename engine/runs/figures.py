"""The figures of an epoch, one entry each: what is stored, logged, exported and drawn of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EpochFigure:
    """One figure of every epoch.

    `name` is its key in specs, JSON, CSV and stored blocks, as Keras has it;
    `label` heads its column, `width` characters wide with two blanks before the widest figure,
    where a person reads it, as a percentage where it `is_fraction`. `log_place` orders those
    figures that the line has which Keras prints for an epoch; None leaves one out there.
    """

    name: str
    label: str
    width: int = 12
    is_fraction: bool = False
    log_place: int | None = None


# A new figure goes to the end: blocks say which of these they have, and lack the later ones.
FIGURES = (
    EpochFigure("loss", "loss", log_place=2),
    EpochFigure("accuracy", "acc", 9, is_fraction=True, log_place=1),
    EpochFigure("val_loss", "val loss", log_place=4),
    EpochFigure("val_accuracy", "val acc", 9, is_fraction=True, log_place=3),
    EpochFigure("learning_rate", "rate", log_place=5),
    EpochFigure("seconds", "seconds"),
)
COLUMNS = tuple(figure.name for figure in FIGURES)
