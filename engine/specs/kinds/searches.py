"""The three searches for the best settings of a network."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.specs.fields import setting
from engine.specs.hyperband_schedule import rungs
from engine.specs.invalid import Problem
from engine.specs.validation import MAX_COMBINATIONS, MAX_TRAININGS
from engine.specs.varying import VaryingSpec, Workload, refuse_continuous


class SearchSpec(VaryingSpec):
    """A search; with outer folds it says what it is worth as well (nested cross-validation)."""

    outer_folds: Annotated[int, Field(ge=0, le=100)] = setting(
        0, unit="folds", group="Search", last=True,
        help="Repeat the whole search on so many outer folds, to see what it is worth; 0: do not.",
    )  # fmt: skip

    @property
    def one_search(self) -> Workload:
        """What the search itself comes to; each kind says its own."""
        raise NotImplementedError

    @property
    def workload(self) -> Workload:
        """The search, and again on each outer fold."""
        own, times = self.one_search, 1 + self.outer_folds
        return Workload(own.trials, own.trainings * times, own.epochs * times)

    def cross_field_errors(self) -> list[Problem]:
        """Those of whatever varies, and of the outer folds."""
        found = super().cross_field_errors()
        if self.outer_folds == 1:
            message = "one fold leaves nothing to search on: choose 2 at least, or 0 for none"
            found.append(Problem("outer_folds", message))
        if self.outer_folds and self.protocol == "as_published":
            message = "nested cross-validation needs the strict protocol: as_published leaks"
            found.append(Problem("outer_folds", message))
        return found

    def amount_errors(self) -> list[Problem]:
        """One trial, or more trainings than can be looked through."""
        found, trainings = super().amount_errors(), self.workload.trainings
        if self.outer_folds and not found and trainings > MAX_TRAININGS:
            message = (
                f"{trainings:,} trainings are too many: at most {MAX_TRAININGS:,}. Fewer outer"
                " folds or trials do"
            )
            found.append(Problem("outer_folds", message))
        return found


class CrossValidatedSpec(SearchSpec):
    """A search whose trials are scored by cross-validation."""

    folds: Annotated[int, Field(ge=2, le=100)] = setting(
        3, unit="folds", group="Search", help="Folds of the cross-validation."
    )

    @property
    def class_folds(self) -> int | None:
        """Those of the cross-validation."""
        return self.folds

    @property
    def trials(self) -> int:
        """How many different settings are tried, at most."""
        return self.combinations or 0

    @property
    def one_search(self) -> Workload:
        """Every trial on every fold, and the best once more on all rows."""
        trainings = self.trials * self.folds + 1
        # as published, `fit` is given these epochs whatever varies
        epochs = self.epochs if self.protocol == "as_published" else self.highest("epochs")
        return Workload(self.trials, trainings, trainings * epochs)

    @property
    def selection_over(self) -> str:
        """Folds of the training and validation sets together."""
        return f"{self.folds:,} folds"


class RandomSearchSpec(CrossValidatedSpec):
    """Trials drawn at random, each cross-validated.

    Bergstra and Bengio (2012).
    """

    kind: Literal["random_search"] = "random_search"
    max_trials: Annotated[int, Field(ge=1, le=10_000)] = setting(
        10, unit="trials", group="Search", help="Trials drawn, at most."
    )

    @property
    def trials(self) -> int:
        """As many as are drawn, or as there are different ones."""
        return min(self.max_trials, self.combinations or self.max_trials)


class GridSearchSpec(CrossValidatedSpec):
    """All combinations of values, each cross-validated."""

    tries_every_value: ClassVar[bool] = True

    kind: Literal["grid_search"] = "grid_search"

    @model_validator(mode="after")
    def _countable(self) -> Self:
        refuse_continuous(self.vary, "a grid search")
        return self

    def amount_errors(self) -> list[Problem]:
        """One combination, or more than can be looked through."""
        found, combinations = super().amount_errors(), self.combinations
        if combinations is not None and combinations > MAX_COMBINATIONS:
            message = (
                f"{combinations:,} combinations are too many for a grid search: at most"
                f" {MAX_COMBINATIONS:,}. A random search draws from any number"
            )
            found.append(Problem("vary", message))
        return found


class HyperbandSpec(SearchSpec):
    """Many trials for a few epochs, the best for more.

    Li et al. (2018).
    """

    kind: Literal["hyperband"] = "hyperband"
    max_epochs: Annotated[int, Field(ge=2, le=100_000)] = setting(
        10, unit="epochs", group="Search", help="Epochs of the longest training."
    )
    factor: Annotated[int, Field(ge=2, le=10)] = setting(
        3, group="Search", help="One trial in this many is promoted to the next rung."
    )

    @model_validator(mode="after")
    def _budgets_decide(self) -> Self:
        if "epochs" in self.vary:
            raise ValueError("vary: hyperband sets the epochs itself: vary other settings")
        return self

    @property
    def longest_training(self) -> tuple[str, int]:
        """The budget of the last rung."""
        return "max_epochs", self.max_epochs

    @property
    def one_search(self) -> Workload:
        """All rungs of all brackets; a promoted trial trains on from where it was."""
        steps = rungs(self.max_epochs, self.factor)
        trials = sum(rung.trials for rung in steps)
        epochs = sum(rung.trials * (rung.epochs - rung.begun) for rung in steps)
        return Workload(trials, trials, epochs)

    @property
    def selection_over(self) -> str:
        """One training, at its best epoch."""
        return "best epoch"

    def amount_errors(self) -> list[Problem]:
        """One trial, or more trainings than can be looked through."""
        found = super().amount_errors()
        trainings = self.one_search.trainings
        if trainings > MAX_TRAININGS:
            message = (
                f"{self.max_epochs:,} with a factor of {self.factor} are {trainings:,} trainings:"
                f" at most {MAX_TRAININGS:,}. Fewer epochs need fewer"
            )
            found.append(Problem("max_epochs", message))
        return found
