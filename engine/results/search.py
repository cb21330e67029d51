"""What sweeps, searches and the reproduction of the post result in.

The trials themselves are events of the run; here is their outcome.
"""

from collections.abc import Mapping
from typing import Any, Literal

from engine.results.base import RunResult
from engine.results.nested import Nested
from engine.results.scores import NetworkResult, metrics
from engine.results.statistics import Band
from engine.specs.base import Frozen

Value = bool | int | float | str


class Point(Frozen):
    """One value of a sweep: accuracies of the kept networks over its seeds.

    `diverged` seeds have none; where all have diverged there are no bands. `train` is also None
    in a sweep over epochs that is under way, and in sweeps of versions before 0.3.0.
    """

    value: Value
    train: Band | None
    validation: Band | None
    diverged: int = 0

    @property
    def usable(self) -> bool:
        """Whether the value may be chosen: no seed has diverged."""
        return self.validation is not None and not self.diverged


class SweepResult(NetworkResult):
    """One setting over its values.

    `best` has the highest mean validation accuracy; `chosen` is the simplest model within one
    standard error of it (`planning.sweep.choose`), and the one network evaluated on the test set.
    """

    kind: Literal["sweep"] = "sweep"
    setting: str
    points: tuple[Point, ...]
    best: Value
    chosen: Value

    @property
    def selection_score(self) -> float | None:
        """The mean validation accuracy of the chosen value over its seeds."""
        own = [point.validation for point in self.points if point.value == self.chosen]
        return own[0].mean if own and own[0] is not None else None

    @property
    def chosen_settings(self) -> dict[str, Any]:
        """The one setting with the chosen value."""
        return {self.setting: self.chosen}

    def json_object(self) -> dict[str, Any]:
        """The points, the best and the chosen value as well."""
        return super().json_object() | {
            "setting": self.setting,
            "points": [point.model_dump(mode="json") for point in self.points],
            "best": {self.setting: self.best},
            "chosen": self.chosen_settings,
            "test_accuracy": metrics(self)["test_accuracy"],
        }


class Importance(Frozen):
    """How a hyperparameter and the score go together over the trials; None where undetermined.

    `chance` is the size of `value` that chance alone passes in one search of twenty; runs of
    versions before 0.3.0 have none.
    """

    setting: str
    method: str
    value: float | None
    chance: float | None = None

    @property
    def stands_out(self) -> bool:
        """Whether it is more than chance would give."""
        return self.value is not None and self.chance is not None and abs(self.value) > self.chance


class SearchResult(NetworkResult):
    """The best trial of a search, refitted and evaluated once.

    `selection_score` is what chose it: optimistic (selection bias), as the test
    score shows. `note` is what a reader must know about the whole search. `selection_std`
    is of versions before 0.3.0, with n: `runs.ranking.score_std` has it of the trial's folds.
    """

    best_trial: int
    best_settings: dict[str, Any]
    effective_settings: dict[str, Any]
    selection_score: float
    selection_std: float | None = None
    importances: tuple[Importance, ...]
    epochs_spent: int
    note: str = ""
    # only with outer folds
    nested: Nested | None = None

    @property
    def chosen_settings(self) -> dict[str, Any]:
        """Those of the best trial."""
        return with_budget(self.best_settings, self.effective_settings)

    def json_object(self) -> dict[str, Any]:
        """The best trial, its scores, the importances and the outer folds as well."""
        return super().json_object() | {
            "best": {
                "trial": self.best_trial,
                "settings": self.best_settings,
                "effective_settings": self.effective_settings,
            },
            "selection_score": self.selection_score,
            "test_accuracy": metrics(self)["test_accuracy"],
            "importances": [item.model_dump(mode="json") for item in self.importances],
            "epochs_spent": self.epochs_spent,
            "search_note": self.note,
            "nested": self.nested.json_object() if self.nested is not None else None,
        }


def with_budget(requested: Mapping[str, Any], effective: Mapping[str, Any]) -> dict[str, Any]:
    """A trial's settings, with its epochs where a schedule of budgets decided them."""
    budget = effective.get("epochs_at_most")
    return ({"epochs": budget} if isinstance(budget, int) else {}) | dict(requested)


class PartRow(Frozen):
    """One line of the reproduction: published, as published today, and done right.

    The percentiles are those of the published accuracies among today's runs, None where these are
    too few.
    """

    part: str
    published_train: float | None
    published_test: float | None
    published_text: str
    as_published_train: Band | None
    as_published_test: Band | None
    as_published_low: float | None
    as_published_high: float | None
    train_percentile: float | None = None
    test_percentile: float | None = None
    strict_validation: Band | None
    strict_test: Band | None
    verdict: str


class ReproduceResult(RunResult):
    """The whole post beside its published figures; `report` is Markdown."""

    kind: Literal["reproduce"] = "reproduce"
    rows: tuple[PartRow, ...]
    conclusion: str
    difference: Band | None
    report: str
