"""A training's confusion matrices as they were after each epoch."""

from engine.results.scores import Matrix
from engine.specs.base import Frozen


class EpochConfusion(Frozen):
    """Actual classes as rows, predicted ones as columns; None of a set that there is not."""

    epoch: int
    train: Matrix
    validation: Matrix | None


class EpochConfusions(Frozen):
    """The epochs that were asked for, one after another, as far as they were worked out."""

    epochs: tuple[EpochConfusion, ...]
