"""A dense classifier as a plain `keras.Sequential` in a `.keras` file."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.keras_files.archive import Array, Variables, keras_object, packed
from engine.keras_files.layers import DTYPE, Layer, layers
from engine.keras_files.optimizers import KERAS_OPTIMIZERS, last_rate, optimizer_config
from engine.specs.network import NetworkSpec

Numbers = npt.NDArray[np.float64]


def network_file(network: NetworkSpec, weights: Sequence[Array], epochs: int) -> bytes:
    """The network after `epochs` epochs: kernel and bias of each layer, float32, in `weights`.

    It comes compiled. Its optimizer is as before the first step: what it would have kept of the
    steps would be three quarters of the file, for nobody but who trains on. A learning rate that
    no schedule of Keras's gives is that of the last epoch.
    """
    own = layers(network, weights[0].shape[0], weights[-1].size)
    # Keras's variables are in single precision
    rate = None if (last := last_rate(network, epochs)) is None else np.float32(last)
    config = _sequential("network", own) | {
        "compile_config": _compilation(
            optimizer_config(network, None if rate is None else float(rate))
        )
    }
    entry = KERAS_OPTIMIZERS[network.optimizer]
    # without its variables, Keras warns of each when it loads the file
    state: list[Any] = [np.int64(0), *([] if rate is None else [rate])]
    state = [np.asarray(number) for number in state]
    state += entry.arrays(network, [array.shape for array in weights])
    optimizer = Variables("optimizer", entry.name, state, entry.initial)
    return packed(config, [*_variables(own, weights), optimizer])


def linear_file(coefficients: Numbers, intercepts: Numbers) -> bytes:
    """One softmax layer: `coefficients` [classes, features], `intercepts` [classes].

    It comes uncompiled, as no optimizer of Keras's has found it.
    """
    weights = [coefficients.T.astype(np.float32), intercepts.astype(np.float32)]
    own = layers(NetworkSpec(hidden_layers=()), *weights[0].shape)
    return packed(_sequential("logistic_regression", own), list(_variables(own, weights)))


def _sequential(name: str, own: Sequence[Layer]) -> dict[str, Any]:
    shape = [None, own[0].inputs]
    inputs = {
        "batch_shape": shape, "dtype": "float32", "sparse": False, "ragged": False,
        "name": "features", "optional": False,
    }  # fmt: skip
    config = {
        "name": name,
        "trainable": True,
        "dtype": DTYPE,
        "layers": [
            keras_object("keras.layers", "InputLayer", inputs),
            *(layer.config for layer in own),
        ],
        "build_input_shape": shape,
    }
    return keras_object("keras", "Sequential", config) | {"build_config": {"input_shape": shape}}


def _compilation(optimizer: dict[str, Any]) -> dict[str, Any]:
    loss = {
        "name": "sparse_categorical_crossentropy", "reduction": "sum_over_batch_size",
        "from_logits": False, "ignore_class": None,
    }  # fmt: skip
    return {
        "optimizer": optimizer,
        "loss": keras_object("keras.losses", "SparseCategoricalCrossentropy", loss),
        "loss_weights": None,
        "metrics": ["accuracy"],
        "weighted_metrics": None,
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
    }


def _variables(own: Iterable[Layer], weights: Sequence[Array]) -> Iterator[Variables]:
    """Kernel and bias of each dense layer, which Keras numbers whatever they are called."""
    dense = [layer for layer in own if layer.parameters]
    for i, layer in enumerate(dense):
        path = f"layers/dense_{i}" if i else "layers/dense"
        yield Variables(path, layer.name, weights[2 * i : 2 * i + 2])
