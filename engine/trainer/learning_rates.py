"""Learning rates of many steps at once."""

from collections.abc import Callable

import numpy as np

from engine.specs.schedules import Schedule, rate_at
from engine.trainer.optimizers import OPTIMIZERS, OptimizerConfig
from engine.trainer.shapes import Array

# (epoch from 0, optimizer steps from 0 over all epochs) -> a learning rate for each step; the
# epoch is one for all steps, or one for each
Rates = Callable[[int | Array, Array], Array]


def spec_rates(schedule: Schedule, learning_rate: float) -> Rates:
    """The learning rates of a spec, by the formula of its schedule."""

    def rates(epoch: int | Array, steps: Array) -> Array:
        found: Array = np.empty(len(steps))
        found[:] = rate_at(schedule, learning_rate, epoch, steps, np)
        return found

    return rates


def step_rates(optimizer: OptimizerConfig, rates: Array, steps: Array) -> Array:
    """[steps, 2] float32: the learning rate, and the one with the optimizer's bias correction.

    In single precision, as Keras computes it: in double precision the first
    steps would differ from Keras's by 1e-5.
    """
    found = np.empty((len(steps), 2), np.float32)
    found[:, 0] = rates
    local = (steps + 1).astype(np.float32)
    found[:, 1] = OPTIMIZERS[optimizer.name].corrected_rate(found[:, 0], local)
    return found


def constants_of(optimizer: OptimizerConfig) -> Array:
    """What the optimizer's rules need in addition to the rates, float32."""
    return np.array(OPTIMIZERS[optimizer.name].constants(optimizer), np.float32)
