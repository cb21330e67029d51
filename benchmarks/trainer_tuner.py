"""Keras Tuner's Hyperband without what these networks do not need.

Keras Tuner clears Keras's state and collects garbage before every trial
(0.5 s), asks to be told about every batch, and writes the whole model to disk
for every better epoch. The oracle, its brackets and its records stay its own.
"""

from typing import Any

import keras
import keras_tuner

from engine.keras_adapter.network import Network, Snapshot


class Hyperband(keras_tuner.Hyperband):  # type: ignore[misc]
    """Hyperband (Li et al. 2018) over functions that build a `Network`.

    A trial that continues an earlier one goes on from that trial's best
    weights with its optimizer's state, and from its last step, so that
    schedules per step continue. Snapshots are kept in memory, one for each
    trial. `on_epoch_end(trial, model, epoch, logs)` may be overridden, as
    ever; `on_batch_*` are not called.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._snapshots: dict[str, Snapshot] = {}
        super().__init__(*args, **kwargs)

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> Any:
        """Train one candidate for its rung's epochs; its `History`."""
        values = trial.hyperparameters.values
        if "tuner/epochs" in values:
            kwargs["epochs"] = values["tuner/epochs"]
            kwargs["initial_epoch"] = values["tuner/initial_epoch"]
        best = _Best(self.oracle.objective)
        callbacks = self._deepcopy_callbacks(kwargs.pop("callbacks", None) or [])
        model = self._build_hypermodel(trial.hyperparameters)
        told = [*callbacks, _Told(self, trial), best]
        history = self.hypermodel.fit(trial.hyperparameters, model, *args, callbacks=told, **kwargs)
        if best.snapshot is not None:
            kept, last = best.snapshot, model.snapshot()
            self._snapshots[trial.trial_id] = Snapshot(kept.weights, kept.slots, last.iterations)
        return history

    def load_model(self, trial: Any) -> Any:
        """The trial's network with the weights of its best epoch."""
        model = super()._build_hypermodel(trial.hyperparameters)
        model.restore(self._snapshots[trial.trial_id])
        return model

    def _build_hypermodel(self, hp: Any) -> Network:
        # past Hyperband's own, which would load Keras's kind of checkpoint
        model = super(keras_tuner.Hyperband, self)._build_hypermodel(hp)
        if not isinstance(model, Network):
            raise keras_tuner.errors.FatalTypeError(
                f"the function must build a Network, not {type(model).__name__}"
            )
        if "tuner/trial_id" in hp.values:
            model.restore(self._snapshots[hp.values["tuner/trial_id"]])
        return model


class _Told(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells the tuner about epochs, and not about batches."""

    def __init__(self, tuner: Hyperband, trial: Any) -> None:
        super().__init__()
        self._tuner, self._trial = tuner, trial

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._tuner.on_epoch_begin(self._trial, self.model, epoch, logs=logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._tuner.on_epoch_end(self._trial, self.model, epoch, logs=logs)


class _Best(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the best epoch; the first of equals, as Keras Tuner keeps it."""

    def __init__(self, objective: Any) -> None:
        super().__init__()
        self.snapshot: Snapshot | None = None
        self._objective = objective
        self._value = 0.0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        value = self._objective.get_value(logs)
        if self.snapshot is None or self._objective.better_than(value, self._value):
            self._value = value
            self.snapshot = self.model.snapshot()
