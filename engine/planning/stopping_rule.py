"""Keras's rule of early stopping, on one figure per epoch."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.specs.network import EarlyStopping


@dataclass(frozen=True, slots=True)
class StoppingState:
    """What the epochs so far have come to. Epochs count from 0.

    `best` is None before the first epoch; `wait` counts epochs without improvement;
    `stopped_epoch` is the epoch after which training ended early, 0 until then.
    """

    best: float | None = None
    best_epoch: int = 0
    wait: int = 0
    stopped_epoch: int = 0

    def after(self, rule: EarlyStopping, epoch: int, figure: float) -> "StoppingState":
        """The state after one more epoch, with its monitored figure."""
        sign = 1.0 if rule.monitor.endswith("accuracy") else -1.0
        if self.best is None or sign * figure - rule.min_delta > sign * self.best:
            return replace(self, best=figure, best_epoch=epoch, wait=0)
        wait = self.wait + 1
        # Keras never stops after the very first epoch
        stops = wait >= rule.patience and epoch > 0
        return replace(self, wait=wait, stopped_epoch=epoch if stops else 0)

    def to_json(self) -> dict[str, Any]:
        """As checkpoints keep it; the names are those of Keras's callback."""
        return asdict(self)


def best_epoch(rule: EarlyStopping, figures: Iterable[float]) -> int:
    """The epoch (from 1) whose weights a training with these figures would keep."""
    state = StoppingState()
    for epoch, figure in enumerate(figures):
        state = state.after(rule, epoch, figure)
    return state.best_epoch + 1
