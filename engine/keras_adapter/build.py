"""From a spec to a compiled Keras model."""

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from engine.keras_adapter.network import Network
from engine.results import LayerRow
from engine.specs.network import NetworkSpec
from engine.specs.schedules import (
    CosineRestarts,
    ExponentialDecay,
    StepDecay,
    rate_at,
)
from engine.trainer.configuration import Hidden, Optimizer, Settings
from engine.trainer.seeds import DROPOUT, INITIAL, derived_seed

_PER_LAYER = ("kernel_l1", "kernel_l2", "activity_l1", "activity_l2", "dropout")
_INITIALIZERS: dict[str, Any] = {
    "he_uniform": keras.initializers.HeUniform,
    "he_normal": keras.initializers.HeNormal,
    "glorot_uniform": keras.initializers.GlorotUniform,
    "glorot_normal": keras.initializers.GlorotNormal,
    "lecun_uniform": keras.initializers.LecunUniform,
    "lecun_normal": keras.initializers.LecunNormal,
}


def build(network: NetworkSpec, features: int, classes: int, seed: int | None = None) -> Network:
    """A compiled model of `features` inputs and `classes` softmax outputs.

    Layers are named `hidden_1`, `dropout_1`, …, `output`; a dropout layer is
    there only where its rate is above 0. Initial weights and dropout depend on
    `seed` alone (the spec's own, unless given), never on a global seed. Loss is
    sparse categorical cross-entropy, labels are integers from 0; the metric is
    accuracy.
    """
    seed = network.seed if seed is None else seed
    model = Network([keras.Input((features,), name="features"), *_layers(network, classes, seed)])
    model.seed = seed
    model.epoch_rate = _epoch_rate(network)
    model.compile(
        optimizer=_optimizer(network),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model


def reseed(model: Network, network: NetworkSpec, seed: int) -> None:
    """Make `seed` what `model`, built for another, says and draws from; its weights stay."""
    model.seed = seed
    places = {f"hidden_{i}": i for i in range(1, len(network.hidden_layers) + 1)} | {"output": 0}
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed = _dropout_seed(seed, int(layer.name.rpartition("_")[2]))
        elif layer.name in places:
            layer.kernel_initializer = _initializer(network, seed, places[layer.name])


def initial_weights(
    network: NetworkSpec, features: int, classes: int, seed: int | None = None
) -> list[np.ndarray[Any, Any]]:
    """Kernel and bias of every layer as `build` would start them, without building a model."""
    seed = network.seed if seed is None else seed
    sizes = (features, *network.hidden_layers, classes)
    found: list[np.ndarray[Any, Any]] = []
    for i, (inputs, units) in enumerate(itertools.pairwise(sizes), start=1):
        layer = i if i < len(sizes) - 1 else 0
        kernel = _initializer(network, seed, layer)((inputs, units), dtype="float32")
        found += [np.asarray(kernel), np.zeros(units, np.float32)]
    return found


def settings_for(
    network: NetworkSpec, features: int, classes: int, seed: int | None = None
) -> Settings:
    """What `settings_of` reads from the model that `build` makes, without building it."""
    seed = network.seed if seed is None else seed
    columns = zip(*(network.per_layer(name) for name in _PER_LAYER), strict=True)
    hidden = tuple(
        Hidden(
            units=units,
            **dict(zip(_PER_LAYER, map(float, values), strict=True)),
            seed=_dropout_seed(seed, i) if values[-1] else 0,
        )
        for i, (units, values) in enumerate(
            zip(network.hidden_layers, columns, strict=True), start=1
        )
    )
    name = network.optimizer
    moves = name in ("sgd", "rmsprop")
    optimizer = Optimizer(
        name=name,
        momentum=network.momentum if moves else 0.0,
        weight_decay=network.weight_decay if name == "adamw" else 0.0,
    )
    activation = network.activation if hidden else "relu"
    return Settings(features, hidden, classes, activation, optimizer)


def layer_table(model: keras.Model) -> tuple[LayerRow, ...]:
    """Name, output shape (without the batch dimension) and parameters of each layer."""
    return tuple(
        LayerRow(
            name=layer.name,
            output_shape=tuple(int(size) for size in layer.output.shape[1:]),
            parameters=int(layer.count_params()),
        )
        for layer in model.layers
    )


def _layers(network: NetworkSpec, classes: int, seed: int) -> list[Any]:
    per_layer = zip(*(network.per_layer(name) for name in _PER_LAYER), strict=True)
    layers: list[Any] = []
    for i, (units, (k1, k2, a1, a2, dropout)) in enumerate(
        zip(network.hidden_layers, per_layer, strict=True), start=1
    ):
        layers.append(
            keras.layers.Dense(
                units,
                activation=network.activation,
                kernel_initializer=_initializer(network, seed, i),
                kernel_regularizer=_penalty(k1, k2),
                activity_regularizer=_penalty(a1, a2),
                name=f"hidden_{i}",
            )
        )
        if dropout > 0:
            layers.append(
                keras.layers.Dropout(dropout, seed=_dropout_seed(seed, i), name=f"dropout_{i}")
            )
    output = _initializer(network, seed, 0)
    layers.append(
        keras.layers.Dense(classes, activation="softmax", kernel_initializer=output, name="output")
    )
    return layers


def _initializer(network: NetworkSpec, seed: int, layer: int) -> Any:
    """Of hidden layer `layer` from 1; 0 is the output layer."""
    kind = _INITIALIZERS[network.initializer] if layer else keras.initializers.GlorotUniform
    return kind(seed=derived_seed(seed, INITIAL, layer))


def _dropout_seed(seed: int, layer: int) -> int:
    return derived_seed(seed, DROPOUT, layer)


def _penalty(l1: float, l2: float) -> Any:
    return keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None


def _optimizer(network: NetworkSpec) -> Any:
    rate = _rate(network)
    if network.optimizer == "adam":
        return keras.optimizers.Adam(rate)
    if network.optimizer == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=network.weight_decay)
    if network.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate, momentum=network.momentum)
    return keras.optimizers.SGD(rate, momentum=network.momentum)


def _rate(network: NetworkSpec) -> Any:
    schedule, start = network.schedule, network.learning_rate
    if isinstance(schedule, CosineRestarts):
        return keras.optimizers.schedules.CosineDecayRestarts(
            start,
            schedule.first_decay_steps,
            t_mul=schedule.t_mul,
            m_mul=schedule.m_mul,
            alpha=schedule.alpha,
        )
    if isinstance(schedule, ExponentialDecay):
        return keras.optimizers.schedules.ExponentialDecay(
            start, schedule.decay_steps, schedule.factor, staircase=schedule.staircase
        )
    return start


def _epoch_rate(network: NetworkSpec) -> Callable[[int], float] | None:
    schedule, start = network.schedule, network.learning_rate
    if not isinstance(schedule, StepDecay):
        return None
    return lambda epoch: rate_at(schedule, start, epoch, 0)
