"""The optimizers: one entry each, with the formulas, constants and names of `keras.optimizers`.

An entry is all that the trainer and the Keras adapter know of an optimizer: the arrays it keeps and
what they start at, its constants, what a step does, what Keras calls it. `engine.specs.optimizers`
has their names and which settings each uses; a test holds the two equal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import tensorflow as tf

Tensor = Any
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class OptimizerConfig:
    """An optimizer's name and those of its settings that a spec may change; 0 where it has none."""

    name: str
    momentum: float = 0.0
    weight_decay: float = 0.0


@dataclass(frozen=True)
class StepInputs:
    """What one step needs in addition to its arrays: scalar tensors, float32.

    `corrected_rate` is the learning rate after `Optimizer.corrected_rate`; `constants` are those
    of `Optimizer.constants`, in its order.
    """

    rate: Tensor
    corrected_rate: Tensor
    constants: Sequence[Tensor]


# (slot, gradient, the new slots before this one, inputs) -> the new slot
SlotRule = Callable[[Tensor, Tensor, Sequence[Tensor], StepInputs], Tensor]
# (value, gradient, all the new slots, inputs) -> the new value
ValueRule = Callable[[Tensor, Tensor, Sequence[Tensor], StepInputs], Tensor]


@dataclass(frozen=True)
class ArrayStep:
    """Changes one array and its slots at a time, by these rules."""

    slot_rules: Sequence[SlotRule]
    value_rule: ValueRule
    inputs: StepInputs

    def slot(self, k: int, slot: Tensor, gradient: Tensor, new: Sequence[Tensor]) -> Tensor:
        """The new slot `k`, given the new ones before it."""
        return self.slot_rules[k](slot, gradient, new, self.inputs)

    def value(self, value: Tensor, gradient: Tensor, slots: Sequence[Tensor]) -> Tensor:
        """The new value, given all the new slots."""
        return self.value_rule(value, gradient, slots, self.inputs)

    def step(self, value: Tensor, slots: Sequence[Tensor], gradient: Tensor) -> list[Tensor]:
        """The new value and the new slots of one array."""
        new: list[Tensor] = []
        for k, slot in enumerate(slots):
            new.append(self.slot(k, slot, gradient, new))
        return [self.value(value, gradient, new), *new]


# where no step is due yet: its one slot sums the gradients, the value stays as it is
GRADIENT_ACCUMULATOR: Final = ArrayStep(
    [lambda slot, gradient, new, inputs: slot + gradient],
    lambda value, gradient, slots, inputs: value,
    StepInputs(0.0, 0.0, ()),
)


@dataclass(frozen=True)
class Slot:
    """An array that an optimizer keeps for each parameter; all `initial` before the first step.

    `keras_name` is the Keras optimizer's attribute that lists its variables.
    """

    keras_name: str
    rule: SlotRule
    only_with_momentum: bool = False
    initial: float = 0.0


@dataclass(frozen=True)
class Optimizer:
    """How one optimizer steps, array by array.

    `value` gets the new slots only: the old ones may be gone by then, since a stack of layers is
    changed in place. `constants` gives the numbers that its rules index: constants of its own, as
    Keras has them by default, and settings. `corrected_rate(rates, steps)` corrects the learning
    rates of steps counted from 1; all arrays are float32 of one length.
    """

    keras_name: str
    slots: tuple[Slot, ...]
    value: ValueRule
    constants: Callable[[OptimizerConfig], tuple[float, ...]]
    corrected_rate: Callable[[Array, Array], Array] = lambda rates, steps: rates

    def slots_with(self, *, momentum: bool) -> tuple[Slot, ...]:
        """The slots that are kept, given whether there is momentum."""
        return tuple(slot for slot in self.slots if momentum or not slot.only_with_momentum)

    def step(self, inputs: StepInputs, *, momentum: bool) -> ArrayStep:
        """One step of all arrays."""
        rules = [slot.rule for slot in self.slots_with(momentum=momentum)]
        return ArrayStep(rules, self.value, inputs)


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


def _adam_value(value: Tensor, gradient: Tensor, new: Sequence[Tensor], o: StepInputs) -> Tensor:
    return value - new[0] * o.corrected_rate / (tf.sqrt(new[1]) + o.constants[2])


def _adamw_value(value: Tensor, gradient: Tensor, new: Sequence[Tensor], o: StepInputs) -> Tensor:
    return _adam_value(value - value * o.constants[3] * o.rate, gradient, new, o)


_ADAM_SLOTS = (
    Slot("_momentums", lambda m, g, new, o: m + (g - m) * o.constants[0]),
    Slot("_velocities", lambda v, g, new, o: v + (g * g - v) * o.constants[1]),
)


def _rms_scaled(gradient: Tensor, v: Tensor, o: StepInputs) -> Tensor:
    return o.rate * gradient / tf.sqrt(v + o.constants[2])


OPTIMIZERS: Final[dict[str, Optimizer]] = {
    "adam": Optimizer(
        "Adam",
        _ADAM_SLOTS,
        _adam_value,
        lambda c: (1 - _BETA_1, 1 - _BETA_2, _EPSILON),
        corrected_rate=_adam_rate,
    ),
    "sgd": Optimizer(
        "SGD",
        (Slot("momentums", lambda m, g, new, o: m * o.constants[0] - g * o.rate, True),),
        lambda value, g, new, o: value + new[0] if new else value - g * o.rate,
        lambda c: (c.momentum,),
    ),
    "rmsprop": Optimizer(
        "RMSprop",
        (
            Slot("_velocities", lambda v, g, new, o: o.constants[0] * v + o.constants[1] * (g * g)),
            Slot(
                "_momentums",
                lambda m, g, new, o: o.constants[3] * m + _rms_scaled(g, new[0], o),
                only_with_momentum=True,
            ),
        ),
        lambda value, g, new, o: value - (new[1] if len(new) > 1 else _rms_scaled(g, new[0], o)),
        lambda c: (_RHO, 1 - _RHO, _EPSILON, c.momentum),
    ),
    "adamw": Optimizer(
        "AdamW",
        _ADAM_SLOTS,
        _adamw_value,
        lambda c: (1 - _BETA_1, 1 - _BETA_2, _EPSILON, c.weight_decay),
        _adam_rate,
    ),
}
