"""A dense classifier and how it is trained."""

import itertools
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from engine.specs.base import MAX_SEED, Frozen
from engine.specs.fields import knob
from engine.specs.schedules import Constant, Schedule

Activation = Literal["relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid"]
Initializer = Literal[
    "he_uniform", "he_normal", "glorot_uniform", "glorot_normal", "lecun_uniform", "lecun_normal"
]
Units = Annotated[int, Field(ge=1, le=4096)]
Penalty = Annotated[float, Field(ge=0, le=100)]
Rate = Annotated[float, Field(ge=0, lt=1)]
PER_LAYER = ("kernel_l1", "kernel_l2", "activity_l1", "activity_l2", "dropout")


class EarlyStopping(Frozen):
    """Stop when the monitored figure has not improved for `patience` epochs."""

    monitor: Literal["val_accuracy", "val_loss", "accuracy", "loss"] = knob(
        "val_accuracy", group="Stopping", help="The figure that is watched."
    )
    min_delta: Annotated[float, Field(ge=0, le=100)] = knob(
        0.0, ge=0, le=100, group="Stopping", help="Smallest change that counts as better."
    )
    patience: Annotated[int, Field(ge=0, le=100_000)] = knob(
        3, ge=0, le=100_000, unit="epochs", group="Stopping",
        help="Epochs without improvement before training ends.",
    )  # fmt: skip
    restore_best: bool = knob(
        True, group="Stopping", help="Keep the weights of the best epoch, not of the last."
    )


def _switched(value: Any) -> Any:
    """Let `true` stand for early stopping with its defaults, `false` for none."""
    if value is True:
        return {}
    return None if value is False else value


class NetworkSpec(Frozen):
    """A dense classifier and how it is trained."""

    hidden_layers: Annotated[tuple[Units, ...], Field(max_length=200)] = knob(
        (100, 100), ge=1, le=4096, unit="units", group="Network",
        help="Units of each hidden layer, up to 200 layers; 'none': no hidden layer.",
    )  # fmt: skip
    activation: Activation = knob("relu", group="Network", help="Activation of the hidden layers.")
    initializer: Initializer = knob(
        "he_uniform", group="Network", help="How the hidden layers' weights start."
    )
    dropout: Rate | tuple[Rate, ...] = knob(
        0.0, ge=0, lt=1, usual=(0, 0.8), group="Regularization",
        help="Share of a layer's outputs dropped in each step; one for all or one a layer.",
    )  # fmt: skip
    dropout_after: Literal["all", "last"] = knob(
        "all", group="Regularization", help="Which hidden layers a single dropout follows."
    )
    kernel_l1: Penalty | tuple[Penalty, ...] = knob(
        0.0, ge=0, le=100, usual=(0, 0.1), group="Regularization",
        help="L1 penalty on the weights of the hidden layers.",
    )  # fmt: skip
    kernel_l2: Penalty | tuple[Penalty, ...] = knob(
        0.0, ge=0, le=100, usual=(0, 0.1), group="Regularization",
        help="L2 penalty on the weights of the hidden layers.",
    )  # fmt: skip
    activity_l1: Penalty | tuple[Penalty, ...] = knob(
        0.0, ge=0, le=100, usual=(0, 0.1), group="Regularization",
        help="L1 penalty on the outputs of the hidden layers.",
    )  # fmt: skip
    activity_l2: Penalty | tuple[Penalty, ...] = knob(
        0.0, ge=0, le=100, usual=(0, 0.1), group="Regularization",
        help="L2 penalty on the outputs of the hidden layers.",
    )  # fmt: skip
    optimizer: Literal["adam", "sgd", "rmsprop", "adamw"] = knob(
        "adam", group="Training", help="How the weights follow the gradient."
    )
    momentum: Annotated[float, Field(ge=0, lt=1)] = knob(
        0.0, ge=0, lt=1, group="Training", help="Momentum of sgd and rmsprop; others ignore it."
    )
    weight_decay: Annotated[float, Field(ge=0, le=1)] = knob(
        0.004, ge=0, le=1, usual=(0, 0.1), group="Training",
        help="Weight decay of adamw; others ignore it.",
    )  # fmt: skip
    learning_rate: Annotated[float, Field(gt=0, le=10)] = knob(
        0.001, gt=0, le=10, usual=(1e-5, 0.1), group="Training",
        help="Learning rate, at the start where a schedule changes it.",
    )  # fmt: skip
    schedule: Schedule = knob(
        Constant(), group="Training", help="How the learning rate changes during training."
    )
    epochs: Annotated[int, Field(ge=1, le=100_000)] = knob(
        20, ge=1, le=100_000, usual=(1, 10_000), unit="epochs", group="Training",
        help="Passes over the training part, at most.",
    )  # fmt: skip
    batch_size: Annotated[int, Field(ge=1, le=65_536)] = knob(
        16, ge=1, le=65_536, unit="rows", group="Training", help="Rows in one optimizer step."
    )
    early_stopping: Annotated[EarlyStopping | None, BeforeValidator(_switched)] = knob(
        None, group="Stopping", help="End training when a figure no longer improves."
    )
    class_weight: Literal["none", "balanced"] = knob(
        "none", group="Training", advanced=True,
        help="balanced: rows of rare classes count more in the loss.",
    )  # fmt: skip
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = knob(
        0, ge=0, le=MAX_SEED, group="Training",
        help="Decides initial weights, shuffling and dropout.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _layers_fit(self) -> Self:
        depth = len(self.hidden_layers)
        for name in PER_LAYER:
            value = getattr(self, name)
            if isinstance(value, tuple) and len(value) != depth:
                given = f"{len(value)} value{'s'[: len(value) != 1]}"
                raise ValueError(
                    f"{name}: {given} for {depth} hidden layer{'s'[: depth != 1]}; one number for"
                    " all, or one for each"
                )
        if isinstance(self.dropout, tuple) and self.dropout_after != "all":
            raise ValueError("dropout_after: leave it at 'all' when dropout lists every layer")
        return self

    @property
    def network(self) -> "NetworkSpec":
        """The part of this spec that decides the network and its training."""
        return NetworkSpec.model_construct(
            **{name: getattr(self, name) for name in NetworkSpec.model_fields}
        )

    def per_layer(self, name: str) -> tuple[float, ...]:
        """A regularizer or the dropout (`kernel_l1`, …), a figure for each hidden layer."""
        depth = len(self.hidden_layers)
        value = getattr(self, name)
        if isinstance(value, tuple):
            return value
        if name == "dropout" and self.dropout_after == "last":
            return (0.0,) * (depth - 1) + (value,) * min(depth, 1)
        return (value,) * depth


def count_parameters(hidden_layers: tuple[int, ...], features: int, classes: int) -> int:
    """Weights and biases of a dense network: each layer has (inputs + 1) × units."""
    widths = (features, *hidden_layers, classes)
    return sum((inputs + 1) * units for inputs, units in itertools.pairwise(widths))
