"""Runs grouped by the value of a setting: the mean of each group, with a band over its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from engine.comparison.comparison import Comparison
from engine.comparison.outcome import Outcome
from engine.comparison.pairs import same_rows, same_table
from engine.results.statistics import Band, accuracy_band, mean_band
from engine.runs.figures import FIGURES

# in place of a setting: all runs are one group
ALL: Final = ""
# epochs at which the mean of curves is worked out, at most: more than a chart has columns
MOST_EPOCHS = 200
# settings in which runs differ by chance alone
SEEDS = ("seed", "split_seed")
_FRACTIONS = {figure.name for figure in FIGURES if figure.is_fraction}


@dataclass(frozen=True)
class Group:
    """The runs of one `value` (JSON) of a setting; None where they have none.

    `accuracy` is their mean validation accuracy; its interval is over seeds where all have the
    same validation rows, over splits where these differ, and there is none over different data.
    """

    value: Any
    outcomes: tuple[Outcome, ...]
    accuracy: Band | None


@dataclass(frozen=True)
class MeanCurve:
    """The mean of the curves of a group, and the ends of its 95 % band, at some `epochs`."""

    epochs: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def groupable(found: Comparison) -> tuple[str, ...]:
    """The settings of which several runs share a value, then `ALL`."""
    shared = [
        name
        for name, values in found.settings.items()
        if len({repr(value) for value in values.values()}) < len(values)
    ]
    return (*shared, ALL)


def grouped(found: Comparison, setting: str) -> tuple[Group, ...]:
    """The groups by a setting, in the order in which their values come first."""
    values = found.settings.get(setting, {})
    keys = [repr(values.get(one.run)) for one in found.outcomes]
    return tuple(
        _group(
            [one for one, own in zip(found.outcomes, keys, strict=True) if own == key],
            values,
        )
        for key in dict.fromkeys(keys)
    )


def also_differ(found: Comparison, groups: Sequence[Group], setting: str) -> tuple[str, ...]:
    """The settings but seeds and `setting` in which runs of one group differ."""
    return tuple(
        name
        for name, values in found.settings.items()
        if name not in (setting, *SEEDS)
        and any(len({repr(values.get(one.run)) for one in group.outcomes}) > 1 for group in groups)
    )


def _group(outcomes: Sequence[Outcome], values: dict[int, Any]) -> Group:
    scored = [one for one in outcomes if one.validation is not None]
    accuracy = None
    if scored:
        rows = min(one.validation.rows for one in scored if one.validation is not None)
        figures = [one.validation.accuracy.value for one in scored if one.validation is not None]
        accuracy = accuracy_band(figures, rows, _over_train(scored))
        if not _alike(scored):
            accuracy = accuracy.without_bounds()
    return Group(values.get(outcomes[0].run), tuple(outcomes), accuracy)


def mean_curve(group: Group, column: str) -> MeanCurve | None:
    """The mean of one figure by epoch, as far as all runs of the group have come; None without."""
    curves = [one.curve for one in group.outcomes if one.curve]
    if not curves:
        return None
    last = min(curve.last_epoch for curve in curves)
    first = max(curve.chunks[0].first for curve in curves)
    epochs = tuple(range(first, last + 1, max(1, (last - first + 1) // MOST_EPOCHS)))
    columns = [(curve.column(column), curve.chunks[0].first) for curve in curves]
    if len(columns) == 1:
        [(values, start)] = columns
        alone = tuple(values[epoch - start] for epoch in epochs)
        return MeanCurve(epochs, alone, alone, alone)
    over = _over_train([one for one in group.outcomes if one.validation is not None])
    bands = [
        _band([values[epoch - start] for values, start in columns], column, over)
        for epoch in epochs
    ]  # fmt: skip
    return MeanCurve(
        epochs,
        tuple(one.mean for one in bands),
        tuple(one.mean if one.low is None else one.low for one in bands),
        tuple(one.mean if one.high is None else one.high for one in bands),
    )


def _band(figures: Sequence[float], column: str, over: float | None) -> Band:
    if column in _FRACTIONS:
        return accuracy_band(figures, None, over)
    return mean_band(figures, over)


def _over_train(outcomes: Sequence[Outcome]) -> float | None:
    """Validation rows for each training row where the splits differ; None on one split."""
    if not outcomes or all(same_rows(a, b) for a, b in combinations(outcomes, 2)):
        return None
    scores = outcomes[0].scored.scores if outcomes[0].scored else None
    if scores is None or scores.validation is None:
        return None
    return scores.validation.rows / scores.train.rows


def _alike(outcomes: Sequence[Outcome]) -> bool:
    return all(same_table(a, b) for a, b in combinations(outcomes, 2))
