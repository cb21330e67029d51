"""How much each varied setting mattered to the score, over the trials of a search.

Pure functions of settings and scores: the screen, the command line and the jobs show the same
figures.
"""

import math
from collections.abc import Sequence
from statistics import correlation, fmean
from typing import Any

from engine.results.search import Importance

# fewer say nothing about a setting
LEAST_TRIALS = 3


def importances(
    names: Sequence[str], settings: Sequence[dict[str, Any]], scores: Sequence[float]
) -> tuple[Importance, ...]:
    """How each setting went with the score over the trials given.

    Numbers: Spearman's rank correlation, from -1 to 1 (Spearman 1904). Others:
    eta squared, the fraction of the scores' variance that lies between the values
    (Fisher 1925). None where it is not known: fewer than three trials, a
    setting or a score that never changes, or no value that was tried twice.
    """
    return tuple(
        _importance(name, [_plain(s.get(name)) for s in settings], scores) for name in names
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _importance(name: str, values: Sequence[Any], scores: Sequence[float]) -> Importance:
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    known = len(scores) >= LEAST_TRIALS and len(set(values)) > 1 and len(set(scores)) > 1
    if len(numbers) == len(values):
        value = _spearman(numbers, scores) if known else None
        return Importance(setting=name, method="Spearman's rank correlation", value=value)
    known = known and len(set(values)) < len(values)
    value = _eta_squared(values, scores) if known else None
    return Importance(setting=name, method="eta squared", value=value)


def _spearman(values: Sequence[float], scores: Sequence[float]) -> float:
    return max(-1.0, min(1.0, correlation(_ranks(values), _ranks(scores))))


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values), start=1):
        places.setdefault(value, []).append(place)
    return [fmean(places[value]) for value in values]


def _eta_squared(values: Sequence[Any], scores: Sequence[float]) -> float:
    mean = fmean(scores)
    groups: dict[Any, list[float]] = {}
    for value, score in zip(values, scores, strict=True):
        groups.setdefault(value, []).append(score)
    between = math.fsum(len(own) * (fmean(own) - mean) ** 2 for own in groups.values())
    return between / math.fsum((score - mean) ** 2 for score in scores)
