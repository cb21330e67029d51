"""Every interval, spread and verdict that a figure of this program is shown with.

All intervals are two-sided 95 % intervals. `docs/statistics.md` has the formula and
the source of each, and how often it was measured to cover.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from pydantic import model_validator

from engine.results.interval import Covers, Interval
from engine.specs.base import Frozen

Verdict = Literal["better", "worse", "equivalent", "undecided"]
Key = TypeVar("Key", bound=Hashable)
# a difference of accuracies that makes no difference: one percentage point
EQUIVALENCE_MARGIN = 0.01
# what rounding leaves of a difference of equal figures
_ROUNDING = 1e-12

# two-sided 95 % quantiles of Student's t, by degrees of freedom; beyond them `_t95` works them out
_T95 = (
    12.706204736, 4.302652730, 3.182446305, 2.776445105, 2.570581836,
    2.446911851, 2.364624252, 2.306004135, 2.262157163, 2.228138852,
    2.200985160, 2.178812830, 2.160368656, 2.144786688, 2.131449546,
    2.119905299, 2.109815578, 2.100922040, 2.093024054, 2.085963447,
    2.079613845, 2.073873068, 2.068657610, 2.063898562, 2.059538553,
    2.055529439, 2.051830516, 2.048407142, 2.045229642, 2.042272456,
)  # fmt: skip
_Z95 = 1.959963985


def _t95(freedom: int) -> float:
    """Student's quantile; beyond the table by its expansion (Abramowitz and Stegun 26.7.5)."""
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = _Z95
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    return z + (z**3 + z) / (4 * freedom) + second + third


def wilson(hits: float, rows: int, z: float = 1.959964) -> Interval:
    """Accuracy `hits / rows` with its score interval (Wilson 1927); `rows` must be above 0."""
    fraction = hits / rows
    centre = (fraction + z * z / (2 * rows)) / (1 + z * z / rows)
    half = (
        z / (1 + z * z / rows) * math.sqrt(fraction * (1 - fraction) / rows + (z / (2 * rows)) ** 2)
    )
    # rounding must not push a bound past the fraction it surrounds
    return Interval(
        value=fraction,
        low=max(0.0, min(fraction, centre - half)),
        high=min(1.0, max(fraction, centre + half)),
    )


def sample_std(values: Sequence[float]) -> float | None:
    """The standard deviation with n - 1, what "±" means everywhere; None of fewer than two."""
    if len(values) < 2:
        return None
    if max(values) - min(values) <= _ROUNDING:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


class Band(Frozen):
    """A mean over repeats, with an interval where there is a spread to make it from.

    `std` is that of the repeats (`sample_std`). `test_over_train` is above 0 where the
    repeats are splits, which share rows.
    """

    mean: float
    low: float | None
    high: float | None
    covers: Covers | None
    std: float | None
    repeats: int
    test_over_train: float = 0.0

    @property
    def standard_error(self) -> float:
        """Of the mean, corrected where the repeats share rows; 0 for one repeat: not known."""
        return (self.std or 0.0) * math.sqrt(1 / self.repeats + self.test_over_train)

    def without_bounds(self) -> "Band":
        """The mean and its spread alone, as of rows that were fitted."""
        return self.model_copy(update={"low": None, "high": None, "covers": None})

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, data: Any) -> Any:
        """Bands of seeds, with an interval of no width where there was no spread."""
        if not isinstance(data, Mapping) or "covers" in data or "low" not in data:
            return data
        if data.get("low") == data.get("high"):
            std = None if data.get("repeats") == 1 else data.get("std")
            return {**data, "low": None, "high": None, "covers": None, "std": std}
        return {**data, "covers": "seeds"}


def mean_band(values: Sequence[float], test_over_train: float | None = None) -> Band:
    """The mean of at least one figure, with Student's interval where they differ.

    Without `test_over_train` the figures are of seeds on one split. With it they are of
    splits (folds, repeated splits) with so many test rows for each training row. These share
    rows, so the variance of the mean is (1 / splits + `test_over_train`) times that of the
    figures: the corrected resampled t-test of Nadeau and Bengio (2003, "Inference for the
    Generalization Error"). Differences of two models on the same splits are figures, too.
    """
    found = Band(
        mean=math.fsum(values) / len(values), low=None, high=None, covers=None,
        std=sample_std(values), repeats=len(values), test_over_train=test_over_train or 0.0,
    )  # fmt: skip
    if not found.std:
        return found
    half = _t95(found.repeats - 1) * found.standard_error
    covers: Covers = "seeds" if test_over_train is None else "splits"
    ends = {"low": found.mean - half, "high": found.mean + half, "covers": covers}
    return found.model_copy(update=ends)


def accuracy_band(
    values: Sequence[float], rows: int | None, test_over_train: float | None = None
) -> Band:
    """`mean_band` of accuracies: within [0, 1], and Wilson's interval where they do not differ.

    `rows` are those that each figure is of: seeds share them, and splits have more in all, so
    that Wilson's interval is wide rather than narrow. None, as for rows that were fitted,
    leaves a mean without spread without an interval.
    """
    found = mean_band(values, test_over_train)
    if found.low is not None and found.high is not None:
        ends = {"low": max(0.0, found.low), "high": min(1.0, found.high)}
        return found.model_copy(update=ends)
    if rows is None:
        return found
    pooled = wilson(found.mean * rows, rows)
    bounds = {"low": pooled.low, "high": pooled.high}
    return found.model_copy(update={**bounds, "covers": pooled.covers})


def verdict(difference: Band, margin: float = EQUIVALENCE_MARGIN) -> Verdict:
    """What the interval of `first - second` says of the first.

    `equivalent` where it lies within the margin on both sides (the two one-sided tests of
    Schuirmann 1987, at 2.5 % each), else `better` or `worse` where it leaves out 0;
    `undecided` otherwise, and where there is no spread.
    """
    if difference.low is None or difference.high is None:
        return "undecided"
    if -margin <= difference.low and difference.high <= margin:
        return "equivalent"
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "undecided"


def optimism_of_looks(accuracy: float, rows: int, looks: int) -> float:
    """By how much chance alone raises the best of `looks` accuracies on the same `rows`, expected.

    As if all settings were equally good and their errors independent, so at most: the standard
    error of one (Agresti and Coull 1998) times the expected largest of `looks` normal deviates
    (Blom 1958).
    """
    # imported here: a workbench that is not played with starts without it
    from statistics import NormalDist

    fraction = (accuracy * rows + 2) / (rows + 4)
    largest = NormalDist().inv_cdf((looks - 0.375) / (looks + 0.25))
    return largest * math.sqrt(fraction * (1 - fraction) / rows)


def percentile_rank(values: Sequence[float], value: float) -> float:
    """How many percent of at least one figure lie below `value`; equal ones count half.

    The mean percentile rank (Roscoe 1975), as `scipy.stats.percentileofscore` has it.
    """
    below, equal = sum(v < value for v in values), sum(v == value for v in values)
    return 100 * (below + equal / 2) / len(values)


def mcnemar(only_first: int, only_second: int) -> float:
    """The p-value of two classifiers on the same rows, given how many only one gets right.

    Exact and two-sided (McNemar 1947 with the binomial distribution): if neither were better each
    of these rows would be as likely the one's as the other's. 1 without such rows.
    """
    rows, fewer = only_first + only_second, min(only_first, only_second)
    # the largest term by logarithms, the others as fractions of it: no power of two overflows
    largest = math.lgamma(rows + 1) - math.lgamma(fewer + 1) - math.lgamma(rows - fewer + 1)
    tail = term = 1.0
    for hits in range(fewer, 0, -1):
        term *= hits / (rows - hits + 1)
        tail += term
    return min(1.0, 2 * math.exp(largest - rows * math.log(2)) * tail)


def paired_difference(only_first: float, only_second: float, rows: int) -> Band:
    """The accuracy of the first less the second's on the same `rows`, of which there are some.

    The interval over rows is Bonett and Price's (2012, "Adjusted Wald intervals for a difference
    of binomial proportions based on paired data"): one row more is taken to be only the first's,
    and one only the second's, so that it is never of width zero.
    """
    first, second = ((hits + 1) / (rows + 2) for hits in (only_first, only_second))
    centre = first - second
    half = _Z95 * math.sqrt((first + second - centre**2) / (rows + 2))
    return Band(
        mean=(only_first - only_second) / rows, low=max(-1.0, centre - half),
        high=min(1.0, centre + half), covers="rows", std=None, repeats=1,
    )  # fmt: skip


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """The p-values corrected for how many there are, as Holm (1979) does."""
    found: dict[Key, float] = {}
    highest = 0.0
    for place, key in enumerate(sorted(p_values, key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[key]))
        found[key] = highest
    return found
