"""The same work done by others: plain Keras, scikeras, Keras Tuner and MLPClassifier.

Written as the post writes it: a new model for each training, Keras's own `fit`.
"""

import contextlib
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import keras_tuner
import numpy as np
from sklearn.neural_network import MLPClassifier

Array = np.ndarray[Any, Any]
CLASSES = 3


@dataclass(frozen=True)
class Data:
    """Training and validation rows."""

    x: Array
    y: Array
    xv: Array
    yv: Array


def keras_model(features: int, hidden: Sequence[int], rate: Any = 0.001, *, post: bool = False,
                dropout: float = 0.5, units: int | None = None) -> keras.Model:  # fmt: skip
    """Dense ReLU layers and softmax, compiled; with `post`, the searches' penalties and dropout."""
    layers: list[Any] = [keras.Input((features,))]
    for i, width in enumerate(hidden):
        penalties: dict[str, Any] = {}
        if post:
            own, other = keras.regularizers.L1(0.01), keras.regularizers.L2(0.01)
            penalties = {
                "kernel_regularizer": (own, other)[i % 2],
                "activity_regularizer": (other, own)[i % 2],
            }
        layers.append(
            keras.layers.Dense(
                units or width, activation="relu", kernel_initializer="he_uniform", **penalties
            )
        )
    if post:
        layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(CLASSES, activation="softmax"))
    model = keras.Sequential(layers)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def keras_training(data: Data, hidden: Sequence[int], epochs: int, batch: int) -> float:
    """Final validation accuracy of one training."""
    model = keras_model(data.x.shape[1], hidden)
    history = model.fit(data.x, data.y, validation_data=(data.xv, data.yv), epochs=epochs,
                        batch_size=batch, verbose=0)  # fmt: skip
    return float(history.history["val_accuracy"][-1])


def mlp_training(data: Data, hidden: Sequence[int], epochs: int, batch: int) -> float:
    """scikit-learn's training with the validation rows scored after each epoch."""
    model = MLPClassifier(tuple(hidden), batch_size=batch, learning_rate_init=0.001, alpha=0.0)
    score = 0.0
    for _ in range(epochs):
        model.partial_fit(data.x, data.y, classes=np.arange(CLASSES))
        score = float(model.score(data.xv, data.yv))
    return score


def early_stopping() -> keras.callbacks.EarlyStopping:
    """The post's callback."""
    return keras.callbacks.EarlyStopping("val_accuracy", patience=3, mode="max")


class _Enough(keras_tuner.errors.FatalError):  # type: ignore[misc]
    """Ends a sampled search."""


def hyperband(tuner: Any, make: Any, data: Data, trials: int | None = None) -> tuple[float, int]:
    """Seconds and epochs of a Hyperband search of 30 trials, or of its first `trials`."""

    class Counting(tuner):  # type: ignore[misc]
        done = 0
        epochs = 0

        def on_trial_end(self, trial: Any) -> None:
            super().on_trial_end(trial)
            values = trial.hyperparameters.values
            self.epochs += values["tuner/epochs"] - values["tuner/initial_epoch"]
            self.done += 1
            if self.done == trials:
                raise _Enough

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begun = time.perf_counter()
        search = Counting(make, objective="val_accuracy", max_epochs=10, factor=3, seed=1,
                          directory=folder, project_name="search")  # fmt: skip
        with contextlib.suppress(_Enough):
            search.search(data.x, data.y, validation_data=(data.xv, data.yv), batch_size=16,
                          verbose=0)  # fmt: skip
        return time.perf_counter() - begun, search.epochs


def plain_hyper(features: int) -> Any:
    """The post's tunable network in plain Keras."""

    def make(hp: Any) -> keras.Model:
        units, rate = hp.Int("units", 16, 256, 16), hp.Choice("dropout", [0.2, 0.4, 0.6])
        decay = keras.optimizers.schedules.CosineDecayRestarts(0.2, 1000)
        return keras_model(features, (100, 100), decay, post=True, dropout=rate, units=units)

    return make
