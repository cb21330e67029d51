"""What a Keras model's layers and optimizer amount to, as plain numbers."""

from typing import Any

import keras

from engine.trainer.configuration import Hidden, NotCovered, Optimizer, Settings

ACTIVATIONS: dict[Any, str] = {
    keras.activations.relu: "relu",
    keras.activations.leaky_relu: "leaky_relu",
    keras.activations.elu: "elu",
    keras.activations.selu: "selu",
    keras.activations.gelu: "gelu",
    keras.activations.silu: "silu",
    keras.activations.tanh: "tanh",
    keras.activations.sigmoid: "sigmoid",
}
_OPTIMIZERS: dict[Any, str] = {
    keras.optimizers.Adam: "adam",
    keras.optimizers.AdamW: "adamw",
    keras.optimizers.RMSprop: "rmsprop",
    keras.optimizers.SGD: "sgd",
}


def settings_of(model: Any, optimizer: Any) -> Settings:
    """Read a built Sequential and its optimizer; `NotCovered` tells what the program cannot do."""
    layers = list(model.layers)
    if not layers or not model.built:
        raise NotCovered("the model is not built")
    hidden: list[Hidden] = []
    names: set[str] = set()
    for layer in layers[:-1]:
        if type(layer) is keras.layers.Dropout and hidden and not hidden[-1].dropout:
            hidden[-1] = _with_dropout(hidden[-1], layer)
        elif type(layer) is keras.layers.Dense:
            names.add(_activation(layer))
            hidden.append(_hidden(layer))
        else:
            raise NotCovered(f"layer {layer.name} ({type(layer).__name__})")
    output = layers[-1]
    _plain_dense(output)
    if output.activation is not keras.activations.softmax:
        raise NotCovered(f"layer {output.name} does not end in softmax")
    if output.kernel_regularizer or output.activity_regularizer:
        raise NotCovered(f"layer {output.name} has a regularizer")
    if len(names) > 1:
        raise NotCovered("hidden layers with different activations")
    return Settings(
        features=int(model.input_shape[-1]),
        hidden=tuple(hidden),
        classes=output.units,
        activation=names.pop() if names else "relu",
        optimizer=_optimizer(optimizer),
    )


def _hidden(layer: Any) -> Hidden:
    _plain_dense(layer)
    kernel, activity = layer.kernel_regularizer, layer.activity_regularizer
    k1, k2 = _penalty(layer, kernel)
    a1, a2 = _penalty(layer, activity)
    return Hidden(layer.units, k1, k2, a1, a2)


def _with_dropout(hidden: Hidden, layer: Any) -> Hidden:
    if layer.noise_shape is not None:
        raise NotCovered(f"layer {layer.name} has a noise shape")
    if not layer.rate:
        return hidden
    seed = layer.seed_generator._initial_seed if layer.seed is None else layer.seed
    values = (hidden.units, hidden.kernel_l1, hidden.kernel_l2)
    activity = (hidden.activity_l1, hidden.activity_l2)
    return Hidden(*values, *activity, dropout=float(layer.rate), seed=int(seed) & 0xFFFFFFFF)


def _plain_dense(layer: Any) -> None:
    plain = (
        type(layer) is keras.layers.Dense
        and layer.use_bias
        and layer.trainable
        and layer.compute_dtype == "float32"
        and not (layer.bias_regularizer or layer.kernel_constraint or layer.bias_constraint)
        and not getattr(layer, "lora_rank", None)
    )
    if not plain:
        raise NotCovered(f"layer {layer.name} is not a plain dense layer")


def _activation(layer: Any) -> str:
    name = ACTIVATIONS.get(layer.activation)
    if name is None:
        raise NotCovered(f"layer {layer.name} has another activation")
    return name


def _penalty(layer: Any, regularizer: Any) -> tuple[float, float]:
    if regularizer is None:
        return 0.0, 0.0
    if isinstance(
        regularizer, keras.regularizers.L1L2 | keras.regularizers.L1 | keras.regularizers.L2
    ):
        return float(getattr(regularizer, "l1", 0.0)), float(getattr(regularizer, "l2", 0.0))
    raise NotCovered(f"layer {layer.name} has another regularizer")


def _optimizer(optimizer: Any) -> Optimizer:
    name = _OPTIMIZERS.get(type(optimizer))
    if name is None:
        raise NotCovered(f"optimizer {type(optimizer).__name__}")
    extras = ("clipnorm", "clipvalue", "global_clipnorm", "use_ema", "loss_scale_factor",
              "gradient_accumulation_steps", "amsgrad", "nesterov", "centered")  # fmt: skip
    for extra in extras:
        if getattr(optimizer, extra, None):
            raise NotCovered(f"optimizer with {extra}")
    if optimizer.weight_decay is not None and name != "adamw":
        raise NotCovered(f"optimizer {name} with weight decay")
    names = ("momentum", "weight_decay", "beta_1", "beta_2", "rho", "epsilon")
    values = {n: float(v) for n in names if (v := getattr(optimizer, n, None)) is not None}
    return Optimizer(name=name, **values)
