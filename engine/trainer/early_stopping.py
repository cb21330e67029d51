"""Early stopping as Keras's `EarlyStopping` does it, for trainings without a Keras model."""

import math
from typing import Any

from engine.specs.network import EarlyStopping
from engine.trainer.training import Figures, Training


class Patience:
    """Watches a training's figures and keeps its best weights; one for each training."""

    def __init__(self, spec: EarlyStopping) -> None:
        self.best_epoch = 0
        self._spec = spec
        self._best = math.nan
        self._kept: list[Any] | None = None
        self._waited = 0

    def exhausted(self, figures: Figures, training: Training) -> bool:
        """Take in an epoch; true when training is to end after it."""
        spec = self._spec
        now: float | None = getattr(figures, spec.monitor)
        if now is None:
            return False
        if spec.restore_best and self._kept is None:
            self._keep(figures, training)
        self._waited += 1
        if self._better(now):
            self._best, self._waited = now, 0
            self._keep(figures, training)
            return False
        return self._waited >= spec.patience and figures.epoch > 0

    def restore(self, training: Training) -> None:
        """Put the best epoch's weights back, where the spec says so."""
        if self._spec.restore_best and self._kept is not None:
            training.parameters = self._kept

    def _keep(self, figures: Figures, training: Training) -> None:
        self.best_epoch = figures.epoch
        if self._spec.restore_best:
            self._kept = training.parameters

    def _better(self, now: float) -> bool:
        if math.isnan(self._best):
            return True
        if self._spec.monitor.endswith("accuracy"):
            return now - self._spec.min_delta > self._best
        return now + self._spec.min_delta < self._best
