"""The question for a training's confusion matrix as it was after an epoch."""

from typing import Annotated

from pydantic import Field

from engine.specs.kinds.about_run import AboutRun

# epochs that are told of at once, and cells of all their matrices together
EPOCHS, CELLS = 200, 100_000


class EpochConfusionQuestion(AboutRun):
    """The matrices of a training after `epoch` epochs, and after those before and behind it."""

    epoch: Annotated[int, Field(ge=1)]

    def window(self, classes: int) -> range:
        """The epochs that are told of at once, of so many classes, as far as there are such."""
        many = max(1, min(EPOCHS, CELLS // classes**2))
        first = max(1, self.epoch - many // 2)
        return range(first, first + many)
