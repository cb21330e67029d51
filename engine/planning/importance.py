"""How much each varied setting mattered to the score, over the trials of a search.

Pure functions of settings and scores: the screen, the command line and the jobs show the same
figures.
"""

import math
import random
from collections.abc import Callable, Sequence
from operator import mul
from statistics import fmean
from typing import Any, Final

from engine.results.search import Importance

# fewer say nothing about a setting
LEAST_TRIALS: Final = 3
# how often the scores are dealt out again; fewer times where there are many
_DRAWS: Final = 999
_MOST_SCORES_DEALT: Final = 1_000_000
_CHANCE_LEVEL: Final = 0.05

# the measure of given scores, in the order of the trials
_Measure = Callable[[Sequence[float]], float]


def importances(
    names: Sequence[str], settings: Sequence[dict[str, Any]], scores: Sequence[float]
) -> tuple[Importance, ...]:
    """How each setting went with the score over the trials given.

    Numbers: Spearman's rank correlation, from -1 to 1 (Spearman 1904). Others:
    eta squared, the fraction of the scores' variance that lies between the values
    (Fisher 1925). None where it is not known: fewer than three trials, a
    setting or a score that never changes, or no value that was tried twice.

    `chance` is the size that the measure passes in one search of twenty when no setting
    matters: the scores are dealt out to the trials at random, always in the same way
    (a permutation test, Fisher 1935, at 5 % over all settings, Bonferroni).
    """
    columns = [(name, [_plain(own.get(name)) for own in settings]) for name in names]
    known = {name: _is_known(values, scores) for name, values in columns}
    level = _CHANCE_LEVEL / max(1, sum(known.values()))
    return tuple(
        _importance(name, values, scores, level if known[name] else None)
        for name, values in columns
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _is_known(values: Sequence[Any], scores: Sequence[float]) -> bool:
    varied = len(scores) >= LEAST_TRIALS and len(set(values)) > 1 and len(set(scores)) > 1
    return varied and (_are_numbers(values) or len(set(values)) < len(values))


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _importance(
    name: str, values: Sequence[Any], scores: Sequence[float], level: float | None
) -> Importance:
    numbers = _are_numbers(values)
    method = "Spearman's rank correlation" if numbers else "eta squared"
    if level is None:
        return Importance(setting=name, method=method, value=None)
    # ranks are dealt with their scores: they need not be made again
    given = _ranks(scores) if numbers else list(scores)
    measure = _spearman(_ranks(values), given) if numbers else _eta_squared(values, given)
    found, chance = measure(given), _chance(measure, given, level)
    return Importance(setting=name, method=method, value=found, chance=chance)


def _chance(measure: _Measure, scores: Sequence[float], level: float) -> float:
    """What the size of the measure exceeds with probability `level` where nothing matters."""
    dealt, deal = list(scores), random.Random(0)  # noqa: S311 - chance, not a secret
    draws = max(math.ceil(2 / level), min(_DRAWS, _MOST_SCORES_DEALT // len(scores)))
    sizes = []
    for _ in range(draws):
        deal.shuffle(dealt)
        sizes.append(abs(measure(dealt)))
    return sorted(sizes)[math.ceil((1 - level) * draws) - 1]


def _spearman(own: Sequence[float], given: Sequence[float]) -> _Measure:
    """Of ranks `own` and of those `given`, in whatever order."""
    middle = fmean(own)
    centred = [rank - middle for rank in own]
    size = math.dist(own, [middle] * len(own)) * math.dist(given, [fmean(given)] * len(given))
    # beyond twelve digits there is only rounding
    return lambda ranks: round(sum(map(mul, centred, ranks)) / size, 12)


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values), start=1):
        places.setdefault(value, []).append(place)
    return [fmean(places[value]) for value in values]


def _eta_squared(values: Sequence[Any], given: Sequence[float]) -> _Measure:
    """Of the scores `given`, in whatever order, between the groups of equal values."""
    groups: dict[Any, list[int]] = {}
    for place, value in enumerate(values):
        groups.setdefault(value, []).append(place)
    mean = fmean(given)
    total = math.fsum((score - mean) ** 2 for score in given)

    def measure(scores: Sequence[float]) -> float:
        sums = ((sum(scores[place] - mean for place in own), len(own)) for own in groups.values())
        return sum(of_group**2 / rows for of_group, rows in sums) / total

    return measure
