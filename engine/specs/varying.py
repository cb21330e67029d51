"""What a sweep and the searches share: some settings of a network vary."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from engine.specs.derived_settings import variable_settings, with_settings
from engine.specs.invalid import InvalidSpec, Problem
from engine.specs.network import NetworkSpec
from engine.specs.run_spec import RunSpec
from engine.specs.search_space import MAX_POINTS, Choice, Dimension, Range
from engine.specs.validation import (
    first_layer_errors,
    ineffective_errors,
    patience_errors,
    step_errors,
)

Vary = Annotated[dict[str, Dimension], Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class Workload:
    """How much a run with several trials has to do, at most: early stopping makes it less.

    `trials` are different settings (of a sweep: values), each trained once or more often.
    """

    trials: int
    trainings: int
    epochs: int


class VaryingSpec(NetworkSpec, RunSpec):
    """A network of which some settings vary."""

    # whether each value is tried, so that a continuous range cannot be
    tries_every_value: ClassVar[bool] = False

    vary: Vary

    @model_validator(mode="after")
    def _settings_exist(self) -> Self:
        variable = variable_settings(type(self))
        for name, dimension in self.vary.items():
            if name not in variable:
                raise ValueError(f"vary: {name!r} cannot vary: choose one of {', '.join(variable)}")
            for value in _corners(dimension):
                try:
                    with_settings(self.network, {name: value})
                except InvalidSpec as error:
                    raise ValueError(f"vary: {name}: {error.problems[0].message}") from None
        return self

    @property
    def combinations(self) -> int | None:
        """How many different settings of a trial there are; None where a range is continuous."""
        counts = [dimension.count for dimension in self.vary.values()]
        return None if None in counts else math.prod(n for n in counts if n is not None)

    @property
    def longest_training(self) -> tuple[str, int]:
        """The setting that bounds the epochs of a training, and its highest value."""
        return "epochs", self.highest("epochs")

    def highest(self, name: str) -> int:
        """The highest value of a setting of whole numbers that may vary."""
        values = _ends(self.vary[name]) if name in self.vary else (getattr(self, name),)
        return max(int(value) for value in values)

    @property
    def workload(self) -> Workload:
        """What the run comes to, known before it begins; each kind says its own."""
        raise NotImplementedError

    @property
    def selection_over(self) -> str:
        """What the score that a run of this kind chooses by is the mean of; each says its own."""
        raise NotImplementedError

    @property
    def epochs_planned(self) -> int:
        """Those of all trainings together."""
        return self.workload.epochs

    def cross_field_errors(self) -> list[Problem]:
        """Those of every run, of what varies, and where there are none: of how much that is."""
        found = [
            *super().cross_field_errors(),
            *patience_errors(self.early_stopping, *self.longest_training),
            *ineffective_errors(self.network, self.vary),
            *first_layer_errors(self.hidden_layers, self.vary),
            *step_errors(self.vary),
        ]
        return found or self.amount_errors()

    def amount_errors(self) -> list[Problem]:
        """Too many trials, or too few to compare."""
        if self.combinations != 1:
            return []
        names = ", ".join(self.vary)
        return [Problem("vary", f"{names} can have one value only: a search needs two at least")]


def _ends(dimension: Dimension) -> tuple[Any, ...]:
    """The values of a list, the bounds of a range."""
    return dimension.values if isinstance(dimension, Choice) else (dimension.low, dimension.high)


def _corners(dimension: Dimension) -> tuple[Any, ...]:
    """The values that tell whether all are allowed."""
    ends = _ends(dimension)
    if isinstance(dimension, Choice):
        return ends
    # the steps between whole bounds may be none
    second = dimension.low + (dimension.step or 0)
    return (*ends, second) if dimension.low < second < dimension.high else ends


def refuse_continuous(vary: Mapping[str, Dimension], what: str) -> None:
    """Raise ValueError where a range cannot be tried value by value, as `what` needs it."""
    for name, dimension in vary.items():
        if isinstance(dimension, Range) and dimension.values is None:
            if dimension.count is not None and dimension.scale == "linear":
                raise ValueError(
                    f"vary: {name}: {dimension.count:,} values are too many: at most"
                    f" {MAX_POINTS:,}, or a larger step"
                )
            raise ValueError(
                f"vary: {name}: {dimension.low:g} to {dimension.high:g} is continuous: {what} needs"
                " a step (low..high/step) or a list"
            )
