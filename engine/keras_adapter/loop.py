"""Keras's epochs and callbacks around a training on the compiled program."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import keras

from engine.trainer.learning_rates import Rates, optimizer_rates
from engine.trainer.training import Figures, Training


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training is between two calls: `step` of `steps` in `epoch` (from 0)."""

    epoch: int
    step: int
    steps: int


class Trainable(Protocol):
    """What the loop needs of a model, beside Keras's own protocol."""

    stop_training: bool
    epoch_rate: Callable[[int], float] | None
    held_optimizer: Any
    _initial_epoch: int | None

    def advanced(self) -> None:
        """The program has moved on: weights and slots in Keras's variables are behind."""

    def take_back(self) -> None:
        """Go on from the weights that a callback has set, if one has."""


class Loop:
    """Keras's epochs and callbacks around a training."""

    def __init__(
        self, model: Trainable, training: Training, callbacks: Any, metric: str | None,
        batchwise: bool, ahead: bool,
    ) -> None:  # fmt: skip
        self.model, self.training, self.callbacks = model, training, callbacks
        self.metric, self.batchwise, self.ahead = metric, batchwise, ahead
        own = callbacks.callbacks
        self.between = [c.on_call_end for c in own if hasattr(c, "on_call_end")]
        self.bars = [c for c in own if isinstance(c, keras.callbacks.ProgbarLogger)]
        self.logs: dict[str, float] | None = None

    def run(self, initial_epoch: int, epochs: int) -> None:
        """Train the epochs `initial_epoch` to `epochs` (exclusive), telling the callbacks."""
        model = self.model
        self.callbacks.on_train_begin()
        epoch = model._initial_epoch or initial_epoch
        self.training.epoch = epoch
        while epoch < epochs and not model.stop_training:
            self._begin(epoch)
            figures = self._epoch(optimizer_rates(model.held_optimizer), epochs - epoch)
            for own in figures:
                if own.epoch > epoch:
                    self.callbacks.on_epoch_begin(own.epoch)
                self.logs = self._named(own)
                if own.val_loss is not None:
                    self.callbacks.on_test_begin()
                    self.callbacks.on_test_end(self._validation(own))
                self.callbacks.on_epoch_end(own.epoch, dict(self.logs))
            model.take_back()
            epoch = self.training.epoch
            if not figures:
                break
        self.callbacks.on_train_end(logs=self.logs)

    def _begin(self, epoch: int) -> None:
        rate = self.model.epoch_rate
        if rate is not None:
            self.model.held_optimizer.learning_rate = rate(epoch)
        self.callbacks.on_epoch_begin(epoch)
        self.model.take_back()

    def _epoch(self, rates: Rates, epochs: int) -> list[Figures]:
        """Calls until an epoch is done, or a callback has asked to stop."""
        training, model = self.training, self.model
        figures: list[Figures] = []
        while not figures and not model.stop_training:
            step = training.step
            if self.batchwise:
                self.callbacks.on_train_batch_begin(step)
                figures = training.advance(rates, 1, steps=1)
            else:
                figures = training.advance(rates, epochs if self.ahead else 1)
            model.advanced()
            self._batch_end(figures)
            where = Progress(training.epoch, training.step, training.steps_per_epoch)
            for tell in self.between:
                tell(where)
        return figures

    def _batch_end(self, figures: list[Figures]) -> None:
        last = (self.training.step or self.training.steps_per_epoch) - 1
        if not self.batchwise and not self.bars:
            return
        own = (figures[-1].loss, figures[-1].accuracy) if figures else self.training.running
        logs = {self.metric: own[1], "loss": own[0]} if self.metric else {"loss": own[0]}
        if self.batchwise:
            self.callbacks.on_train_batch_end(last, logs)
            self.model.take_back()
            return
        for bar in self.bars:
            bar.on_train_batch_end(last, logs)

    def _named(self, own: Figures) -> dict[str, Any]:
        logs: dict[str, Any] = {self.metric: own.accuracy} if self.metric else {}
        logs["loss"] = own.loss
        validation = self._validation(own) if own.val_loss is not None else {}
        logs |= {f"val_{name}": value for name, value in validation.items()}
        return logs | {"learning_rate": own.learning_rate}

    def _validation(self, own: Figures) -> dict[str, Any]:
        logs: dict[str, Any] = {self.metric: own.val_accuracy} if self.metric else {}
        return logs | {"loss": own.val_loss}
