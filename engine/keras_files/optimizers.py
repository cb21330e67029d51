"""The optimizers and schedules of Keras: what a `.keras` file says of them, one entry each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.keras_files.archive import keras_object
from engine.specs.network import NetworkSpec
from engine.specs.optimizers import OPTIMIZERS
from engine.specs.schedules import CosineRestarts, ExponentialDecay, rate_at

Shape = tuple[int, ...]


@dataclass(frozen=True)
class KerasOptimizer:
    """An optimizer of Keras's.

    `settings` are the constants that only it has; a network's own take their place. It keeps
    `slots` arrays for each weight, which stand side by side and start at `initial`; with a
    momentum above 0 one more for each weight after those of all, where it `keeps_momentum`.
    """

    class_name: str
    name: str
    settings: Mapping[str, Any]
    slots: int
    keeps_momentum: bool = False
    initial: float = 0.0

    def arrays(self, network: NetworkSpec, weights: list[Shape]) -> list[Shape]:
        """The shapes of what it keeps for weights of these shapes, in Keras's order."""
        kept = [shape for shape in weights for _ in range(self.slots)]
        return kept + (weights if self.keeps_momentum and network.momentum > 0 else [])


_SHARED: Final = {
    "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None,
    "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None,
    "loss_scale_factor": None, "gradient_accumulation_steps": None,
}  # fmt: skip
_ADAM: Final = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False}
KERAS_OPTIMIZERS: Final = {
    "adam": KerasOptimizer("Adam", "adam", _ADAM, 2),
    "sgd": KerasOptimizer("SGD", "sgd", {"momentum": 0.0, "nesterov": False}, 0, True),
    "rmsprop": KerasOptimizer(
        "RMSprop", "rm_sprop",
        {"rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False}, 1, True,
    ),
    "adamw": KerasOptimizer("AdamW", "adam_w", _ADAM, 2),
}  # fmt: skip
# Keras's own classes, which every Keras can load: (schedule, learning rate) -> class, settings
KERAS_SCHEDULES: Final[dict[type, Callable[[Any, float], tuple[str, dict[str, Any]]]]] = {
    CosineRestarts: lambda s, rate: (
        "CosineDecayRestarts",
        {
            "initial_learning_rate": rate, "first_decay_steps": s.first_decay_steps,
            "t_mul": s.t_mul, "m_mul": s.m_mul, "alpha": s.alpha, "name": "SGDRDecay",
        },
    ),
    ExponentialDecay: lambda s, rate: (
        "ExponentialDecay",
        {
            "initial_learning_rate": rate, "decay_steps": s.decay_steps, "decay_rate": s.factor,
            "staircase": s.staircase, "name": "ExponentialDecay",
        },
    ),
}  # fmt: skip


def last_rate(network: NetworkSpec, epochs: int) -> float | None:
    """The learning rate of the last of `epochs` epochs; None where a schedule of Keras's has it."""
    if type(network.schedule) in KERAS_SCHEDULES:
        return None
    if not network.schedule.by_epoch:
        raise KeyError(f"schedule {network.schedule.name} has no entry in KERAS_SCHEDULES")
    return float(rate_at(network.schedule, network.learning_rate, max(epochs - 1, 0), 0))


def optimizer_config(network: NetworkSpec, rate: float | None) -> dict[str, Any]:
    """The optimizer of a network in a model's configuration; `rate` as `last_rate` has it."""
    entry = KERAS_OPTIMIZERS[network.optimizer]
    learning_rate: Any = rate
    if rate is None:
        of_class, settings = KERAS_SCHEDULES[type(network.schedule)](
            network.schedule, network.learning_rate
        )
        learning_rate = keras_object("keras.optimizers.schedules", of_class, settings)
    used = {name: getattr(network, name) for name in OPTIMIZERS[network.optimizer].uses}
    own = _SHARED | dict(entry.settings) | used
    config = {"name": entry.name, "learning_rate": learning_rate} | own
    return keras_object("keras.optimizers", entry.class_name, config)
