"""A Keras model that trains, evaluates and predicts on the compiled program."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from engine.keras_adapter.arguments import (
    metric_name,
    reads_logs_only,
    rows_of,
    tables,
    wants_batches,
)
from engine.keras_adapter.loop import Loop
from engine.keras_adapter.read_model import settings_of
from engine.trainer.batching import Rows
from engine.trainer.configuration import NotCovered, Settings
from engine.trainer.training import Training, evaluate, padded, predict

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Weights in Keras's order, such a list for each of the optimizer's slots, and its steps."""

    weights: list[Any]
    slots: list[list[Any]]
    iterations: int


class Network(keras.Sequential):  # type: ignore[misc]
    """A dense classifier on the compiled program; protocol and results are `keras.Sequential`'s.

    What the program does not cover is handed to Keras; `handed_over` then says
    why. Logs of an epoch hold `learning_rate` (of its last step) as well.

    Beyond Keras's protocol a callback may have
    - `on_call_end(progress)`: called between the compiled calls (at most 0.2 s
      each), also within an epoch. If it sets `model.stop_training`, training
      ends there; an epoch that is not finished is not reported.
    - `reads_logs_only = True`: it looks at logs alone, so that several short
      epochs may be trained before their `on_epoch_end`. It stops a training
      in `on_call_end` only.

    Weights and the optimizer's `iterations` are up to date whenever a callback
    reaches them through the model; the optimizer's slots, at the end of `fit`
    and in `save` and `save_weights`.

    Attributes: `seed` decides the order of the rows; `epoch_rate(epoch)` gives
    the learning rate at each epoch's begin, if it is not None.
    """

    def __init__(self, layers: list[Any] | None = None, name: str = "network", **rest: Any) -> None:
        self._live: Training | None = None
        self._weights_behind = self._slots_behind = self._fitting = False
        self._restored: Snapshot | None = None
        self._shown: list[Any] | None = None
        self._twin: keras.Sequential | None = None
        super().__init__(layers, name=name, **rest)
        self.epoch_rate: Callable[[int], float] | None = None
        self.seed = 0
        self.handed_over = ""

    # -- Keras's three verbs --------------------------------------------------------------

    def fit(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1,
        verbose: Any = "auto", callbacks: Any = None, validation_split: float = 0.0,
        validation_data: Any = None, shuffle: bool = True, class_weight: Any = None,
        sample_weight: Any = None, initial_epoch: int = 0, steps_per_epoch: int | None = None,
        validation_steps: int | None = None, validation_batch_size: int | None = None,
        validation_freq: int = 1,
    ) -> Any:  # fmt: skip
        """Train as `keras.Model.fit` does, with the same arguments and the same `History`."""
        self._assert_compile_called("fit")
        callbacks = _listed(callbacks)
        self.handed_over = ""
        try:
            if steps_per_epoch or validation_steps or validation_freq != 1:
                raise NotCovered("steps_per_epoch, validation_steps or validation_freq")
            settings = settings_of(self, self.held_optimizer)
            metric = metric_name(self)
            found = tables(
                x, y, settings.features, settings.classes, sample_weight=sample_weight,
                class_weight=class_weight, validation_data=validation_data,
                validation_split=validation_split,
            )  # fmt: skip
            batchwise = wants_batches(callbacks)
        except NotCovered as reason:
            self._hand_over(reason)
            return self._keras_fit(
                x=x, y=y, batch_size=batch_size, epochs=epochs, verbose=verbose,
                callbacks=callbacks, validation_split=validation_split,
                validation_data=validation_data, shuffle=shuffle, class_weight=class_weight,
                sample_weight=sample_weight, initial_epoch=initial_epoch,
                steps_per_epoch=steps_per_epoch, validation_steps=validation_steps,
                validation_batch_size=validation_batch_size, validation_freq=validation_freq,
            )  # fmt: skip
        training = self._training(
            settings, found.train, batch_size or 32, found.validation, shuffle
        )
        ahead = reads_logs_only(callbacks) and self.epoch_rate is None
        listed = keras.callbacks.CallbackList(
            callbacks, add_history=True, add_progbar=verbose != 0, model=self,
            verbose=1 if verbose == "auto" else verbose, epochs=epochs,
            steps=training.steps_per_epoch,
        )  # fmt: skip
        loop = Loop(self, training, listed, metric, batchwise, ahead)
        self.stop_training = False
        self._live, self._fitting = training, True
        try:
            loop.run(initial_epoch, epochs)
        finally:
            self._fitting = False
            self._show_weights()
        return self.history

    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto",
        sample_weight: Any = None, steps: int | None = None, callbacks: Any = None,
        return_dict: bool = False, **rest: Any,
    ) -> Any:  # fmt: skip
        """Loss and accuracy as `keras.Model.evaluate` gives them."""
        self._assert_compile_called("evaluate")
        try:
            if steps or rest or wants_batches(_listed(callbacks)):
                raise NotCovered("steps or batch callbacks")
            settings, metric = settings_of(self, self.held_optimizer), metric_name(self)
            if y is None:
                raise NotCovered("no labels")
            rows = rows_of(x, y, sample_weight, settings.features, settings.classes)
        except NotCovered as reason:
            self._hand_over(reason)
            return super().evaluate(
                x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight,
                steps=steps, callbacks=callbacks, return_dict=return_dict, **rest,
            )  # fmt: skip
        listed = self._told(callbacks, verbose, rows.count, batch_size)
        listed.on_test_begin()
        loss, accuracy = evaluate(settings, padded(settings, self._arrays()), rows)
        logs = {metric: accuracy, "loss": loss} if metric else {"loss": loss}
        listed.on_test_end(logs)
        return logs if return_dict else [loss, accuracy] if metric else loss

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = "auto",
        steps: int | None = None, callbacks: Any = None,
    ) -> Any:  # fmt: skip
        """Probabilities [rows, classes] float32."""
        try:
            if steps or wants_batches(_listed(callbacks)):
                raise NotCovered("steps or batch callbacks")
            settings = (
                settings_of(self, self.held_optimizer) if self.compiled else _uncompiled(self)
            )
            rows = rows_of(x, None, None, settings.features, settings.classes)
        except NotCovered as reason:
            self._hand_over(reason)
            return super().predict(
                x, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks
            )
        listed = self._told(callbacks, 0, rows.count, batch_size)
        listed.on_predict_begin()
        probabilities = predict(settings, padded(settings, self._arrays()), rows)
        listed.on_predict_end()
        return probabilities

    @property
    def training(self) -> Training | None:
        """The last training on the compiled program; None before, and after one by Keras."""
        return self._live

    # -- saving ---------------------------------------------------------------------------

    def plain(self) -> keras.Sequential:
        """A `keras.Sequential` of the same layers and optimizer, which any Keras can load."""
        model = keras.Sequential([keras.Input(self.input_shape[1:]), *self.layers], name=self.name)
        if self.compiled:
            loss, metrics = self._compile_loss, self._compile_metrics
            model.compile(
                optimizer=self.optimizer,
                loss=loss._user_loss if loss else None,
                metrics=metrics._user_metrics if metrics else None,
            )
        return model

    def save(self, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        """Save as a plain `keras.Sequential`."""
        self._show_slots()
        # a network that is lent many times over is saved many times over, and each new model
        # of its layers would be noted in them for good
        if self._twin is None or self._twin.layers != self.layers:
            self._twin = self.plain()
        return self._twin.save(filepath, *args, **kwargs)

    def save_weights(self, *args: Any, **kwargs: Any) -> Any:
        """Save weights and the optimizer's state."""
        self._show_slots()
        return super().save_weights(*args, **kwargs)

    def snapshot(self) -> Snapshot:
        """Weights and optimizer state now, as copies; cheap, also within `fit`."""
        live = self._live
        if live is not None and self._slots_behind:
            weights = live.weights() if self._weights_behind else self._arrays()
            return Snapshot(weights, live.slots(), live.iterations)
        optimizer = self.optimizer
        if not optimizer.built:
            optimizer.build(super().trainable_variables)
        slots = [[v.numpy() for v in group] for group in _slot_groups(optimizer)]
        return Snapshot(self._arrays(), slots, int(optimizer.iterations.numpy()))

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot of the same network; not within `fit`."""
        self.set_weights(snapshot.weights)
        self._slots_behind = False
        self._restored = snapshot

    def load_weights(self, *args: Any, **kwargs: Any) -> Any:
        """Load weights and, where the file has it, the optimizer's state."""
        self._show_slots()
        result = super().load_weights(*args, **kwargs)
        self._live = None if not self._fitting else self._live
        return result

    # -- what others may look at, brought up to date first ------------------------------------

    @property
    def layers(self) -> list[Any]:
        """The layers, their variables up to date."""
        self._show_weights()
        return super().layers  # type: ignore[no-any-return]

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError("layers cannot be set; use add() and pop()")

    @property
    def variables(self) -> list[Any]:
        """All variables, up to date."""
        self._show_weights()
        return super().variables  # type: ignore[no-any-return]

    @property
    def weights(self) -> list[Any]:
        """All weights, up to date."""
        self._show_weights()
        return super().weights  # type: ignore[no-any-return]

    @property
    def trainable_variables(self) -> list[Any]:
        """Trainable variables, up to date."""
        self._show_weights()
        return super().trainable_variables  # type: ignore[no-any-return]

    @property
    def trainable_weights(self) -> list[Any]:
        """Trainable weights, up to date."""
        self._show_weights()
        return super().trainable_weights  # type: ignore[no-any-return]

    @property
    def metrics(self) -> list[Any]:
        """Keras's metric objects, of which callbacks read names and kind."""
        compiled = self._compile_metrics
        if compiled is not None and not compiled.built and self.built:
            classes = self._layers[-1].units
            compiled.build(np.zeros((1, 1), np.int32), np.zeros((1, classes), np.float32))
        return super().metrics  # type: ignore[no-any-return]

    @property
    def optimizer(self) -> Any:
        """The optimizer; its slots are up to date except within `fit`."""
        if self._fitting and self._live is not None:
            self.held_optimizer.iterations.assign(self._live.iterations)
        else:
            self._show_slots()
        return self.held_optimizer

    @optimizer.setter
    def optimizer(self, value: Any) -> None:
        self._slots_behind, self._live, self._restored = False, None, None
        self._twin = None
        self.held_optimizer = value

    # -- the program's state and Keras's variables ----------------------------------------------

    def _training(
        self, settings: Settings, rows: Rows, batch_size: int, validation: Rows | None,
        shuffled: bool,
    ) -> Training:  # fmt: skip
        optimizer, live = self.held_optimizer, self._live
        slots: Any = None
        if self._restored is not None:
            slots, iterations = self._restored.slots, self._restored.iterations
            self._restored = None
        elif self._slots_behind and live is not None:
            slots, iterations = live.slots(), live.iterations
        else:
            iterations = int(optimizer.iterations.numpy())
            if optimizer.built:
                slots = [[v.numpy() for v in group] for group in _slot_groups(optimizer)]
        return Training(
            settings, self._arrays(), rows, batch_size, seed=self.seed, slots=slots,
            iterations=iterations, validation=validation, shuffled=bool(shuffled),
        )  # fmt: skip

    def _arrays(self) -> list[Any]:
        return [variable.numpy() for variable in self.weights]

    def advanced(self) -> None:
        """The program has moved on: Keras's variables are behind."""
        self._weights_behind = self._slots_behind = True
        self._shown = None

    def _show_weights(self) -> None:
        if not self._weights_behind or self._live is None:
            return
        self._weights_behind = False
        self._shown = self._live.weights()
        for variable, array in zip(super().weights, self._shown, strict=True):
            variable.assign(array)

    def _show_slots(self) -> None:
        self._show_weights()
        if self._restored is not None:
            slots, iterations = self._restored.slots, self._restored.iterations
            self._restored = None
        elif self._slots_behind and self._live is not None:
            slots, iterations = self._live.slots(), self._live.iterations
            self._slots_behind = self._fitting
        else:
            return
        optimizer = self.held_optimizer
        if not optimizer.built:
            optimizer.build(super().trainable_variables)
        optimizer.iterations.assign(iterations)
        for group, arrays in zip(_slot_groups(optimizer), slots, strict=True):
            for variable, array in zip(group, arrays, strict=True):
                variable.assign(array)

    def take_back(self) -> None:
        """Go on from the weights that a callback has set, if one has."""
        if self._shown is None or self._live is None:
            return
        now = [variable.numpy() for variable in super().weights]
        if any(a.tobytes() != b.tobytes() for a, b in zip(now, self._shown, strict=True)):
            self._live.replace_weights(now)
        self._shown = None

    # -- handing over -----------------------------------------------------------------------------

    def _hand_over(self, reason: NotCovered) -> None:
        self.handed_over = str(reason)
        _log.warning("Keras's own loop is used, which is slower: %s.", reason)

    def _keras_fit(self, callbacks: list[Any], **kwargs: Any) -> Any:
        self._show_slots()
        self._live = None
        self._slots_behind = False
        if self.epoch_rate is not None:
            rate = self.epoch_rate
            callbacks = [keras.callbacks.LearningRateScheduler(lambda epoch: rate(epoch)),
                         *callbacks]  # fmt: skip
        return super().fit(callbacks=callbacks, **kwargs)

    def _told(self, callbacks: Any, verbose: Any, rows: int, batch_size: int | None) -> Any:
        return keras.callbacks.CallbackList(
            callbacks, add_progbar=verbose not in (0, "auto"), model=self, verbose=verbose,
            epochs=1, steps=-(-rows // (batch_size or 32)),
        )  # fmt: skip


def _slot_groups(optimizer: Any) -> list[Sequence[Any]]:
    """The optimizer's variables for each parameter, slot by slot, in the program's order."""
    names = {
        keras.optimizers.Adam: ("_momentums", "_velocities"),
        keras.optimizers.AdamW: ("_momentums", "_velocities"),
        keras.optimizers.RMSprop: ("_velocities", "_momentums"),
        keras.optimizers.SGD: ("momentums",),
    }[type(optimizer)]
    return [group for name in names if (group := getattr(optimizer, name, None))]


def _uncompiled(model: Network) -> Settings:
    raise NotCovered(f"{model.name} is not compiled")


def _listed(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return list(callbacks.callbacks)
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
