"""What sweeps, searches and the reproduction of the post result in.

The trials themselves are events of the run; here is their outcome.
"""

from typing import Any, Literal

from engine.results.base import RunResult
from engine.results.scores import LayerRow, Scored
from engine.results.statistics import Band
from engine.specs.base import Frozen

Value = bool | int | float | str


class Point(Frozen):
    """One value of a sweep: accuracies of the last epoch kept, over its repeats."""

    value: Value
    train: Band
    validation: Band


class _Chosen(Scored):
    """A network that was chosen, trained and evaluated once."""

    layers: tuple[LayerRow, ...]
    parameters: int
    epochs_run: int
    epoch_kept: int
    stop_reason: str


class SweepResult(_Chosen):
    """One setting over its values.

    `best` has the highest mean validation accuracy; `chosen` is the simplest model within one
    standard error of it (`planning.sweep.choose`), and the one network evaluated on the test set.
    """

    kind: Literal["sweep"] = "sweep"
    setting: str
    points: tuple[Point, ...]
    best: Value
    chosen: Value


class Importance(Frozen):
    """How a hyperparameter and the score go together over the trials; None where undetermined."""

    setting: str
    method: str
    value: float | None


class SearchResult(_Chosen):
    """The best trial of a search, refitted and evaluated once.

    `selection_score` is what chose it: optimistic (selection bias), as the test
    score shows. `note` is what a reader must know about the whole search.
    """

    best_trial: int
    best_settings: dict[str, Any]
    effective_settings: dict[str, Any]
    selection_score: float
    selection_std: float | None
    importances: tuple[Importance, ...]
    epochs_spent: int
    note: str = ""


class PartRow(Frozen):
    """One line of the reproduction: published, as published today, and done right."""

    part: str
    published_train: float | None
    published_test: float | None
    published_text: str
    as_published_train: Band | None
    as_published_test: Band | None
    as_published_low: float | None
    as_published_high: float | None
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
