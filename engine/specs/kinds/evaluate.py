"""One configuration on many splits, beside simpler models."""

from typing import Annotated, Literal

from pydantic import Field

from engine.specs.classifiers import CLASSIFIERS, NETWORK, reference_of
from engine.specs.compared_models import ComparedModels
from engine.specs.fields import OneOf, setting
from engine.specs.invalid import Problem

# further seeds on the first repeat, which tell the luck of the seed from that of the split
FURTHER_SEEDS = 4


class EvaluateSpec(ComparedModels):
    """Models on many splits: how good, how much is luck.

    The folds are of the training and validation rows; the test set stays held out.
    """

    kind: Literal["evaluate"] = "evaluate"
    folds: Annotated[int, Field(ge=2, le=100)] = setting(
        5, unit="folds", group="Evaluation", help="Folds of each cross-validation."
    )
    repeats: Annotated[int, Field(ge=1, le=1000)] = setting(
        10, unit="repeats", group="Evaluation", help="Cross-validations, each with other folds."
    )
    reference: Annotated[str, OneOf({"auto": None, **CLASSIFIERS})] = setting(
        "auto", group="Evaluation",
        help="What the others are compared with; auto: logistic, or the first but the network.",
    )  # fmt: skip
    margin: Annotated[float, Field(ge=0, le=50)] = setting(
        1.0, unit="pp", group="Evaluation",
        help="Difference of accuracy that makes no difference, in percentage points.",
    )  # fmt: skip

    @property
    def compared_with(self) -> str:
        """The model that is the reference."""
        return reference_of(self.models, self.reference)

    @property
    def trainings(self) -> int:
        """Trainings of the network: of all folds, further seeds, and one on the run's own split."""
        if NETWORK not in self.models:
            return 0
        return self.folds * (self.repeats + FURTHER_SEEDS) + 1

    @property
    def fits_by(self) -> dict[str, int]:
        """Folds, again for each repeat."""
        return {"fold": self.folds, "repeat": self.repeats}

    def cross_field_errors(self) -> list[Problem]:
        """Those of every comparison, and of the reference."""
        found = super().cross_field_errors()
        if self.compared_with not in self.models:
            message = f"{self.reference} is not among the models: add it, or choose another"
            found.append(Problem("reference", message))
        return found
