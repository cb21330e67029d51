"""What the beginnings of one training come to: a sweep over epochs trains once for all values."""

from collections.abc import Iterable, Sequence

from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.training import Figures, Training


class KeptAccuracies(Callback):
    """Training accuracies of the networks that trainings of `ends` epochs would keep.

    `by_epochs` has those of the ends reached so far. `stopping`, which says what is kept, has to
    stand before it among the callbacks.
    """

    def __init__(self, ends: Iterable[int], stopping: EarlyStopping) -> None:
        self.by_epochs: dict[int, float] = {}
        self._ends, self._stopping = frozenset(ends), stopping
        self.every_epoch = bool(self._ends)

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Evaluate on the training rows where a shorter training would end."""
        for own in figures:
            if own.epoch + 1 in self._ends:
                self.by_epochs[own.epoch + 1] = training.accuracy(self._stopping.kept(training))

    def on_train_end(self, training: Training) -> None:
        """Where early stopping has ended the training, longer ones would be the same."""
        if self._stopping.stopped_early:
            accuracy = training.accuracy(training.parameters)
            self.by_epochs |= dict.fromkeys(self._ends - self.by_epochs.keys(), accuracy)
