"""The figures behind the charts of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.types import LOOKED_AT, codes_of
from engine.results.describe import Bin, Scatter, Statistics
from engine.results.scores import Row

BINS = 20
LEAST_BINS = 5
CATEGORIES = 30
CATEGORY_CHARACTERS = 200
SCATTER_ROWS = 500
# enough for a correlation to two decimals
CORRELATED_ROWS = 200_000

# whole numbers stay what they are, so that long ones stay apart
Values = npt.NDArray[np.float64 | np.integer[Any]]
Groups = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Numbers:
    """A numeric column's values that are there, [n], each one's group and the same ranked.

    Ranked once they tell in how many ways they differ, their middle and their ends: sorting takes a
    third of what counting distinct ones by hashing does.
    """

    values: Values
    groups: Groups
    ranked: Values

    @classmethod
    def of(cls, values: Values, groups: Groups) -> Self:
        """Those of `values` that are not missing; `groups` int64 [rows] has each row's."""
        there = ~np.isnan(values)
        if not there.all():
            values, groups = values[there], groups[there]
        return cls(values, groups, np.sort(values))

    @property
    def distinct(self) -> int:
        """How many different values there are, infinities among them."""
        return len(self.values[:1]) + int((self.ranked[1:] != self.ranked[:-1]).sum())

    def first(self, count: int) -> list[float]:
        """The first different values in the order of the rows, so many at most."""
        # nearly always enough
        found = pd.unique(self.values[:LOOKED_AT])
        if len(found) < min(count, self.distinct):
            found = pd.unique(self.values)
        first: list[float] = found[:count].tolist()
        return first

    @cached_property
    def finite(self) -> "Numbers":
        """The same without infinities, which stand at the ends."""
        if not len(self.ranked) or np.isfinite(self.ranked[[0, -1]]).all():
            return self
        kept = np.isfinite(self.values)
        ranked = self.ranked[np.isfinite(self.ranked)]
        return Numbers(self.values[kept], self.groups[kept], ranked)


def statistics(numbers: Numbers, labels: Sequence[str]) -> tuple[Statistics, ...]:
    """Of the finite numbers of all rows (label ''), then of each class that has any.

    The groups of `numbers` index `labels`. The standard deviation is the
    sample's (n - 1), 0 for a single row.
    """
    own = numbers.finite
    if not len(own.values):
        return ()
    found = [_statistics("", own.values, own.ranked)]
    for code, label in enumerate(labels if len(labels) > 1 else ()):
        of_class = own.values[own.groups == code]
        if len(of_class):
            found.append(_statistics(label, of_class, np.sort(of_class)))
    return tuple(found)


def _statistics(label: str, values: Values, ranked: Values) -> Statistics:
    with np.errstate(over="ignore", invalid="ignore"):
        mean = values.mean()
        std = values.std(ddof=1) if len(values) > 1 else np.float64(0.0)
        median = ranked[(len(ranked) - 1) // 2 : len(ranked) // 2 + 1].mean()
    return Statistics(
        label=label,
        rows=len(values),
        mean=_finite(mean),
        std=_finite(std),
        minimum=float(ranked[0]),
        median=_finite(median),
        maximum=float(ranked[-1]),
    )


def _finite(value: Any) -> float:
    """The value, or the largest number there is where it went beyond."""
    return float(np.nan_to_num(value, nan=np.finfo(np.float64).max))


def histogram(numbers: Numbers, classes: int) -> tuple[Bin, ...]:
    """Up to 20 bars of equal width by the rule of Freedman and Diaconis (1981).

    Infinities and missing values are in no bar. A column of one value has one bar.
    """
    own = numbers.finite
    # a quarter, so that the distance of the ends is a number whatever they are
    quarters, ranked = own.values / 4, own.ranked / 4
    if not len(quarters):
        return ()
    low, high = float(ranked[0]), float(ranked[-1])
    bins = _bins(ranked)
    width = (high - low) / bins
    if width <= 0.0:
        bins = 1
    place = np.zeros(len(quarters), dtype=np.int64)
    if bins > 1:
        place = np.minimum(((quarters - low) / width).astype(np.int64), bins - 1)
    counts = np.bincount(place * classes + own.groups, minlength=bins * classes)
    edges = np.linspace(low, high, bins + 1) * 4
    return tuple(
        Bin(low=float(edges[i]), high=float(edges[i + 1]), rows=tuple(row))
        for i, row in enumerate(counts.reshape(bins, classes).tolist())
    )


def _bins(ranked: Values) -> int:
    low, high = ranked[0], ranked[-1]
    if low == high:
        return 1
    first, third = (_quantile(ranked, q) for q in (0.25, 0.75))
    width = 2.0 * (third - first) / len(ranked) ** (1 / 3)
    if width <= 0.0:
        return BINS
    return int(min(BINS, max(LEAST_BINS, np.ceil((high - low) / width))))


def _quantile(ranked: Values, q: float) -> float:
    """As `numpy.percentile` has it, of values that are sorted already."""
    place = q * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return float(ranked[below] + (place - below) * (ranked[above] - ranked[below]))


def by_period(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """The moments of a column as the years they are in, or the months, days or hours.

    It is the first of these of which there is more than one.
    """
    moments = column.to_numpy().astype("datetime64[s]")
    there = ~np.isnat(moments)
    codes = np.full(len(moments), -1)
    periods: list[str] = []
    for unit in ("Y", "M", "D", "h"):
        found, codes[there] = np.unique(
            moments[there].astype(f"datetime64[{unit}]"), return_inverse=True
        )
        periods = np.datetime_as_string(found).tolist()
        if unit == "h":
            # all are of one day
            periods = [f"{period[-2:]}:00" for period in periods]
        if len(periods) > 1:
            break
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(periods, dtype=object)))


def category_counts(
    column: "pd.Series[Any]", groups: Groups, classes: int
) -> tuple[tuple[str, Row], ...]:
    """The 30 most frequent categories with their rows of each class."""
    codes = codes_of(column)
    texts = column.cat.categories
    there = codes >= 0
    total = np.bincount(codes[there], minlength=len(texts))
    often = np.argsort(-total, kind="stable")[:CATEGORIES]
    often = often[total[often] > 0]
    # all others are counted as one more, and left out
    place = np.full(len(texts) + 1, len(often))
    place[often] = np.arange(len(often))
    counts = np.bincount(place[codes] * classes + groups, minlength=(len(often) + 1) * classes)
    rows = counts.reshape(-1, classes).tolist()
    return tuple(
        (str(texts[code])[:CATEGORY_CHARACTERS], tuple(row))
        for code, row in zip(often.tolist(), rows, strict=False)
    )


def correlations(
    frame: pd.DataFrame, features: Sequence[str]
) -> tuple[tuple[float | None, ...], ...]:
    """Pearson's correlations [features, features] over rows that have both values.

    None where a feature does not vary. Of a long table 200,000 rows are used,
    always the same ones (drawn, for every n-th row may follow a rhythm of the file).
    """
    if not features:
        return ()
    if len(frame) > CORRELATED_ROWS:
        draw = np.random.default_rng(0)
        frame = frame.iloc[draw.choice(len(frame), CORRELATED_ROWS, replace=False)]
    numbers = frame[list(features)].astype(np.float64)
    # brought to one size, so that squares stay numbers
    largest = numbers.abs().max().replace(0.0, 1.0)
    matrix = (numbers / largest).corr(min_periods=2).to_numpy()
    return tuple(
        tuple(None if np.isnan(value) else float(np.clip(value, -1.0, 1.0)) for value in row)
        for row in matrix
    )


def scatter(frame: pd.DataFrame, features: Sequence[str], codes: Groups) -> Scatter:
    """Up to 500 rows, every class in its share and with one row at least, always the same ones."""
    chosen = np.arange(len(codes))
    if len(codes) > SCATTER_ROWS:
        order = np.random.default_rng(0).permutation(len(codes))
        counts = np.bincount(codes)
        quota = np.maximum(1, counts * SCATTER_ROWS // len(codes))
        by_class = order[np.argsort(codes[order], kind="stable")]
        starts = np.cumsum(counts) - counts
        place = np.arange(len(codes)) - np.repeat(starts, counts)
        chosen = np.sort(by_class[place < np.repeat(quota, counts)])[: 2 * SCATTER_ROWS]
    rows = frame.iloc[chosen]
    return Scatter(
        features=tuple(features),
        values=tuple(
            tuple(None if not np.isfinite(v) else float(v) for v in rows[name].to_numpy(np.float64))
            for name in features
        ),
        classes=tuple(codes[chosen].tolist()),
    )
