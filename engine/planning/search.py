"""What a search has to do, and what its trials say about each varied setting.

Pure functions of specs and scores: the form, the command line and the jobs show
the same figures.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from engine.results import Importance
from engine.specs import GridSearchSpec, HyperbandSpec, RandomSearchSpec
from engine.specs.hyperband_schedule import rungs
from engine.specs.search_space import Range

SearchSpec = RandomSearchSpec | GridSearchSpec | HyperbandSpec
# fewer say nothing about a setting
TOLD_FROM = 3


@dataclass(frozen=True, slots=True)
class Workload:
    """How much a search has to do, at most: early stopping makes it less."""

    trials: int
    trainings: int
    epochs: int


def combinations(spec: SearchSpec) -> int | None:
    """How many different candidates there are; None where a setting is continuous."""
    counts = [dimension.count for dimension in spec.vary.values()]
    return None if None in counts else math.prod(n for n in counts if n is not None)


def workload(spec: SearchSpec) -> Workload:
    """Candidates, trainings and epochs; of a random search as many as it can come to."""
    if isinstance(spec, HyperbandSpec):
        steps = rungs(spec.max_epochs, spec.factor)
        trials = sum(rung.trials for rung in steps)
        epochs = sum(rung.trials * (rung.epochs - rung.begun) for rung in steps)
        return Workload(trials, trials, epochs)
    everything = combinations(spec)
    if isinstance(spec, GridSearchSpec):
        candidates = everything or 0
    else:
        candidates = min(spec.max_trials, everything or spec.max_trials)
    trainings = candidates * spec.folds + 1
    return Workload(candidates, trainings, trainings * most_epochs(spec))


def most_epochs(spec: SearchSpec) -> int:
    """The epochs of the longest training that the space allows."""
    varied = spec.vary.get("epochs")
    if varied is None or spec.protocol == "as_published":
        return spec.epochs
    return int(varied.high if isinstance(varied, Range) else max(varied.values))  # type: ignore[arg-type]


# -- what mattered -------------------------------------------------------------------------------


def importances(
    names: Sequence[str], settings: Sequence[dict[str, Any]], scores: Sequence[float]
) -> tuple[Importance, ...]:
    """How each setting went with the score over the trials given.

    Numbers: Spearman's rank correlation, from -1 to 1 (Spearman 1904). Others:
    eta squared, the share of the scores' variance that lies between the values
    (Fisher 1925). None where it cannot be told: fewer than three trials, a
    setting or a score that never changes, or no value that was tried twice.
    """
    return tuple(
        _influence(name, [_plain(s.get(name)) for s in settings], scores) for name in names
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _influence(name: str, values: Sequence[Any], scores: Sequence[float]) -> Importance:
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    told = len(scores) >= TOLD_FROM and len(set(values)) > 1 and len(set(scores)) > 1
    if len(numbers) == len(values):
        value = _spearman(numbers, scores) if told else None
        return Importance(setting=name, method="Spearman's rank correlation", value=value)
    told = told and len(set(values)) < len(values)
    value = _eta_squared(values, scores) if told else None
    return Importance(setting=name, method="eta squared", value=value)


def _spearman(values: Sequence[float], scores: Sequence[float]) -> float:
    a, b = _ranks(values), _ranks(scores)
    mean_a, mean_b = fmean(a), fmean(b)
    both = math.fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    spread_a = math.fsum((x - mean_a) ** 2 for x in a)
    spread_b = math.fsum((y - mean_b) ** 2 for y in b)
    return max(-1.0, min(1.0, both / math.sqrt(spread_a * spread_b)))


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
