"""One frozen model for each kind of run."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.specs.base import MAX_SEED, InvalidSpec
from engine.specs.data import DataSpec
from engine.specs.derived import DERIVED, with_settings
from engine.specs.fields import setting, settings_of
from engine.specs.network import NetworkSpec
from engine.specs.run_spec import RunSpec
from engine.specs.search_space import MAX_POINTS, Choice, Dimension, Range

NOT_VARIED = ("hidden_layers", "schedule", "early_stopping", "seed", "dropout_after")
VARIABLE: tuple[str, ...] = (
    *DERIVED,
    *(k.name for k in settings_of(NetworkSpec) if k.name not in NOT_VARIED),
)

Vary = Annotated[dict[str, Dimension], Field(min_length=1, max_length=20)]


class DescribeSpec(RunSpec):
    """Look at the data: columns, balance, distributions."""

    kind: Literal["describe"] = "describe"


class BaselineSpec(RunSpec):
    """Logistic regression, the figure a network has to beat."""

    kind: Literal["baseline"] = "baseline"
    inverse_regularization: Annotated[float, Field(gt=0, le=1e6)] = setting(
        1.0, gt=0, le=1e6, typical=(1e-4, 1e4), group="Baseline",
        help="C of scikit-learn: larger means a weaker L2 penalty.",
    )  # fmt: skip
    max_iterations: Annotated[int, Field(ge=1, le=100_000)] = setting(
        1000, ge=1, le=100_000, unit="iterations", group="Baseline",
        help="Solver iterations, at most.",
    )  # fmt: skip


class TrainSpec(NetworkSpec, RunSpec):
    """One network, trained and scored."""

    kind: Literal["train"] = "train"


class VaryingSpec(NetworkSpec, RunSpec):
    """A network of which some settings vary."""

    vary: Vary

    @model_validator(mode="after")
    def _settings_exist(self) -> Self:
        for name, dimension in self.vary.items():
            if name not in VARIABLE:
                raise ValueError(f"vary: {name!r} cannot vary; one of {', '.join(VARIABLE)}")
            for value in _corners(dimension):
                try:
                    with_settings(self.network, {name: value})
                except InvalidSpec as error:
                    raise ValueError(f"vary: {name}: {error.problems[0].message}") from None
        return self


class SweepSpec(VaryingSpec):
    """One setting varied over a range, repeated with several seeds."""

    kind: Literal["sweep"] = "sweep"
    repeats: Annotated[int, Field(ge=1, le=1000)] = setting(
        5, ge=1, le=1000, unit="seeds", group="Sweep", help="Trainings for each value."
    )

    @model_validator(mode="after")
    def _one_setting(self) -> Self:
        if len(self.vary) != 1:
            raise ValueError("vary: a sweep varies exactly one setting")
        _refuse_continuous(self.vary, "a sweep")
        return self


class RandomSearchSpec(VaryingSpec):
    """Candidates drawn at random, scored by cross-validation (Bergstra and Bengio 2012)."""

    kind: Literal["random_search"] = "random_search"
    max_trials: Annotated[int, Field(ge=1, le=10_000)] = setting(
        10, ge=1, le=10_000, group="Search", help="Candidates drawn."
    )
    folds: Annotated[int, Field(ge=2, le=100)] = setting(
        3, ge=2, le=100, unit="folds", group="Search", help="Parts of the cross-validation."
    )


class GridSearchSpec(VaryingSpec):
    """Every combination of the listed values, scored by cross-validation."""

    kind: Literal["grid_search"] = "grid_search"
    folds: Annotated[int, Field(ge=2, le=100)] = setting(
        3, ge=2, le=100, unit="folds", group="Search", help="Parts of the cross-validation."
    )

    @model_validator(mode="after")
    def _countable(self) -> Self:
        _refuse_continuous(self.vary, "a grid search")
        return self


class HyperbandSpec(VaryingSpec):
    """Many candidates for a few epochs, the best for more (Li et al. 2018)."""

    kind: Literal["hyperband"] = "hyperband"
    max_epochs: Annotated[int, Field(ge=2, le=100_000)] = setting(
        10, ge=2, le=100_000, unit="epochs", group="Search", help="Epochs of the longest training."
    )
    factor: Annotated[int, Field(ge=2, le=10)] = setting(
        3, ge=2, le=10, group="Search", help="One candidate in this many goes on to the next rung."
    )

    @model_validator(mode="after")
    def _budgets_decide(self) -> Self:
        if "epochs" in self.vary:
            raise ValueError("vary: hyperband sets the epochs itself; vary other settings")
        return self


class ReproduceSpec(RunSpec):
    """The whole post: its networks, experiments and searches, beside its published figures.

    Every part is run as published and, beside it, strictly; the data are the
    post's and cannot be chosen.
    """

    chooses_data: ClassVar[bool] = False

    kind: Literal["reproduce"] = "reproduce"
    protocol: Literal["strict", "as_published"] = setting(
        "as_published", group="Data", help="Both are run; this marks the run as the post's."
    )
    seeds: Annotated[int, Field(ge=1, le=100)] = setting(
        5, ge=1, le=100, unit="seeds", group="Reproduction",
        help="Splits and seeds that each network and experiment is repeated with.",
    )  # fmt: skip
    quick: bool = setting(
        False, group="Reproduction", help="Fewer points in the experiments, fewer candidates."
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED - 1000)] = setting(
        0, ge=0, le=MAX_SEED - 1000, group="Reproduction", help="The first of the seeds."
    )

    @model_validator(mode="after")
    def _the_posts_data(self) -> Self:
        for name, field in type(self).model_fields.items():
            if name in DataSpec.model_fields and getattr(self, name) != field.default:
                raise ValueError(f"{name}: the post's data and split cannot be changed")
        return self


def _corners(dimension: Dimension) -> tuple[Any, ...]:
    """The values that tell whether all are allowed."""
    if isinstance(dimension, Choice):
        return dimension.values
    ends = (dimension.low, dimension.high)
    # the steps between whole bounds may be none
    second = dimension.low + (dimension.step or 0)
    return (*ends, second) if dimension.low < second < dimension.high else ends


def _refuse_continuous(vary: Mapping[str, Dimension], what: str) -> None:
    for name, dimension in vary.items():
        if isinstance(dimension, Range) and dimension.values is None:
            if dimension.count is not None and dimension.scale == "linear":
                raise ValueError(
                    f"vary: {name}: {dimension.count:,} values are too many; up to"
                    f" {MAX_POINTS:,}, or a larger step"
                )
            raise ValueError(
                f"vary: {name}: {dimension.low:g} to {dimension.high:g} is continuous; {what} needs"
                " a step (low..high/step) or a list"
            )
