"""A kept network, computed by NumPy: nothing heavier is loaded to predict.

The formulas of the activations are Keras's; tests hold them equal for every name of
`engine.specs.activations`.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import h5py
import numpy as np
import numpy.typing as npt
from scipy.special import erf, expit

from engine.data.feature_matrix import FeatureMatrix
from engine.errors import EngineError

Numbers = npt.NDArray[np.float32]

_SELU_ALPHA: Final = np.float32(1.6732632423543772)
_SELU_SCALE: Final = np.float32(1.0507009873554805)
_LEAKY_SLOPE: Final = np.float32(0.2)
_SQRT_HALF: Final = np.float32(0.7071067811865476)
# numbers of the widest layer that are worked on at a time
_BLOCK = 4_000_000


def _elu(z: Numbers) -> Numbers:
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def softmax(z: Numbers) -> Numbers:
    """Of each row, [rows, classes]."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    probabilities: Numbers = powers / powers.sum(axis=1, keepdims=True)
    return probabilities


# what a layer of a `.keras` file may name
FUNCTIONS: Final[dict[str, Callable[[Numbers], Numbers]]] = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, _LEAKY_SLOPE * z),
    "elu": _elu,
    "selu": lambda z: _SELU_SCALE * np.where(z > 0, z, _SELU_ALPHA * _elu(z)),
    "gelu": lambda z: np.float32(0.5) * z * (1 + erf(z * _SQRT_HALF)),
    "silu": lambda z: z * expit(z),
    "tanh": np.tanh,
    "sigmoid": expit,
    "softmax": softmax,
}


@dataclass(frozen=True, eq=False)
class Layer:
    """activation(x · kernel + bias), float32: x [rows, inputs], kernel [inputs, units]."""

    kernel: Numbers
    bias: Numbers
    # a key of `FUNCTIONS`
    activation: str


@dataclass(frozen=True, eq=False)
class Network:
    """Dense layers, the last of which gives the probability of each class."""

    layers: tuple[Layer, ...]

    @classmethod
    def read(cls, body: bytes) -> Self:
        """The network in a `.keras` file of this program; raises EngineError for any other."""
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                config = json.loads(archive.read("config.json"))["config"]["layers"]
                weights = archive.read("model.weights.h5")
            with h5py.File(io.BytesIO(weights)) as file:
                # Keras numbers the layers of a class in their order, whatever they are called
                dense = [layer["config"] for layer in config if layer["class_name"] == "Dense"]
                return cls(tuple(_layer(file, i, own) for i, own in enumerate(dense)))
        except (
            OSError, KeyError, ValueError, TypeError, RecursionError, zipfile.BadZipFile, zlib.error
        ) as error:  # fmt: skip
            raise EngineError(
                f"The kept network cannot be read: {error}.", "Train it again: penguin-tui rerun."
            ) from error

    def probabilities(self, x: FeatureMatrix) -> Numbers:
        """The probability of each class, float32 [rows, classes]; may be called by any thread."""
        widest = max(x.features, *(layer.kernel.shape[1] for layer in self.layers))
        size = max(1, _BLOCK // widest)
        blocks = [self.of_array(x[start : start + size]) for start in range(0, len(x), size)]
        classes = self.layers[-1].kernel.shape[1]
        return np.concatenate(blocks) if blocks else np.empty((0, classes), np.float32)

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return tuple(layer.bias.size for layer in self.layers[:-1])

    @property
    def multiplications(self) -> int:
        """How many a row takes."""
        return sum(layer.kernel.size for layer in self.layers)

    def of_array(self, x: Numbers) -> Numbers:
        """As `probabilities`, of preprocessed rows [rows, features] that are not many."""
        # what overflows far outside of the training range ends in 0 or 1
        with np.errstate(over="ignore", under="ignore"):
            for layer in self.layers:
                z = x @ layer.kernel + layer.bias
                x = FUNCTIONS[layer.activation](z).astype(np.float32, copy=False)
        return x


def _layer(file: Any, place: int, config: dict[str, Any]) -> Layer:
    group = file[f"layers/dense_{place}/vars" if place else "layers/dense/vars"]
    kernel, bias = (np.asarray(group[name], np.float32) for name in ("0", "1"))
    if config["activation"] not in FUNCTIONS:
        raise ValueError(f"activation {config['activation']} is not known")
    return Layer(kernel, bias, config["activation"])
