"""Whether one classifier is better than another, over repeated splits."""

import math
from collections.abc import Sequence

from scipy.stats import t

from engine.results import Band


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
    half = float(t.ppf(0.975, n - 1)) * std * math.sqrt(1 / n + test_rows / train_rows)
    return Band(mean=mean, low=mean - half, high=mean + half, std=std, repeats=n)


def verdict(difference: Band) -> str:
    """`better`, `worse` or `no difference shown`, of the first against the second."""
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "no difference shown"
