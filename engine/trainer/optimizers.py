"""The optimizers: one entry each, with the formulas and constants of `keras.optimizers`.

An entry is all that the trainer knows of an optimizer: the arrays it keeps and what they start at,
its constants, what a step does. `engine.specs.optimizers` has their names and which settings each
uses; a test holds the two equal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jax.numpy as jnp
import numpy as np

# an array while JAX traces a program
Traced = Any
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class OptimizerConfig:
    """An optimizer's name and those of its settings that a spec may change; 0 where it has none."""

    name: str
    momentum: float = 0.0
    weight_decay: float = 0.0


@dataclass(frozen=True)
class StepInputs:
    """What one step needs in addition to its arrays: scalars, float32.

    `corrected_rate` is the learning rate after `Optimizer.corrected_rate`; `constants` are those
    of `Optimizer.constants`, in its order.
    """

    rate: Traced
    corrected_rate: Traced
    constants: Sequence[Traced]


# (slot, gradient, the new slots before this one, inputs) -> the new slot
SlotRule = Callable[[Traced, Traced, Sequence[Traced], StepInputs], Traced]
# (value, gradient, all the new slots, inputs) -> the new value
ValueRule = Callable[[Traced, Traced, Sequence[Traced], StepInputs], Traced]


@dataclass(frozen=True)
class Slot:
    """An array that an optimizer keeps for each parameter; all `initial` before the first step."""

    rule: SlotRule
    only_with_momentum: bool = False
    initial: float = 0.0


@dataclass(frozen=True)
class Optimizer:
    """How one optimizer steps, array by array.

    `value` gets the new slots only. `constants` gives the numbers that its rules index: constants
    of its own, as Keras has them by default, and settings. `corrected_rate(rates, steps)` corrects
    the learning rates of steps counted from 1; all arrays are float32 of one length.
    """

    slots: tuple[Slot, ...]
    value: ValueRule
    constants: Callable[[OptimizerConfig], tuple[float, ...]]
    corrected_rate: Callable[[Array, Array], Array] = lambda rates, steps: rates

    def slots_with(self, *, momentum: bool) -> tuple[Slot, ...]:
        """The slots that are kept, given whether there is momentum."""
        return tuple(slot for slot in self.slots if momentum or not slot.only_with_momentum)

    def step(
        self, value: Traced, slots: Sequence[Traced], gradient: Traced, inputs: StepInputs
    ) -> tuple[Traced, list[Traced]]:
        """One step of one array: the new value, and the new slots."""
        new: list[Traced] = []
        # without momentum there are fewer slots than rules
        for rule, slot in zip(self.slots, slots, strict=False):
            new.append(rule.rule(slot, gradient, new, inputs))
        return self.value(value, gradient, new, inputs), new


_BETA_1: Final = 0.9
_BETA_2: Final = 0.999
_RHO: Final = 0.9
_EPSILON: Final = 1e-7


def _adam_rate(rates: Array, steps: Array) -> Array:
    one = np.float32(1.0)
    first = one - np.power(np.float32(_BETA_1), steps)
    second = one - np.power(np.float32(_BETA_2), steps)
    corrected: Array = rates * np.sqrt(second) / first
    return corrected


def _adam_value(value: Traced, gradient: Traced, new: Sequence[Traced], o: StepInputs) -> Traced:
    return value - new[0] * o.corrected_rate / (jnp.sqrt(new[1]) + o.constants[2])


def _adamw_value(value: Traced, gradient: Traced, new: Sequence[Traced], o: StepInputs) -> Traced:
    return _adam_value(value - value * o.constants[3] * o.rate, gradient, new, o)


_ADAM_SLOTS = (
    Slot(lambda m, g, new, o: m + (g - m) * o.constants[0]),
    Slot(lambda v, g, new, o: v + (g * g - v) * o.constants[1]),
)


def _rms_scaled(gradient: Traced, v: Traced, o: StepInputs) -> Traced:
    return o.rate * gradient / jnp.sqrt(v + o.constants[2])


OPTIMIZERS: Final[dict[str, Optimizer]] = {
    "adam": Optimizer(
        _ADAM_SLOTS,
        _adam_value,
        lambda c: (1 - _BETA_1, 1 - _BETA_2, _EPSILON),
        corrected_rate=_adam_rate,
    ),
    "sgd": Optimizer(
        (Slot(lambda m, g, new, o: m * o.constants[0] - g * o.rate, True),),
        lambda value, g, new, o: value + new[0] if new else value - g * o.rate,
        lambda c: (c.momentum,),
    ),
    "rmsprop": Optimizer(
        (
            Slot(lambda v, g, new, o: o.constants[0] * v + o.constants[1] * (g * g)),
            Slot(
                lambda m, g, new, o: o.constants[3] * m + _rms_scaled(g, new[0], o),
                only_with_momentum=True,
            ),
        ),
        lambda value, g, new, o: value - (new[1] if len(new) > 1 else _rms_scaled(g, new[0], o)),
        lambda c: (_RHO, 1 - _RHO, _EPSILON, c.momentum),
    ),
    "adamw": Optimizer(
        _ADAM_SLOTS,
        _adamw_value,
        lambda c: (1 - _BETA_1, 1 - _BETA_2, _EPSILON, c.weight_decay),
        _adam_rate,
    ),
}
