"""From a spec to a compiled Keras model."""

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from engine.keras_adapter.xla_sequential import XlaSequential, compilation
from engine.results.scores import LayerRow
from engine.specs.activations import INITIALIZERS
from engine.specs.network import NetworkSpec
from engine.specs.optimizers import OPTIMIZERS as OPTIMIZER_NAMES
from engine.specs.schedules import CosineRestarts, ExponentialDecay
from engine.trainer.batching import Rows
from engine.trainer.configuration import NetworkConfig, configured
from engine.trainer.fleet import Member
from engine.trainer.learning_rates import spec_rates
from engine.trainer.optimizers import OPTIMIZERS
from engine.trainer.seeds import INITIAL, derived_seed
from engine.trainer.training import Snapshot, Training, TrainingPlan

# a name is Keras's own, as that of an activation is
_INITIALIZERS = {name: type(keras.initializers.get(name)) for name in INITIALIZERS}
# What a saved model says of its schedule: Keras's own classes, which every Keras can load. One
# without an entry is saved with its last learning rate. (schedule, learning rate) -> schedule
KERAS_SCHEDULES: dict[type, Callable[[Any, float], Any]] = {
    CosineRestarts: lambda s, rate: keras.optimizers.schedules.CosineDecayRestarts(
        rate, s.first_decay_steps, t_mul=s.t_mul, m_mul=s.m_mul, alpha=s.alpha
    ),
    ExponentialDecay: lambda s, rate: keras.optimizers.schedules.ExponentialDecay(
        rate, s.decay_steps, s.factor, staircase=s.staircase
    ),
}


def build(
    network: NetworkSpec, features: int, classes: int, seed: int | None = None
) -> XlaSequential:
    """A compiled model of `features` inputs and `classes` softmax outputs.

    Layers are named `hidden_1`, `dropout_1`, …, `output`; a dropout layer is
    there only where its rate is above 0. Initial weights and dropout depend on
    `seed` alone (the spec's own, unless given), never on a global seed.
    """
    seed = network.seed if seed is None else seed
    config = configured(network, features, classes, seed)
    model = XlaSequential(
        [keras.Input((features,), name="features"), *_layers(network, config, seed)],
        config,
        spec_rates(network.schedule, network.learning_rate),
        seed,
    )
    model.compile(optimizer=_optimizer(network), **compilation())
    return model


def restart(model: XlaSequential, network: NetworkSpec, weights: list[Any], seed: int) -> None:
    """Make `model`, built for a network of the same layers, what `build` makes with `seed`.

    Its initial `weights` are those of `initial_weights`, which costs more than all the rest.
    """
    if type(network.schedule) not in KERAS_SCHEDULES:
        model.optimizer.learning_rate = network.learning_rate
    model.config = configured(network, model.config.features, model.config.classes, seed)
    if model.seed != seed:
        _reseed(model, network, seed)
    model.rates = spec_rates(network.schedule, network.learning_rate)
    model.seed, model.watchers = seed, ()
    model.restore(Snapshot(weights))


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


def fleet_member(
    network: NetworkSpec, features: int, classes: int, train: Rows, validation: Rows | None = None
) -> Member:
    """A network of a fleet, to the bit what `build` makes; nothing of Keras is built for it.

    `features` and `classes` are the table's; the rows may be shared by many members.
    """
    config = configured(network, features, classes)
    rates = spec_rates(network.schedule, network.learning_rate)
    plan = TrainingPlan(rates, network.epochs, network.batch_size, network.seed)

    def begin() -> Training:
        start = Snapshot(initial_weights(network, features, classes))
        return Training(config, start, plan, train, validation)

    return begin


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


def _layers(network: NetworkSpec, config: NetworkConfig, seed: int) -> list[Any]:
    layers: list[Any] = []
    for i, own in enumerate(config.hidden, start=1):
        layers.append(
            keras.layers.Dense(
                own.units,
                activation=network.activation,
                kernel_initializer=_initializer(network, seed, i),
                kernel_regularizer=_penalty(own.kernel_l1, own.kernel_l2),
                activity_regularizer=_penalty(own.activity_l1, own.activity_l2),
                name=f"hidden_{i}",
            )
        )
        if own.dropout > 0:
            layers.append(keras.layers.Dropout(own.dropout, seed=own.seed, name=f"dropout_{i}"))
    start = _initializer(network, seed, 0)
    output = keras.layers.Dense(
        config.classes, activation="softmax", kernel_initializer=start, name="output"
    )
    return [*layers, output]


def _reseed(model: XlaSequential, network: NetworkSpec, seed: int) -> None:
    places = {f"hidden_{i}": i for i in range(1, len(network.hidden_layers) + 1)} | {"output": 0}
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed = model.config.hidden[int(layer.name.rpartition("_")[2]) - 1].seed
        elif layer.name in places:
            layer.kernel_initializer = _initializer(network, seed, places[layer.name])


def _initializer(network: NetworkSpec, seed: int, layer: int) -> Any:
    """Of hidden layer `layer` from 1; 0 is the output layer."""
    kind = _INITIALIZERS[network.initializer] if layer else keras.initializers.GlorotUniform
    return kind(seed=derived_seed(seed, INITIAL, layer))


def _penalty(l1: float, l2: float) -> Any:
    return keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None


def _optimizer(network: NetworkSpec) -> Any:
    entry = OPTIMIZERS[network.optimizer]
    rate: Any = network.learning_rate
    if type(network.schedule) in KERAS_SCHEDULES:
        rate = KERAS_SCHEDULES[type(network.schedule)](network.schedule, rate)
    used = {name: getattr(network, name) for name in OPTIMIZER_NAMES[network.optimizer].uses}
    return getattr(keras.optimizers, entry.keras_name)(rate, **used)
