"""Learning curves beyond the rows that there are: a power law, and how far it may be off.

The error with n rows is a + b · n^-c (Cortes et al. 1993, "Learning curves: asymptotic values and
rate of convergence"), with a and b from 0 on. For each c that is tried a and b are least
squares, so that no start has to be guessed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.planning import learning_curve
from engine.planning.learning_curve import FEWEST_SIZES, further_sizes, round_number
from engine.results.learning_curve import ExtrapolatedCurve, Extrapolation, ModelCurve, Reach
from engine.runs.state import RunState
from engine.specs.kinds.learning_curve import LearningCurveSpec

Floats = npt.NDArray[np.float64]
DRAWS = 1000
EXPONENTS = np.geomspace(0.05, 3.0, 80)
# a size whose repeats agree by chance is no surer than this part of the average
LEAST_VARIANCE = 0.05
ENDS = (2.5, 97.5)
Z95 = 1.959964


@dataclass(frozen=True)
class PowerLaws:
    """One law for each curve: error = floor + scale · n^-exponent, each [curves]."""

    floor: Floats
    scale: Floats
    exponent: Floats

    @classmethod
    def fitted(cls, sizes: Floats, errors: Floats, weights: Floats) -> "PowerLaws":
        """The least squares of `errors` [curves, sizes], weighted by size."""
        best = np.full(len(errors), np.inf)
        found = np.zeros((3, len(errors)))
        mean = errors @ weights / weights.sum()
        for exponent in EXPONENTS:
            x = (sizes / sizes[-1]) ** -exponent
            centre = weights @ x / weights.sum()
            away = weights * (x - centre)
            scale = np.maximum(0.0, errors @ away / (away @ x))
            floor = mean - scale * centre
            # without a floor below 0 the line goes through the origin
            through = np.maximum(0.0, errors @ (weights * x) / (weights @ x**2))
            scale, floor = np.where(floor < 0, through, scale), np.maximum(0.0, floor)
            missed = (floor[:, None] + scale[:, None] * x - errors) ** 2 @ weights
            better = missed < best
            own = np.stack([floor, scale * sizes[-1] ** exponent, np.full_like(scale, exponent)])
            found = np.where(better, own, found)
            best = np.minimum(best, missed)
        return cls(*found)

    def accuracies(self, sizes: npt.ArrayLike) -> Floats:
        """[curves, sizes], within [0, 1]."""
        n = np.asarray(sizes, dtype=np.float64)
        errors = self.floor[:, None] + self.scale[:, None] * n ** -self.exponent[:, None]
        return np.clip(1.0 - errors, 0.0, 1.0)


def extrapolated(
    spec: LearningCurveSpec, state: RunState, curves: tuple[ModelCurve, ...]
) -> Extrapolation | None:
    """The power law of each curve, with its band; None of too few sizes or repeats."""
    sizes = learning_curve.known_sizes(state)
    if len(sizes) < FEWEST_SIZES or any(curve.repeats < 2 for curve in curves):
        return None
    further, more = further_sizes(sizes[-1]), round_number(sizes[-1])
    shared = learning_curve.over_train(spec, state) or 0.0
    found = []
    for curve in curves:
        errors = 1.0 - np.array(learning_curve.accuracies(spec, state, curve.model))
        laws = _laws(np.array(sizes, dtype=np.float64), errors, curve, shared)
        ends = laws.accuracies([sizes[-1], sizes[-1] + more])
        found.append(
            ExtrapolatedCurve(
                model=curve.model,
                floor=float(laws.floor[0]),
                scale=float(laws.scale[0]),
                exponent=float(laws.exponent[0]),
                points=tuple(_reach(column) for column in laws.accuracies(further).T),
                gain=_reach(ends[:, 1] - ends[:, 0]),
            )
        )
    return Extrapolation(sizes=further, more_rows=more, models=tuple(found))


def _laws(sizes: Floats, errors: Floats, curve: ModelCurve, shared: float) -> PowerLaws:
    """The law of the mean curve, and after it those of `DRAWS` bootstrap samples of the repeats.

    `errors` [repeats, sizes]. Repeats share rows, so their mean varies more than a bootstrap (Efron
    1979) shows: the samples are spread by the correction of Nadeau and Bengio. Where no repeat
    differs they are spread by the interval of the rows.
    """
    repeats, mean = len(errors), errors.mean(axis=0)
    draw = np.random.default_rng(0)
    chosen = draw.integers(0, repeats, (DRAWS, repeats))
    spread = np.sqrt((1 / repeats + shared) * repeats**2 / (repeats - 1))
    samples = mean + spread * (errors[chosen].mean(axis=1) - mean)
    samples += draw.normal(size=(DRAWS, 1)) * _of_rows(curve)
    variance = errors.var(axis=0, ddof=1)
    average = variance.mean()
    weights = 1 / (variance + LEAST_VARIANCE * average) if average else np.ones(len(sizes))
    return PowerLaws.fitted(sizes, np.vstack([mean, samples]), weights)


def _of_rows(curve: ModelCurve) -> Floats:
    """The standard error by the rows at each size, 0 where the repeats tell it themselves."""
    ends = [(p.low, p.high) if p.covers == "rows" else (0.0, 0.0) for p in curve.points]
    return np.array([((high or 0.0) - (low or 0.0)) / (2 * Z95) for low, high in ends])


def _reach(values: npt.NDArray[Any]) -> Reach:
    """Of the mean curve's value, which is the first, and those of the samples."""
    low, high = np.percentile(values[1:], ENDS)
    mean = float(values[0])
    return Reach(mean=mean, low=min(mean, float(low)), high=max(mean, float(high)))
