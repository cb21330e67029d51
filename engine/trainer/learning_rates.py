"""Learning rates of many steps at once, with Keras's formulas."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from engine.specs.schedules import CosineRestarts, ExponentialDecay, Schedule, StepDecay
from engine.trainer.configuration import Optimizer
from engine.trainer.shapes import Array

# (epoch, optimizer steps from 0 over all epochs) -> a learning rate for each step
Rates = Callable[[int, Array], Array]


def spec_rates(schedule: Schedule, learning_rate: float) -> Rates:
    """The rates of a spec, as `engine.specs.schedules.rate_at` defines them."""
    if isinstance(schedule, CosineRestarts):
        return lambda epoch, steps: learning_rate * _cosine(schedule, steps)
    if isinstance(schedule, ExponentialDecay):
        return lambda epoch, steps: learning_rate * _exponential(schedule, steps)
    if isinstance(schedule, StepDecay):
        every, factor = schedule.every, schedule.factor
        return lambda epoch, steps: np.full(len(steps), learning_rate * factor ** (epoch // every))
    return lambda epoch, steps: np.full(len(steps), learning_rate)


def optimizer_rates(optimizer: Any) -> Rates:
    """The rates that a Keras optimizer holds now: a number, or any of its schedules."""
    schedule = optimizer._learning_rate
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        rate = float(optimizer.learning_rate.numpy())
        return lambda epoch, steps: np.full(len(steps), rate)
    if type(schedule) is keras.optimizers.schedules.CosineDecayRestarts:
        cosine = CosineRestarts.model_construct(
            first_decay_steps=schedule.first_decay_steps,
            t_mul=schedule._t_mul,
            m_mul=schedule._m_mul,
            alpha=schedule.alpha,
        )
        return spec_rates(cosine, float(schedule.initial_learning_rate))
    if type(schedule) is keras.optimizers.schedules.ExponentialDecay:
        decay = ExponentialDecay.model_construct(
            factor=schedule.decay_rate,
            decay_steps=schedule.decay_steps,
            staircase=schedule.staircase,
        )
        return spec_rates(decay, float(schedule.initial_learning_rate))
    return lambda epoch, steps: np.array([float(schedule(int(step))) for step in steps])


def step_rates(optimizer: Optimizer, rates: Array, steps: Array) -> Array:
    """[steps, 2] float32: the learning rate, and Adam's with its bias correction.

    In single precision, as Keras computes it: in double precision the first
    steps would differ from Keras's by 1e-5.
    """
    found = np.empty((len(steps), 2), np.float32)
    found[:, 0] = found[:, 1] = rates
    if optimizer.name in ("adam", "adamw"):
        local = (steps + 1).astype(np.float32)
        one = np.float32(1.0)
        first = one - np.power(np.float32(optimizer.beta_1), local)
        second = one - np.power(np.float32(optimizer.beta_2), local)
        found[:, 1] = found[:, 0] * np.sqrt(second) / first
    return found


def constants_of(optimizer: Optimizer) -> Array:
    """[7] float32: momentum, weight decay, 1 - beta 1, 1 - beta 2, rho, 1 - rho, epsilon."""
    o = optimizer
    values = (o.momentum, o.weight_decay, 1 - o.beta_1, 1 - o.beta_2, o.rho, 1 - o.rho, o.epsilon)
    return np.array(values, np.float32)


def _exponential(schedule: ExponentialDecay, steps: Array) -> Array:
    exponent = steps / schedule.decay_steps
    factor: Array = schedule.factor ** (np.floor(exponent) if schedule.staircase else exponent)
    return factor


def _cosine(schedule: CosineRestarts, steps: Array) -> Array:
    done = steps / schedule.first_decay_steps
    t = schedule.t_mul
    if t == 1.0:
        period = np.floor(done)
        done = done - period
    else:
        period = np.floor(np.log(1 - done * (1 - t)) / np.log(t))
        done = (done - (1 - t**period) / (1 - t)) / t**period
    cosine = 0.5 * schedule.m_mul**period * (1 + np.cos(np.pi * done))
    share: Array = (1 - schedule.alpha) * cosine + schedule.alpha
    return share
