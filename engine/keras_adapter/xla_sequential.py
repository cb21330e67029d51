"""A Keras model that trains and predicts on the compiled program."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback, train
from engine.trainer.configuration import NetworkConfig
from engine.trainer.learning_rates import Rates
from engine.trainer.prediction import evaluate, padded, predict
from engine.trainer.training import Figures, Snapshot, Training, TrainingPlan


class XlaSequential(keras.Sequential):  # type: ignore[misc]
    """A dense softmax classifier; `engine.keras_adapter.build` makes it, layers and `config` alike.

    What of Keras's protocol scikeras and the jobs use is here: `fit` and `predict`. Everything
    else is Keras's own, on variables that are up to date whenever no `fit` is under way. Keras's
    optimizer takes no step: what the trainer keeps for each parameter is in `snapshot`.
    Used by one thread at a time.

    The next `fit` begins with what `restore` gave, else resumes where the last one ended.
    """

    def __init__(
        self,
        layers: list[Any],
        config: NetworkConfig,
        rates: Rates,
        seed: int,
        name: str = "network",
    ) -> None:
        """`rates` are the learning rates of the spec, `seed` decides the order of the rows."""
        super().__init__(layers, name=name)
        self.config, self.rates, self.seed = config, rates, seed
        # what watches the next fits, in addition to the callbacks that they are given
        self.watchers: tuple[Callback, ...] = ()
        # the last training; None where the next one begins with `_restored`, or untrained
        self.training: Training | None = None
        self._restored: Snapshot | None = None
        self._reference_model: keras.Sequential | None = None

    # -- training and prediction ----------------------------------------------------------------

    def train(
        self, rows: Rows, validation: Rows | None, *, epochs: int, batch_size: int,
        callbacks: Sequence[Callback] = (), initial_epoch: int = 0,
    ) -> Training:  # fmt: skip
        """Train from `initial_epoch` (from 0) until `epochs` are done or a callback stops it."""
        plan = TrainingPlan(self.rates, epochs, batch_size, self.seed)
        training = Training(self.config, self.snapshot(), plan, rows, validation)
        training.epoch = initial_epoch
        self.training, self._restored = training, None
        try:
            train(training, [*self.watchers, *callbacks])
        finally:
            self.set_weights(training.weights())
        return training

    def fit(
        self, x: Any, y: Any, batch_size: int = 32, epochs: int = 1, initial_epoch: int = 0,
        sample_weight: Any = None, validation_data: Any = None, callbacks: Any = (),
        **unused: Any,
    ) -> keras.callbacks.History:  # fmt: skip
        """Train as `keras.Model.fit` does, for scikeras; `callbacks` are of `trainer.loop`.

        `x` is [rows, features], `y` integer classes from 0 [rows], `validation_data` such a pair.
        `unused` takes what scikeras adds at its defaults (`verbose`, `shuffle`, `validation_*`).
        """
        figures: list[Figures] = []
        self.train(
            Rows.of(x, y, sample_weight),
            Rows.of(*validation_data) if validation_data is not None else None,
            epochs=epochs,
            batch_size=batch_size,
            callbacks=[*callbacks, _Recorder(figures)],
            initial_epoch=initial_epoch,
        )
        self.history = keras.callbacks.History()
        names = ["loss", "accuracy", "learning_rate"]
        names += ["val_loss", "val_accuracy"] if validation_data is not None else []
        self.history.history = {name: [getattr(f, name) for f in figures] for name in names}
        return self.history

    def predict(self, x: Any, **unused: Any) -> Any:
        """Probabilities [rows, classes] float32; `unused` takes what scikeras adds."""
        rows = Rows.of(x, np.zeros(len(x), np.int32))
        return predict(self.config, padded(self.config, self.get_weights()), rows)

    def mean_loss(self, x: Any, y: Any) -> float:
        """Log loss of [rows, features] and integer classes [rows], penalties included."""
        parameters = padded(self.config, self.get_weights())
        return evaluate(self.config, parameters, Rows.of(x, y))[0]

    # -- where the training is ------------------------------------------------------------------

    def restore(self, snapshot: Snapshot) -> None:
        """Resume from a snapshot of the same network; not within `fit`."""
        self.set_weights(snapshot.weights)
        self.training, self._restored = None, snapshot

    def snapshot(self) -> Snapshot:
        """Weights and optimizer state now, as copies; not within `fit`."""
        state = self._restored
        if self.training is not None:
            state = self.training.snapshot()
        slots, iterations = (state.slots, state.iterations) if state is not None else ([], 0)
        return Snapshot(self.get_weights(), slots, iterations)

    # -- saving ---------------------------------------------------------------------------------

    def plain(self) -> keras.Sequential:
        """A `keras.Sequential` of the same layers and optimizer, which any Keras can load.

        Its optimizer is as before the first step: what it would have kept of the steps would be
        three quarters of the file, for nobody but who trains on.
        """
        model = keras.Sequential([keras.Input(self.input_shape[1:]), *self.layers], name=self.name)
        model.compile(optimizer=self.optimizer, **compilation())
        return model

    def save(self, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        """Save as a plain `keras.Sequential`."""
        training, rate = self.training, self.optimizer.get_config()["learning_rate"]
        # a schedule of Keras's says by itself what the rates are
        if training is not None and training.iterations and isinstance(rate, float):
            epoch = training.epoch - (training.step == 0)
            last = self.rates(epoch, np.array([training.iterations - 1]))
            self.optimizer.learning_rate = float(last[0])
        # a network of a pool is saved many times over, and each new model of its layers would be
        # noted in them for good
        if self._reference_model is None:
            self._reference_model = self.plain()
            # without its variables, Keras warns of each when it loads the file
            self.optimizer.build(self.trainable_variables)
        return self._reference_model.save(filepath, *args, **kwargs)


class _Recorder(Callback):
    def __init__(self, figures: list[Figures]) -> None:
        self._figures = figures

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        self._figures += figures


def compilation() -> dict[str, Any]:
    """Loss and metrics that Keras's models are compiled with; labels are integers from 0."""
    return {"loss": keras.losses.SparseCategoricalCrossentropy(), "metrics": ["accuracy"]}
