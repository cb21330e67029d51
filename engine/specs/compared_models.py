"""What evaluations and learning curves have in common: the models that are compared."""

from typing import Annotated

from pydantic import Field

from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.fields import OneOf, setting
from engine.specs.invalid import Problem
from engine.specs.kinds.baseline import LogisticSettings
from engine.specs.repeated import RepeatedSpec
from engine.specs.validation import MAX_TRAININGS, patience_errors

Classifier = Annotated[str, OneOf(CLASSIFIERS)]
Classifiers = Annotated[tuple[Classifier, ...], Field(min_length=1, max_length=20)]


class ComparedModels(RepeatedSpec, LogisticSettings):
    """One configuration of the network beside other models, on rows drawn again and again."""

    models: Classifiers = setting(
        ("network", "logistic", "majority"), group="Evaluation",
        help="What is compared on the same folds.",
    )  # fmt: skip

    def cross_field_errors(self) -> list[Problem]:
        """Those of every run, and of the comparison."""
        found = super().cross_field_errors()
        if NETWORK in self.models:
            found += patience_errors(self.early_stopping, "epochs", self.epochs)
        if len(set(self.models)) < len(self.models):
            found.append(Problem("models", "a model is named twice: name each once"))
        if (fits := len(self.models) * self.fits_of_each) > MAX_TRAININGS:
            message = f"{fits:,} fits are too many: at most {MAX_TRAININGS:,}. Fewer repeats do"
            found.append(Problem("repeats", message))
        return found
