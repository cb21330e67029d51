"""The layers of a network as Keras names, counts and saves them."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.keras_files.archive import keras_object
from engine.results.scores import LayerRow
from engine.specs.network import PER_LAYER, NetworkSpec
from engine.trainer.seeds import DROPOUT, INITIAL, derived_seed

DTYPE = keras_object("keras", "DTypePolicy", {"name": "float32"})


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of Keras's class `class_name`; `own` is what its configuration says of it alone."""

    class_name: str
    name: str
    inputs: int
    units: int
    own: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return (self.inputs + 1) * self.units if self.class_name == "Dense" else 0

    @property
    def config(self) -> dict[str, Any]:
        """The layer in a model's configuration."""
        shared = {"name": self.name, "trainable": True, "dtype": DTYPE}
        layer = keras_object("keras.layers", self.class_name, shared | dict(self.own))
        if self.parameters:
            layer["build_config"] = {"input_shape": [None, self.inputs]}
        return layer


def layers(network: NetworkSpec, features: int, classes: int) -> tuple[Layer, ...]:
    """`hidden_1`, `dropout_1` where its rate is above 0, …, `output`."""
    found = []
    sizes = itertools.pairwise((features, *network.hidden_layers))
    columns = zip(*(network.per_layer(name) for name in PER_LAYER), strict=True)
    for i, ((inputs, units), values) in enumerate(zip(sizes, columns, strict=True), start=1):
        value = dict(zip(PER_LAYER, map(float, values), strict=True))
        own = _dense(units, network.activation, network.initializer, network.seed, i) | {
            "kernel_regularizer": _penalty(value["kernel_l1"], value["kernel_l2"])
        }
        if activity := _penalty(value["activity_l1"], value["activity_l2"]):
            own["activity_regularizer"] = activity
        found.append(Layer("Dense", f"hidden_{i}", inputs, units, own))
        if rate := value["dropout"]:
            seed = derived_seed(network.seed, DROPOUT, i)
            drops = {"rate": rate, "seed": seed, "noise_shape": None}
            found.append(Layer("Dropout", f"dropout_{i}", units, units, drops))
    last = (features, *network.hidden_layers)[-1]
    own = _dense(classes, "softmax", "glorot_uniform", network.seed, 0)
    return (*found, Layer("Dense", "output", last, classes, own))


def layer_table(network: NetworkSpec, features: int, classes: int) -> tuple[LayerRow, ...]:
    """Name, output shape (without the batch dimension) and parameters of each layer."""
    return tuple(
        LayerRow(name=own.name, output_shape=(own.units,), parameters=own.parameters)
        for own in layers(network, features, classes)
    )


def _dense(units: int, activation: str, initializer: str, seed: int, place: int) -> dict[str, Any]:
    """`place` is that of a hidden layer from 1, or 0 of the output layer."""
    class_name = "".join(map(str.title, initializer.split("_")))
    start = {"seed": derived_seed(seed, INITIAL, place), "input_axes": None, "output_axes": None}
    return {
        "units": units,
        "activation": activation,
        "use_bias": True,
        "kernel_initializer": keras_object("keras.initializers", class_name, start),
        "bias_initializer": keras_object("keras.initializers", "Zeros", {}),
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
        "quantization_config": None,
    }


def _penalty(l1: float, l2: float) -> dict[str, Any] | None:
    if not (l1 or l2):
        return None
    return keras_object("keras.regularizers", "L1L2", {"l1": l1, "l2": l2})
