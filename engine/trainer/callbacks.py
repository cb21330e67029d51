"""The training loop, and the callbacks that watch it."""

from collections.abc import Sequence

from engine.trainer.training import Figures, Training


class Callback:
    """Watches one training, in the thread that trains; all methods may be left out.

    A callback that has to see the weights after every single epoch says so (`every_epoch`);
    without one, several short epochs are trained in one call.
    """

    every_epoch = False

    def on_train_begin(self, training: Training) -> None:
        """The training is about to begin, or to resume from a checkpoint."""

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """A compiled call has ended, at most 0.2 s after the one before it.

        `figures` are those of the epochs that it finished: none in the middle of a long epoch,
        one at most where there is a callback with `every_epoch`. The callbacks are called in their
        order, all of them also where one has set `training.stop_requested`.
        """

    def on_train_end(self, training: Training) -> None:
        """The training has ended or been stopped; an exception of a callback leaves this out."""


def train(training: Training, callbacks: Sequence[Callback] = ()) -> None:
    """Advance `training` until its plan's epochs are done or a callback has requested a stop."""
    for callback in callbacks:
        callback.on_train_begin(training)
    one_by_one = any(callback.every_epoch for callback in callbacks)
    while (left := training.plan.epochs - training.epoch) > 0 and not training.stop_requested:
        figures = training.advance(1 if one_by_one else left)
        for callback in callbacks:
            callback.on_call_end(training, figures)
    for callback in callbacks:
        callback.on_train_end(training)
