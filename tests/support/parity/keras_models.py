"""The network of a spec as Keras itself builds it: what our own is held against."""

from typing import Any

from engine.specs.network import NetworkSpec
from engine.specs.optimizers import OPTIMIZERS
from engine.specs.schedules import CosineRestarts, ExponentialDecay
from engine.trainer.seeds import DROPOUT, INITIAL, derived_seed
from tests.support.later import Later

keras: Any = Later("keras")


def keras_model(spec: NetworkSpec, features: int, classes: int, *, eager: bool = False) -> Any:
    """A `keras.Sequential`, compiled and not yet trained; `eager` runs it step by step."""
    layers: list[Any] = [keras.Input((features,), name="features")]
    columns = {
        name: spec.per_layer(name)
        for name in ("kernel_l1", "kernel_l2", "activity_l1", "activity_l2", "dropout")
    }
    initializer = type(keras.initializers.get(spec.initializer))
    for i, units in enumerate(spec.hidden_layers, start=1):
        own = {name: values[i - 1] for name, values in columns.items()}
        layers.append(
            keras.layers.Dense(
                units,
                activation=spec.activation,
                kernel_initializer=initializer(seed=derived_seed(spec.seed, INITIAL, i)),
                kernel_regularizer=_penalty(own["kernel_l1"], own["kernel_l2"]),
                activity_regularizer=_penalty(own["activity_l1"], own["activity_l2"]),
                name=f"hidden_{i}",
            )
        )
        if own["dropout"]:
            seed = derived_seed(spec.seed, DROPOUT, i)
            layers.append(keras.layers.Dropout(own["dropout"], seed=seed, name=f"dropout_{i}"))
    start = keras.initializers.GlorotUniform(seed=derived_seed(spec.seed, INITIAL, 0))
    layers.append(
        keras.layers.Dense(classes, activation="softmax", kernel_initializer=start, name="output")
    )
    model = keras.Sequential(layers, name="network")
    model.compile(
        optimizer=_optimizer(spec),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        run_eagerly=eager,
    )
    return model


def _penalty(l1: float, l2: float) -> Any:
    return keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None


def _optimizer(spec: NetworkSpec) -> Any:
    classes = {name.lower(): own for name, own in vars(keras.optimizers).items()}
    rate: Any = spec.learning_rate
    match spec.schedule:
        case CosineRestarts() as own:
            rate = keras.optimizers.schedules.CosineDecayRestarts(
                rate, own.first_decay_steps, t_mul=own.t_mul, m_mul=own.m_mul, alpha=own.alpha
            )
        case ExponentialDecay() as own:
            rate = keras.optimizers.schedules.ExponentialDecay(
                rate, own.decay_steps, own.factor, staircase=own.staircase
            )
    used = {name: getattr(spec, name) for name in OPTIMIZERS[spec.optimizer].uses}
    return classes[spec.optimizer](rate, **used)
