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
from scikeras.wrappers import KerasClassifier
from scipy.stats import uniform
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier

Array = np.ndarray[Any, Any]
CLASSES = 3
GRID = {"learning_rate": [0.001, 0.005], "batch_size": [10, 16], "epochs": [10, 12]}
SPACE = {
    "learning_rate": uniform(0.001, 0.01),
    "batch_size": list(range(2, 16)),
    "epochs": list(range(6, 15)),
}


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


def classifier(make: Any, data: Data) -> KerasClassifier:
    """A classifier whose candidates' values take effect."""
    return KerasClassifier(
        make, learning_rate=0.001, epochs=10, batch_size=16, verbose=0,
        callbacks=[early_stopping()], fit__validation_data=(data.xv, data.yv),
    )  # fmt: skip


def plain_maker(meta: dict[str, Any], learning_rate: float = 0.001) -> keras.Model:
    """What scikeras calls for each candidate."""
    return keras_model(meta["n_features_in_"], (100, 100), learning_rate, post=True)


def grid_search(make: Any, data: Data, grid: Any = None, *, refit: bool = True) -> Any:
    """8 candidates × 3 folds, and the best once more."""
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return _searched(GridSearchCV(classifier(make, data), grid or GRID, cv=folds, refit=refit,
                                  scoring="accuracy", error_score="raise"), data)  # fmt: skip


def random_search(make: Any, data: Data, candidates: int = 10) -> Any:
    """`candidates` × 3 folds, and the best once more."""
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return _searched(
        RandomizedSearchCV(classifier(make, data), SPACE, n_iter=candidates, cv=folds,
                           scoring="accuracy", error_score="raise", random_state=3),
        data,
    )  # fmt: skip


def _searched(search: Any, data: Data) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return search.fit(data.x, data.y)


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
