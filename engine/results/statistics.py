"""Every interval, band and test that a figure of this program is shown with."""

import math
from collections.abc import Sequence

from engine.specs.base import Frozen

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


class Interval(Frozen):
    """A fraction with its 95 % Wilson score interval (Wilson 1927)."""

    value: float
    low: float
    high: float


def wilson(hits: int, rows: int, z: float = 1.959964) -> Interval:
    """Accuracy `hits / rows` with its Wilson interval; `rows` must be above 0."""
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

    @property
    def ends(self) -> tuple[float, float]:
        """The interval of a mean of fractions, cut where a fraction ends."""
        return max(0.0, self.low), min(1.0, self.high)


def band(values: tuple[float, ...]) -> Band:
    """The band of at least one figure."""
    n = len(values)
    mean = math.fsum(values) / n
    if n == 1:
        return Band(mean=mean, low=mean, high=mean, std=0.0, repeats=1)
    std = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = _t95(n - 1) * std / math.sqrt(n)
    return Band(mean=mean, low=mean - half, high=mean + half, std=std, repeats=n)


def corrected_difference(
    first: Sequence[float], second: Sequence[float], train_rows: int, test_rows: int
) -> Band:
    """Mean of `first - second` over splits, with its 95 % interval.

    The corrected resampled t-test of Nadeau and Bengio (2003, "Inference for
    the generalization error"): the splits share rows, so the variance of the
    mean is (1 / splits + test rows / training rows) times that of the differences.
    Needs two splits at least.
    """
    differences = [a - b for a, b in zip(first, second, strict=True)]
    n = len(differences)
    mean = math.fsum(differences) / n
    std = math.sqrt(math.fsum((d - mean) ** 2 for d in differences) / (n - 1))
    half = _t95(n - 1) * std * math.sqrt(1 / n + test_rows / train_rows)
    return Band(mean=mean, low=mean - half, high=mean + half, std=std, repeats=n)


def verdict(difference: Band) -> str:
    """`better`, `worse` or `no difference shown`, of the first against the second."""
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "no difference shown"
