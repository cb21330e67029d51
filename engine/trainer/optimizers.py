"""Optimizer steps on TensorFlow tensors; the formulas are those of `keras.optimizers`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

Tensor = Any


@dataclass(frozen=True)
class Descent:
    """One step of an optimizer, array by array.

    `rate` is (learning rate, Adam's bias-corrected rate); `constants` are as
    `rates.constants_of` lists them.
    """

    name: str
    momentum: bool
    rate: Tensor
    constants: Tensor

    def step(self, value: Tensor, slots: Sequence[Tensor], gradient: Tensor) -> list[Tensor]:
        """The new value and the new slots of one array."""
        new: list[Tensor] = []
        for k, slot in enumerate(slots):
            new.append(self.slot(k, slot, gradient, new))
        return [self.value(value, gradient, new), *new]

    def slot(self, k: int, slot: Tensor, gradient: Tensor, new: Sequence[Tensor]) -> Tensor:
        """The new slot `k`, given the new ones before it."""
        mu, _, c1, c2, rho, rest, _ = (self.constants[i] for i in range(7))
        if self.name in ("adam", "adamw"):
            if k == 0:
                return slot + (gradient - slot) * c1
            return slot + (gradient * gradient - slot) * c2
        if self.name == "rmsprop" and k == 0:
            return rho * slot + rest * (gradient * gradient)
        if self.name == "rmsprop":
            return mu * slot + self._scaled(gradient, new[0])
        return slot * mu - gradient * self.rate[0]

    def value(self, value: Tensor, gradient: Tensor, slots: Sequence[Tensor]) -> Tensor:
        """The new value, given all the new slots."""
        decay, epsilon = self.constants[1], self.constants[6]
        if self.name in ("adam", "adamw"):
            m, v = slots
            if self.name == "adamw":
                value = value - value * decay * self.rate[0]
            return value - m * self.rate[1] / (tf.sqrt(v) + epsilon)
        if self.name == "rmsprop":
            return value - (slots[1] if self.momentum else self._scaled(gradient, slots[0]))
        return value + slots[0] if self.momentum else value - gradient * self.rate[0]

    def _scaled(self, gradient: Tensor, v: Tensor) -> Tensor:
        return self.rate[0] * gradient / tf.sqrt(v + self.constants[6])


class Gathering:
    """In the place of a `Descent` where no step is due yet: the one slot gathers gradients."""

    def step(self, value: Tensor, slots: Sequence[Tensor], gradient: Tensor) -> list[Tensor]:
        """The value as it is, and the sum of its gradients so far."""
        return [value, slots[0] + gradient]

    def slot(self, k: int, slot: Tensor, gradient: Tensor, new: Sequence[Tensor]) -> Tensor:
        """The sum of the gradients so far."""
        return slot + gradient

    def value(self, value: Tensor, gradient: Tensor, slots: Sequence[Tensor]) -> Tensor:
        """The value as it is."""
        return value
