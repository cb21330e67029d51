"""A dense classifier and how it is trained."""

import itertools
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from engine.specs.activations import ACTIVATIONS, INITIALIZERS
from engine.specs.base import MAX_SEED, Frozen
from engine.specs.class_weight import CLASS_WEIGHT, ClassWeight
from engine.specs.data import DataSpec
from engine.specs.fields import OneOf, setting
from engine.specs.optimizers import OPTIMIZERS, users_of
from engine.specs.schedules import Constant, Schedule

Units = Annotated[int, Field(ge=1, le=4096)]
Penalty = Annotated[float, Field(ge=0, le=100)]
Rate = Annotated[float, Field(ge=0, lt=1)]
_PENALTY: Any = {
    "group": "Regularization", "typical": (0, 0.1), "simpler": "higher",
    "search": "0, 0.001, 0.01, 0.1", "sweep": "0, 0.001, 0.01, 0.1",
}  # fmt: skip
PER_LAYER = ("kernel_l1", "kernel_l2", "activity_l1", "activity_l2", "dropout")


class EarlyStopping(Frozen):
    """Stop when the monitored metric has not improved for `patience` epochs."""

    monitor: Literal["val_accuracy", "val_loss", "accuracy", "loss"] = setting(
        # on few rows the epoch of the best accuracy is one of chance (docs/real-tables.md)
        "val_loss",
        group="Stopping",
        help="The monitored metric.",
    )
    min_delta: Annotated[float, Field(ge=0, le=100)] = setting(
        0.0, group="Stopping", help="Smallest change that counts as better."
    )
    patience: Annotated[int, Field(ge=0, le=100_000)] = setting(
        3, unit="epochs", group="Stopping", help="Epochs without improvement before training ends."
    )
    restore_best: bool = setting(
        True, group="Stopping", help="Keep the weights of the best epoch, not of the last."
    )

    @property
    def selects(self) -> bool:
        """Whether the validation set decides which epoch is kept."""
        return self.restore_best and self.monitor.startswith("val_")


def _switched(value: Any) -> Any:
    """Let `true` stand for early stopping with its defaults, `false` for none."""
    if value is True:
        return {}
    return None if value is False else value


class NetworkSpec(Frozen):
    """A dense classifier and how it is trained."""

    hidden_layers: Annotated[tuple[Units, ...], Field(max_length=200)] = setting(
        (100, 100), unit="units", group="Network", varies=False,
        help="Units of each hidden layer, up to 200 layers; 'none': no hidden layer.",
    )  # fmt: skip
    activation: Annotated[str, OneOf(ACTIVATIONS)] = setting(
        "relu", group="Network", help="Activation of the hidden layers."
    )
    initializer: Annotated[str, OneOf(INITIALIZERS)] = setting(
        "he_uniform", group="Network", help="How the hidden layers' weights start."
    )
    dropout: Rate | tuple[Rate, ...] = setting(
        0.0, typical=(0, 0.8), group="Regularization", simpler="higher",
        search="0, 0.2, 0.4, 0.6", sweep="0, 0.2, 0.4, 0.6",
        help="Fraction of a layer's outputs dropped in each step; one for all or one a layer.",
    )  # fmt: skip
    dropout_after: Literal["all", "last"] = setting(
        "all", group="Regularization", varies=False,
        help="Which hidden layers a single dropout follows.",
    )  # fmt: skip
    kernel_l1: Penalty | tuple[Penalty, ...] = setting(
        0.0, **_PENALTY, help="L1 penalty on the weights of the hidden layers."
    )
    kernel_l2: Penalty | tuple[Penalty, ...] = setting(
        0.0, **_PENALTY, help="L2 penalty on the weights of the hidden layers."
    )
    activity_l1: Penalty | tuple[Penalty, ...] = setting(
        0.0, **_PENALTY, help="L1 penalty on the outputs of the hidden layers."
    )
    activity_l2: Penalty | tuple[Penalty, ...] = setting(
        0.0, **_PENALTY, help="L2 penalty on the outputs of the hidden layers."
    )
    optimizer: Annotated[str, OneOf(OPTIMIZERS)] = setting(
        "adam", group="Training", help="How the weights follow the gradient."
    )
    momentum: Annotated[float, Field(ge=0, lt=1)] = setting(
        0.0, group="Training", search="0..0.95", sweep="0, 0.5, 0.9",
        help=f"Momentum of {' and '.join(users_of('momentum'))}; others ignore it.",
    )  # fmt: skip
    weight_decay: Annotated[float, Field(ge=0, le=1)] = setting(
        0.004, typical=(0, 0.1), group="Training", simpler="higher", search="log:0.0001:0.1",
        sweep="0.0001, 0.001, 0.01, 0.1",
        help=f"Weight decay of {' and '.join(users_of('weight_decay'))}; others ignore it.",
    )  # fmt: skip
    learning_rate: Annotated[float, Field(gt=0, le=10)] = setting(
        0.001, group="Training", search="log:0.0001:0.1", sweep="0.0001, 0.001, 0.01, 0.1",
        help="Learning rate, at the start where a schedule changes it.",
    )  # fmt: skip
    schedule: Schedule = setting(
        Constant(), group="Training", varies=False,
        help="How the learning rate changes during training.",
    )  # fmt: skip
    epochs: Annotated[int, Field(ge=1, le=100_000)] = setting(
        20, typical=(1, 10_000), unit="epochs", group="Training", simpler="lower",
        search="5..30", sweep="1..30",
        help="Passes over the training set, at most.",
    )  # fmt: skip
    batch_size: Annotated[int, Field(ge=1, le=65_536)] = setting(
        16, unit="rows", group="Training", search="8, 16, 32, 64", sweep="8, 16, 32, 64",
        help="Rows in one optimizer step.",
    )  # fmt: skip
    early_stopping: Annotated[EarlyStopping | None, BeforeValidator(_switched)] = setting(
        None, group="Stopping", varies=False, help="End training when a metric no longer improves."
    )
    class_weight: ClassWeight = CLASS_WEIGHT
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = setting(
        0, group="Training", varies=False, help="Decides initial weights, shuffling and dropout."
    )

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
        """The fields of this spec that decide the network and its training."""
        model = self.network_class()
        return model.model_construct(**{name: getattr(self, name) for name in model.model_fields})

    @classmethod
    def network_class(cls) -> "type[NetworkSpec]":
        """The class that declares the network of this spec, and nothing else."""
        networks = (c for c in cls.__mro__ if issubclass(c, NetworkSpec))
        return next(c for c in networks if not issubclass(c, DataSpec))

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
