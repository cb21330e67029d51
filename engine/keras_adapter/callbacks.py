"""What is kept of a network while it trains under a search, and what it really used."""

from collections.abc import Mapping
from typing import Any, Self

import keras
import numpy as np

from engine.keras_adapter.network import Network
from engine.keras_adapter.read_model import settings_of
from engine.specs import EarlyStopping
from engine.trainer.early_stopping import Patience
from engine.trainer.learning_rates import optimizer_rates
from engine.trainer.padding import unpack
from engine.trainer.training import Figures, Training

Array = np.ndarray[Any, Any]


class Stopper(keras.callbacks.Callback):  # type: ignore[misc]
    """Keras's EarlyStopping on the program's own arrays: keeping the best epoch costs nothing.

    `stopped_early` and `best_epoch` (from 0) tell of the last training.
    """

    def __init__(self, spec: EarlyStopping) -> None:
        super().__init__()
        self.stopped_early = False
        self._spec = spec
        self._patience = Patience(spec)

    def __sklearn_clone__(self) -> Self:
        return type(self)(self._spec)

    @property
    def best_epoch(self) -> int:
        """The epoch whose weights are kept where the spec says so."""
        return self._patience.best_epoch

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget the last training."""
        self._patience, self.stopped_early = Patience(self._spec), False

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Look at the epoch, and end training when it is time."""
        if self._patience.exhausted(_figures(epoch, logs or {}), self.model.training):
            self.stopped_early = self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put the best epoch's weights back, where the spec says so."""
        self._patience.restore(self.model.training)
        self.model.advanced()


class Best(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the weights of the epoch with the highest validation accuracy.

    Of equal ones the one with the lowest loss is kept, or the first (`by_loss`
    False, Keras Tuner's way). `epoch` counts from 0 and is -1 before there is one.
    """

    def __init__(self, *, by_loss: bool) -> None:
        super().__init__()
        self.epoch, self.train_accuracy = -1, -1.0
        # validation accuracy, and what decides among equal ones
        self.rank = (-1.0, 0.0)
        self._by_loss = by_loss
        self._kept: tuple[Training, list[Any]] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the epoch if it is better."""
        figures = logs or {}
        tie = -float(figures["val_loss"]) if self._by_loss else 0.0
        rank = (float(figures["val_accuracy"]), tie)
        if rank > self.rank:
            self.epoch, self.rank = epoch, rank
            self.train_accuracy = float(figures["accuracy"])
            self._kept = (self.model.training, self.model.training.parameters)

    @property
    def score(self) -> float:
        """The highest validation accuracy."""
        return self.rank[0]

    def weights(self) -> list[Array]:
        """The weights kept, in Keras's order; none before the first epoch."""
        if self._kept is None:
            return []
        training, parameters = self._kept
        return unpack(training.settings, training.shapes, [a.numpy() for a in parameters])


def _figures(epoch: int, logs: Mapping[str, Any]) -> Figures:
    validation = (logs.get("val_loss"), logs.get("val_accuracy"))
    return Figures(epoch, logs["loss"], logs["accuracy"], *validation, logs["learning_rate"])


def effective_settings(network: Network) -> dict[str, Any]:
    """What the training of a network really used, read from the trained network.

    `learning_rate` is that of the optimizer's first step; `steps` and `epochs`
    count from the first one; lists have a figure for each hidden layer.
    """
    training = network.training
    if training is None:
        return {}
    settings = settings_of(network, network.held_optimizer)
    layers, optimizer = settings.hidden, settings.optimizer
    per_layer = ("dropout", "kernel_l1", "kernel_l2", "activity_l1", "activity_l2")
    return {
        "learning_rate": _first_rate(network),
        "batch_size": training.batch_size,
        "epochs": training.epoch,
        "steps": training.iterations,
        "hidden_layers": [layer.units for layer in layers],
        **{name: [getattr(layer, name) for layer in layers] for name in per_layer},
        "activation": settings.activation,
        "optimizer": optimizer.name,
        "momentum": optimizer.momentum,
        "weight_decay": optimizer.weight_decay,
    }


def settings_shown(used: Mapping[str, Any], varied: Mapping[str, Any]) -> dict[str, Any]:
    """Of the settings used those that say something about the `varied` ones, these first."""
    layers = used.get("hidden_layers", [])
    derived = {
        "units": layers[0] if len(set(layers)) == 1 else layers,
        "layers": len(layers),
        "first_layer_units": layers[0] if layers else 0,
    }
    named = dict(used) | derived
    always = ("learning_rate", "batch_size", "epochs", "epochs_at_most", "steps", "hidden_layers")
    names = dict.fromkeys([*(name for name in varied if name in named), *always])
    return {name: named[name] for name in names if name in named} if used else {}


def _first_rate(network: Network) -> float:
    if network.epoch_rate is not None:
        return float(network.epoch_rate(0))
    rate = optimizer_rates(network.held_optimizer)(0, np.array([0]))[0]
    # the optimizer holds it in single precision: 0.001, not 0.0010000000474974513
    return float(str(np.float32(rate)))
