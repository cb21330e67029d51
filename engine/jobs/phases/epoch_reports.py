"""The epochs of a training on their way to whoever watches."""

import math
import time
from collections.abc import Callable, Sequence

from engine.runs.reporter import Reporter
from engine.trainer.callbacks import Callback
from engine.trainer.training import Figures, Training


class ReportEpochs(Callback):
    """Reports every epoch of one training under `key`; heeds stop and skip between calls.

    `figures` are those reported so far (25 MB for the most epochs that a spec allows).
    `diverged_at` is the epoch (from 1) whose loss was no number, 0 where there is none: training
    and reports end with it. `skipped`: `skip`, called after each call of the program, has said so.
    """

    def __init__(
        self, reporter: Reporter, key: int, skip: Callable[[], bool] = lambda: False
    ) -> None:
        self.diverged_at, self.skipped = 0, False
        self.figures: list[Figures] = []
        self._reporter, self._key, self._skip = reporter, key, skip
        self._begun = time.perf_counter()

    def on_train_begin(self, training: Training) -> None:
        """Do not even begin where the run is to stop."""
        self._begun = time.perf_counter()
        self._heed(training)

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Report what has ended; epochs of one call share its time."""
        now = time.perf_counter()
        if figures:
            seconds, self._begun = (now - self._begun) / len(figures), now
            for own in figures:
                self._report(own, seconds)
        self._heed(training)

    def _report(self, own: Figures, seconds: float) -> None:
        if self.diverged_at:
            return
        self._reporter.epoch(self._key, own.epoch + 1, own.by_name() | {"seconds": seconds})
        self.figures.append(own)
        if not math.isfinite(own.loss):
            self.diverged_at = own.epoch + 1

    def _heed(self, training: Training) -> None:
        self.skipped = self.skipped or self._skip()
        if self._reporter.stopping or self.skipped or self.diverged_at:
            training.stop_requested = True


class StopByRequest(Callback):
    """Ends a training whose epochs are not reported once the run is to end."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Between two calls of the compiled program."""
        training.stop_requested = training.stop_requested or self._reporter.stopping
