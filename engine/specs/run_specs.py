"""The kinds of run in which nothing varies, and the reproduction of the post."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.specs.base import MAX_SEED
from engine.specs.data import DataSpec
from engine.specs.fields import setting
from engine.specs.network import NetworkSpec
from engine.specs.problems import Problem
from engine.specs.run_spec import RunSpec
from engine.specs.validation import patience_errors


class DescribeSpec(RunSpec):
    """Look at the data: columns, balance, distributions."""

    kind: Literal["describe"] = "describe"


class BaselineSpec(RunSpec):
    """Logistic regression, the figure a network has to beat."""

    kind: Literal["baseline"] = "baseline"
    inverse_regularization: Annotated[float, Field(gt=0, le=1e6)] = setting(
        1.0, typical=(1e-4, 1e4), group="Baseline", label="C (inverse regularization)",
        help="Inverse regularization strength: a larger C means a weaker L2 penalty.",
    )  # fmt: skip
    max_iterations: Annotated[int, Field(ge=1, le=100_000)] = setting(
        1000, unit="iterations", group="Baseline", help="Solver iterations, at most."
    )


class TrainSpec(NetworkSpec, RunSpec):
    """One network, trained and evaluated."""

    kind: Literal["train"] = "train"

    @property
    def epochs_planned(self) -> int:
        """Those of the one training."""
        return self.epochs

    def cross_field_errors(self) -> list[Problem]:
        """Those of every run, and a patience that no training comes to."""
        found = super().cross_field_errors()
        return found + patience_errors(self.early_stopping, "epochs", self.epochs)


class ReproduceSpec(RunSpec):
    """The whole post: its networks, experiments and searches, compared with its published figures.

    All of it is run as published and also strictly; the data are the
    post's and cannot be chosen.
    """

    chooses_data: ClassVar[bool] = False

    kind: Literal["reproduce"] = "reproduce"
    protocol: Literal["strict", "as_published"] = setting(
        "as_published", group="Data", help="Both are run; this marks the run as the post's."
    )
    seeds: Annotated[int, Field(ge=1, le=100)] = setting(
        5, unit="seeds", group="Reproduction",
        help="Splits and seeds that each network and experiment is repeated with.",
    )  # fmt: skip
    quick: bool = setting(
        False, group="Reproduction", help="Fewer points in the experiments, fewer trials."
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED - 1000)] = setting(
        0, group="Reproduction", help="The first of the seeds."
    )

    @model_validator(mode="after")
    def _the_posts_data(self) -> Self:
        for name, field in type(self).model_fields.items():
            if name in DataSpec.model_fields and getattr(self, name) != field.default:
                raise ValueError(f"{name}: the post's data and split cannot be changed")
        return self
