"""The figures behind the charts of a table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.types import as_categories, categories_of, codes_of
from engine.results.describe import Bin, Scatter, Statistics
from engine.results.scores import Row

BINS = 20
LEAST_BINS = 5
CATEGORIES = 30
CATEGORY_CHARACTERS = 200
SCATTER_ROWS = 500
# enough for a correlation to two decimals
CORRELATED_ROWS = 200_000

Values = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]


def statistics(values: Values, groups: Groups, labels: Sequence[str]) -> tuple[Statistics, ...]:
    """Of the finite numbers of all rows (label ''), then of each class that has any.

    `groups` int64 [rows] indexes `labels`. The standard deviation is the
    sample's (n - 1), 0 for a single row.
    """
    finite = np.isfinite(values)
    values, groups = values[finite], groups[finite]
    if not len(values):
        return ()
    found = [_statistics("", values)]
    for code, label in enumerate(labels if len(labels) > 1 else ()):
        of_class = values[groups == code]
        if len(of_class):
            found.append(_statistics(label, of_class))
    return tuple(found)


def _statistics(label: str, values: Values) -> Statistics:
    with np.errstate(over="ignore", invalid="ignore"):
        mean = values.mean()
        std = values.std(ddof=1) if len(values) > 1 else np.float64(0.0)
        median = np.median(values)
    return Statistics(
        label=label,
        rows=len(values),
        mean=_finite(mean),
        std=_finite(std),
        minimum=float(values.min()),
        median=_finite(median),
        maximum=float(values.max()),
    )


def _finite(value: Any) -> float:
    """The value, or the largest number there is where it went beyond."""
    return float(np.nan_to_num(value, nan=np.finfo(np.float64).max))


def histogram(values: Values, groups: Groups, classes: int) -> tuple[Bin, ...]:
    """Up to 20 bars of equal width by the rule of Freedman and Diaconis (1981).

    Infinities and missing values are in no bar. A column of one value has one bar.
    """
    finite = np.isfinite(values)
    # a quarter, so that the distance of the ends is a number whatever they are
    quarters, groups = values[finite] / 4, groups[finite]
    if not len(quarters):
        return ()
    low, high = float(quarters.min()), float(quarters.max())
    bins = _bins(quarters, low, high)
    width = (high - low) / bins
    if width <= 0.0:
        bins = 1
    place = np.zeros(len(quarters), dtype=np.int64)
    if bins > 1:
        place = np.minimum(((quarters - low) / width).astype(np.int64), bins - 1)
    counts = np.bincount(place * classes + groups, minlength=bins * classes)
    edges = np.linspace(low, high, bins + 1) * 4
    return tuple(
        Bin(low=float(edges[i]), high=float(edges[i + 1]), rows=tuple(row))
        for i, row in enumerate(counts.reshape(bins, classes).tolist())
    )


def _bins(values: Values, low: float, high: float) -> int:
    if low == high:
        return 1
    first, third = np.percentile(values, (25, 75))
    width = 2.0 * (third - first) / len(values) ** (1 / 3)
    if width <= 0.0:
        return BINS
    return int(min(BINS, max(LEAST_BINS, np.ceil((high - low) / width))))


def by_period(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """The moments of a column as the years they are in, or the months, days or hours.

    It is the first of these of which there is more than one.
    """
    periods = column
    for form in ("%Y", "%Y-%m", "%Y-%m-%d", "%H:00"):
        periods = column.dt.strftime(form)
        if periods.nunique() > 1:
            break
    return as_categories(periods)


def category_counts(
    column: "pd.Series[Any]", groups: Groups, classes: int
) -> tuple[tuple[str, Row], ...]:
    """The 30 most frequent categories with their rows of each class."""
    codes = codes_of(column)
    texts = categories_of(column)
    total = np.bincount(codes[codes >= 0], minlength=len(texts))
    often = np.argsort(-total, kind="stable")[:CATEGORIES]
    found: list[tuple[str, Row]] = []
    for code in often.tolist():
        if total[code]:
            rows = np.bincount(groups[codes == code], minlength=classes)
            found.append((texts[code][:CATEGORY_CHARACTERS], tuple(rows.tolist())))
    return tuple(found)


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
