"""Accuracy over the number of training rows, and whether more of them would help."""

from typing import Annotated, Final, Literal

from pydantic import Field

from engine.specs.classifiers import NETWORK
from engine.specs.compared_models import Classifiers, ComparedModels
from engine.specs.fields import setting

# of the training and validation rows: what each repeat keeps to score on
SCORED: Final = 0.2


class LearningCurveSpec(ComparedModels):
    """Accuracy by number of rows: what more would bring.

    The rows are those of the training and validation sets; the test set stays held out.
    """

    kind: Literal["learning_curve"] = "learning_curve"
    models: Classifiers = setting(
        ("network", "logistic"), group="Evaluation", help="What learns from the same rows.",
    )  # fmt: skip
    sizes: Annotated[int, Field(ge=4, le=50)] = setting(
        10, unit="sizes", group="Evaluation",
        help="Numbers of training rows, each larger than the one before by the same factor.",
    )  # fmt: skip
    repeats: Annotated[int, Field(ge=2, le=1000)] = setting(
        20, unit="repeats", group="Evaluation",
        help="Curves, each of other rows and scored on others.",
    )  # fmt: skip

    @property
    def trainings(self) -> int:
        """Trainings of the network: one for each size of each repeat."""
        return self.fits_of_each if NETWORK in self.models else 0

    @property
    def fits_by(self) -> dict[str, int]:
        """Sizes, again for each repeat."""
        return {"size": self.sizes, "repeat": self.repeats}
