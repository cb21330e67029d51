"""How the learning rate changes during training.

The rate at the start is the network's `learning_rate`; a schedule holds the rest.
"""

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field

from engine.specs.base import Frozen
from engine.specs.fields import setting


class Constant(Frozen):
    """The learning rate stays as it is."""

    name: Literal["constant"] = "constant"


class StepDecay(Frozen):
    """learning_rate × factor^⌊epoch / every⌋, set at the beginning of each epoch."""

    name: Literal["step_decay"] = "step_decay"
    factor: Annotated[float, Field(gt=0, le=1)] = setting(
        0.5, group="Learning rate", help="What the rate is multiplied by at each step."
    )
    every: Annotated[int, Field(ge=1, le=100_000)] = setting(
        3, unit="epochs", group="Learning rate", help="Epochs between two steps."
    )


class CosineRestarts(Frozen):
    """Cosine decay with warm restarts, per step (Loshchilov and Hutter 2017, SGDR)."""

    name: Literal["cosine_restarts"] = "cosine_restarts"
    first_decay_steps: Annotated[int, Field(ge=1, le=100_000_000)] = setting(
        1000, unit="steps", group="Learning rate",
        help="Length of the first period, in optimizer steps.",
    )  # fmt: skip
    t_mul: Annotated[float, Field(ge=1, le=100)] = setting(
        2.0, group="Learning rate", label="period multiplier",
        help="How much longer each next period is.",
    )  # fmt: skip
    m_mul: Annotated[float, Field(gt=0, le=10)] = setting(
        1.0, group="Learning rate", label="restart LR multiplier",
        help="What each next period's first rate is multiplied by.",
    )  # fmt: skip
    alpha: Annotated[float, Field(ge=0, le=1)] = setting(
        0.0, group="Learning rate", label="minimum LR fraction",
        help="Lowest rate, as a fraction of the first one.",
    )  # fmt: skip


class ExponentialDecay(Frozen):
    """learning_rate × factor^(step / decay_steps); in stairs, the exponent is rounded down."""

    name: Literal["exponential"] = "exponential"
    factor: Annotated[float, Field(gt=0, le=1)] = setting(
        0.96,
        group="Learning rate",
        help="Rate after decay_steps, as a fraction of before.",
    )
    decay_steps: Annotated[int, Field(ge=1, le=100_000_000)] = setting(
        100, unit="steps", group="Learning rate",
        help="Optimizer steps for one factor.",
    )  # fmt: skip
    staircase: bool = setting(
        False, group="Learning rate", help="Decay in stairs instead of smoothly."
    )


SCHEDULES = (Constant, StepDecay, CosineRestarts, ExponentialDecay)
Schedule = Annotated[
    Constant | StepDecay | CosineRestarts | ExponentialDecay,
    Discriminator("name"),
    BeforeValidator(lambda value: {"name": value} if isinstance(value, str) else value),
]


def rate_at(schedule: Schedule, learning_rate: float, epoch: int, step: int) -> float:
    """The learning rate of optimizer step `step` (from 0, over all epochs) in `epoch` (from 0).

    The formulas are Keras's (`CosineDecayRestarts`, `ExponentialDecay`) and,
    for step decay, the post's: the floor of epoch / every.
    """
    if isinstance(schedule, StepDecay):
        return learning_rate * schedule.factor ** (epoch // schedule.every)
    if isinstance(schedule, ExponentialDecay):
        exponent = step / schedule.decay_steps
        return learning_rate * schedule.factor ** (
            math.floor(exponent) if schedule.staircase else exponent
        )
    if isinstance(schedule, CosineRestarts):
        return learning_rate * _cosine_share(schedule, step)
    return learning_rate


def _cosine_share(schedule: CosineRestarts, step: int) -> float:
    done = step / schedule.first_decay_steps
    if schedule.t_mul == 1.0:
        period = math.floor(done)
        done -= period
    else:
        period = math.floor(math.log(1 - done * (1 - schedule.t_mul)) / math.log(schedule.t_mul))
        begun = (1 - schedule.t_mul**period) / (1 - schedule.t_mul)
        done = (done - begun) / schedule.t_mul**period
    cosine = 0.5 * schedule.m_mul**period * (1 + math.cos(math.pi * done))
    return (1 - schedule.alpha) * cosine + schedule.alpha


def planned_rates(
    schedule: Schedule, learning_rate: float, epochs: int, steps_per_epoch: int
) -> list[float]:
    """The learning rate at the last step of every epoch, as the run's log will show it."""
    return [
        rate_at(schedule, learning_rate, epoch, (epoch + 1) * steps_per_epoch - 1)
        for epoch in range(epochs)
    ]
