"""One setting over its values, with several seeds."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.specs.base import MAX_SEED
from engine.specs.fields import setting
from engine.specs.invalid import Problem
from engine.specs.validation import MAX_TRAININGS
from engine.specs.varying import VaryingSpec, Workload, refuse_continuous


class SweepSpec(VaryingSpec):
    """One setting varied over a range, repeated with several seeds."""

    tries_every_value: ClassVar[bool] = True

    kind: Literal["sweep"] = "sweep"
    repeats: Annotated[int, Field(ge=1, le=1000)] = setting(
        5, unit="seeds", group="Sweep", help="Trainings for each value."
    )
    repeats_over: Literal["seeds", "splits"] = setting(
        "seeds", group="Sweep",
        help="seeds: all on one split. splits: each seed draws its validation set; same test set.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_setting(self) -> Self:
        if len(self.vary) != 1:
            raise ValueError("vary: a sweep varies exactly one setting")
        refuse_continuous(self.vary, "a sweep")
        return self

    @property
    def workload(self) -> Workload:
        """Of a sweep over epochs one training a seed: it passes through the shorter ones."""
        values = self.combinations or 0
        trainings = self.repeats if "epochs" in self.vary else values * self.repeats
        return Workload(values, trainings, trainings * self.highest("epochs"))

    @property
    def selection_over(self) -> str:
        """Seeds, of which all learn from one split."""
        return f"{self.repeats:,} seed{'s' * (self.repeats > 1)}"

    def amount_errors(self) -> list[Problem]:
        """Too many trainings, a single one, or more seeds than there are."""
        values, found = self.combinations or 0, []
        if values == 1 and self.repeats == 1:
            message = "one value with one seed is a single training: give at least two of one"
            found.append(Problem("vary", message))
        elif values * self.repeats > MAX_TRAININGS:
            message = (
                f"{values:,} values with {self.repeats:,} seeds each are"
                f" {values * self.repeats:,} trainings: at most {MAX_TRAININGS:,}"
            )
            found.append(Problem("vary", message))
        if self.seed + self.repeats - 1 > MAX_SEED:
            message = (
                f"{self.seed} leaves no room for {self.repeats:,} seeds: at most"
                f" {MAX_SEED - self.repeats + 1}"
            )
            found.append(Problem("seed", message))
        if self.repeats_over == "splits" and self.protocol == "as_published":
            message = "'splits' needs a validation set, which as_published has not: choose seeds"
            found.append(Problem("repeats_over", message))
        return found
