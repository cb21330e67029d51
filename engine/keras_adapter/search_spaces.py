"""A `Range` or `Choice` as scikit-learn and Keras Tuner want it.

Whole ranges give whole numbers and stepped ones give their steps, whoever draws.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras_tuner
import numpy as np
from scipy import stats

from engine.specs.search_space import Choice, Dimension

_PLAIN = (bool, int, float, str)


@dataclass(frozen=True)
class WholeLog:
    """Whole numbers from `low` to `high`, drawn evenly over orders of magnitude."""

    low: int
    high: int

    def rvs(self, random_state: np.random.RandomState | None = None) -> int:
        """Draw one, as scikit-learn asks a distribution of SciPy to."""
        source = random_state or np.random.RandomState()
        drawn = source.uniform(math.log(self.low), math.log(self.high + 1))
        return min(self.high, max(self.low, int(math.exp(drawn))))


def as_list(dimension: Dimension) -> list[Any]:
    """Every value, for a grid; raises ValueError where there is no end of them."""
    values: Iterable[Any] | None = dimension.values
    if values is None and not isinstance(dimension, Choice) and dimension.count is not None:
        # whole numbers, which a log scale only draws differently
        values = range(int(dimension.low), int(dimension.high) + 1, int(dimension.step or 1))
    if values is None:
        raise ValueError("a continuous range has no list of values")
    return list(values)


def as_distribution(dimension: Dimension) -> Any:
    """A list, or a distribution of SciPy's, for scikit-learn's `ParameterSampler`."""
    if isinstance(dimension, Choice) or dimension.values is not None:
        return as_list(dimension)
    low, high = dimension.low, dimension.high
    if dimension.scale == "log":
        return WholeLog(int(low), int(high)) if dimension.whole else stats.loguniform(low, high)
    if dimension.whole:
        return stats.randint(int(low), int(high) + 1)
    return stats.uniform(low, high - low)


def declare(hp: keras_tuner.HyperParameters, vary: Mapping[str, Dimension]) -> None:
    """Make the varied settings hyperparameters of Keras Tuner, each under its own name."""
    for name, dimension in vary.items():
        if isinstance(dimension, Choice):
            hp.Choice(name, _choices(dimension))
            continue
        declared, number = (hp.Int, int) if dimension.whole else (hp.Float, float)
        log = dimension.scale == "log"
        declared(
            name,
            number(dimension.low),
            number(dimension.high),
            step=None if log or dimension.step is None else number(dimension.step),
            sampling="log" if log else "linear",
        )


def settings_of_trial(values: Mapping[str, Any], vary: Mapping[str, Dimension]) -> dict[str, Any]:
    """The varied settings among a trial's hyperparameters, as plain values."""
    return {name: _back(values[name], dimension) for name, dimension in vary.items()}


def plain(value: Any) -> Any:
    """A number of NumPy's as Python's own; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def _choices(dimension: Choice) -> list[Any]:
    """The values themselves, or their places where Keras Tuner cannot hold them as they are."""
    kinds = {type(value) for value in dimension.values}
    alike = len(kinds) == 1 and kinds <= set(_PLAIN)
    return list(dimension.values) if alike else list(range(len(dimension.values)))


def _back(value: Any, dimension: Dimension) -> Any:
    if isinstance(dimension, Choice) and _choices(dimension) != list(dimension.values):
        return dimension.values[int(value)]
    return plain(value)
