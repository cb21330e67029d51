"""How weights start: Keras's initializers by their formulas, drawn by NumPy.

`engine.specs.activations` has their names and sources; a test holds the distributions equal to
Keras's. The draws are not Keras's own.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from engine.specs.network import NetworkSpec
from engine.trainer.seeds import INITIAL, derived_seed
from engine.trainer.shapes import Array

# a normal distribution is cut at two standard deviations, and widened so that its variance stays
_CUT: Final = 2.0
_CUT_DEVIATION: Final = 0.87962566103423978


@dataclass(frozen=True)
class Initializer:
    """Draws of one distribution: `variance` from (inputs, outputs), normal or uniform."""

    variance: Callable[[int, int], float]
    normal: bool

    def draw(self, seed: int, inputs: int, outputs: int) -> Array:
        """A kernel, float32 [inputs, outputs], from `seed` alone."""
        places = np.random.Generator(np.random.Philox(seed)).random((inputs, outputs))
        deviation = self.variance(inputs, outputs) ** 0.5
        if self.normal:
            low, high = ndtr(-_CUT), ndtr(_CUT)
            drawn = ndtri(low + places * (high - low)) * (deviation / _CUT_DEVIATION)
        else:
            drawn = (2.0 * places - 1.0) * (3.0**0.5 * deviation)
        kernel: Array = drawn.astype(np.float32)
        return kernel


def _he(inputs: int, outputs: int) -> float:
    return 2.0 / inputs


def _glorot(inputs: int, outputs: int) -> float:
    return 2.0 / (inputs + outputs)


def _lecun(inputs: int, outputs: int) -> float:
    return 1.0 / inputs


INITIALIZERS: Final[dict[str, Initializer]] = {
    f"{name}_{shape}": Initializer(variance, shape == "normal")
    for name, variance in (("he", _he), ("glorot", _glorot), ("lecun", _lecun))
    for shape in ("uniform", "normal")
}
# of the output layer, as Keras starts a layer unless told otherwise
OUTPUT: Final = "glorot_uniform"


def initial_weights(network: NetworkSpec, features: int, classes: int) -> list[Array]:
    """Kernel [inputs, units] and bias [units] of every layer, float32, from the spec's seed."""
    sizes = (features, *network.hidden_layers, classes)
    found: list[Array] = []
    for i, (inputs, units) in enumerate(itertools.pairwise(sizes), start=1):
        output = i == len(sizes) - 1
        initializer = INITIALIZERS[OUTPUT if output else network.initializer]
        own = derived_seed(network.seed, INITIAL, 0 if output else i)
        found += [initializer.draw(own, inputs, units), np.zeros(units, np.float32)]
    return found
