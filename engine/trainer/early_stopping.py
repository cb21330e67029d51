"""Early stopping, and keeping the best epoch's weights, on the program's own arrays."""

import math
from collections.abc import Sequence
from typing import Any

from engine.planning.stopping_rule import StoppingState
from engine.specs.network import EarlyStopping as EarlyStoppingSpec
from engine.trainer.callbacks import Callback
from engine.trainer.prediction import padded
from engine.trainer.shapes import Array
from engine.trainer.training import Figures, Training


class EarlyStopping(Callback):
    """Ends a training as Keras's `EarlyStopping` does; one for each training.

    Without a `spec` it ends nothing and keeps the last epoch, so that a job need not ask whether
    there is a rule. Keeping the best epoch costs nothing: the program's arrays are never changed
    in place.
    """

    def __init__(
        self,
        spec: EarlyStoppingSpec | None,
        state: StoppingState | None = None,
        best_weights: Sequence[Array] | None = None,
    ) -> None:
        """Resume from `state`, with the best epoch's weights in Keras's order, where given."""
        self.spec = spec
        self.every_epoch = spec is not None
        self.state = state or StoppingState()
        self._best_weights = best_weights
        self._kept: list[Any] | None = None

    @property
    def stopped_early(self) -> bool:
        """Whether the rule has ended the training."""
        return self.state.stopped_epoch > 0

    def epoch_kept(self, training: Training) -> int:
        """The epoch (from 1) whose weights the network has after the training."""
        restores = self.spec is not None and self.spec.restore_best
        return self.state.best_epoch + 1 if restores else training.epoch

    def kept(self, training: Training) -> list[Any]:
        """The padded arrays that the network would have if the training ended now."""
        return training.parameters if self._kept is None else self._kept

    def best_weights(self, training: Training) -> list[Array] | None:
        """The best epoch's weights in Keras's order; None where the spec does not keep them."""
        return None if self._kept is None else training.unpadded(self._kept)

    def on_train_begin(self, training: Training) -> None:
        """Take over what the checkpoint had; a training that had stopped early has ended."""
        if self._best_weights is not None:
            self._kept = padded(training.config, self._best_weights)
        if self.stopped_early:
            training.stop_requested = True

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Look at the epoch, and end training when it is time."""
        if self.spec is None:
            return
        for own in figures:
            self.state = self.state.after(self.spec, own.epoch, getattr(own, self.spec.monitor))
            if self.state.best_epoch == own.epoch and self.spec.restore_best:
                self._kept = training.parameters
            if self.stopped_early:
                training.stop_requested = True

    def on_train_end(self, training: Training) -> None:
        """Put the best epoch's weights back, where the spec says so."""
        if self._kept is not None:
            training.parameters = self._kept


class BestEpoch(Callback):
    """Keeps the weights of the epoch with the highest validation accuracy.

    Of equal ones the one with the lowest validation loss is kept, or the first (`by_loss` False,
    Keras Tuner's way). `epoch` counts from 0 and is -1 before there is one; `rank` is the
    validation accuracy and what decides among equal ones.
    """

    every_epoch = True

    def __init__(self, *, by_loss: bool) -> None:
        self.epoch = -1
        self.rank = (-1.0, 0.0)
        self._by_loss = by_loss
        self._kept: tuple[Training, list[Any]] | None = None

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Keep the epoch if it is better."""
        for own in figures:
            rank = (own.val_accuracy, -own.val_loss if self._by_loss else 0.0)
            if rank > self.rank:
                self.epoch, self.rank = own.epoch, rank
                self._kept = (training, training.parameters)

    @property
    def score(self) -> float:
        """The highest validation accuracy."""
        return self.rank[0]

    @property
    def train_accuracy(self) -> float:
        """Of the weights kept, on the training rows; NaN before the first epoch."""
        if self._kept is None:
            return math.nan
        training, parameters = self._kept
        return training.accuracy(parameters)

    def weights(self) -> list[Array]:
        """The weights kept, in Keras's order; none before the first epoch."""
        if self._kept is None:
            return []
        training, parameters = self._kept
        return training.unpadded(parameters)
