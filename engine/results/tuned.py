"""What sweeps, searches and the reproduction of the post result in.

The trials themselves are events of the run; here is what they came to.
"""

import math
from typing import Any, Literal

from engine.results.scores import LayerRow, Scored
from engine.values import Frozen

Value = bool | int | float | str

# two-sided 95 % quantiles of Student's t, by degrees of freedom; `_t95` goes on from there
_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_Z95 = 1.959964


def _t95(freedom: int) -> float:
    """Student's quantile; beyond the table by its expansion (Abramowitz and Stegun 26.7.5)."""
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = _Z95
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + (z**3 + z) / (4 * freedom) + second


class Band(Frozen):
    """Mean over repeats with its 95 % interval (Student's t); no interval for one repeat."""

    mean: float
    low: float
    high: float
    std: float
    repeats: int

    @property
    def standard_error(self) -> float:
        """Of the mean; 0 for one repeat, whose error is not known."""
        return self.std / math.sqrt(self.repeats)


def band(values: tuple[float, ...]) -> Band:
    """The band of at least one figure."""
    n = len(values)
    mean = math.fsum(values) / n
    if n == 1:
        return Band(mean=mean, low=mean, high=mean, std=0.0, repeats=1)
    std = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = _t95(n - 1) * std / math.sqrt(n)
    return Band(mean=mean, low=mean - half, high=mean + half, std=std, repeats=n)


class Point(Frozen):
    """One value of a sweep: accuracies of the last epoch kept, over its repeats."""

    value: Value
    train: Band
    validation: Band


class _Chosen(Scored):
    """A network that was chosen, trained and scored once."""

    layers: tuple[LayerRow, ...]
    parameters: int
    epochs_run: int
    epoch_kept: int
    stopped_because: str


class SweepResult(_Chosen):
    """One setting over its values.

    `best` has the highest mean validation accuracy; `chosen` is the smallest
    (first, for values without order) within one standard error of it, and the
    one network whose test part was scored.
    """

    kind: Literal["sweep"] = "sweep"
    setting: str
    points: tuple[Point, ...]
    best: Value
    chosen: Value


class Influence(Frozen):
    """How a varied setting went with the score over the trials; None where it cannot be told."""

    setting: str
    method: str
    value: float | None


class SearchResult(_Chosen):
    """The best candidate of a search, refitted and scored once.

    `selection_score` is what chose it: an optimistic figure, which the test
    score shows. `note` says what a reader must know about the whole search.
    """

    kind: Literal["random_search", "grid_search", "hyperband"]
    best_trial: int
    best_settings: dict[str, Any]
    settings_used: dict[str, Any]
    selection_score: float
    selection_std: float | None
    influences: tuple[Influence, ...]
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


class ReproduceResult(Frozen):
    """The whole post beside its published figures; `report` is Markdown."""

    kind: Literal["reproduce"] = "reproduce"
    rows: tuple[PartRow, ...]
    conclusion: str
    difference: Band | None
    report: str
