"""How the learning rate changes during training.

The rate at the start is the network's `learning_rate`; a schedule holds the rest.
"""

import math
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Discriminator, Field

from engine.specs.base import Frozen
from engine.specs.fields import setting


class Constant(Frozen):
    """The learning rate stays as it is."""

    by_epoch: ClassVar = True
    name: Literal["constant"] = "constant"

    def factor_at(self, epoch: Any, step: Any, functions: Any) -> Any:
        """What the learning rate is multiplied by; the arguments are those of `rate_at`."""
        return 1.0


class StepDecay(Frozen):
    """learning_rate × factor^⌊epoch / every⌋, set at the beginning of each epoch."""

    by_epoch: ClassVar = True
    name: Literal["step_decay"] = "step_decay"
    factor: Annotated[float, Field(gt=0, le=1)] = setting(
        0.5, group="Learning rate", help="What the rate is multiplied by at each step."
    )
    every: Annotated[int, Field(ge=1, le=100_000)] = setting(
        3, unit="epochs", group="Learning rate", help="Epochs between two steps."
    )

    def factor_at(self, epoch: Any, step: Any, functions: Any) -> Any:
        """What the learning rate is multiplied by; the arguments are those of `rate_at`."""
        return self.factor ** (epoch // self.every)


class CosineRestarts(Frozen):
    """Cosine decay with warm restarts, per step (Loshchilov and Hutter 2017, SGDR)."""

    by_epoch: ClassVar = False
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

    def factor_at(self, epoch: Any, step: Any, functions: Any) -> Any:
        """What the learning rate is multiplied by; the arguments are those of `rate_at`."""
        done = step / self.first_decay_steps
        t = self.t_mul
        if t == 1.0:
            period = functions.floor(done)
            done = done - period
        else:
            period = functions.floor(functions.log(1 - done * (1 - t)) / functions.log(t))
            done = (done - (1 - t**period) / (1 - t)) / t**period
        cosine = 0.5 * self.m_mul**period * (1 + functions.cos(functions.pi * done))
        return (1 - self.alpha) * cosine + self.alpha


class ExponentialDecay(Frozen):
    """learning_rate × factor^(step / decay_steps); in stairs, the exponent is rounded down."""

    by_epoch: ClassVar = False
    name: Literal["exponential"] = "exponential"
    factor: Annotated[float, Field(gt=0, le=1)] = setting(
        0.96, group="Learning rate", help="Rate after decay_steps, as a fraction of before."
    )
    decay_steps: Annotated[int, Field(ge=1, le=100_000_000)] = setting(
        100, unit="steps", group="Learning rate", help="Optimizer steps for one factor."
    )
    staircase: bool = setting(
        False, group="Learning rate", help="Decay in stairs instead of smoothly."
    )

    def factor_at(self, epoch: Any, step: Any, functions: Any) -> Any:
        """What the learning rate is multiplied by; the arguments are those of `rate_at`."""
        exponent = step / self.decay_steps
        return self.factor ** (functions.floor(exponent) if self.staircase else exponent)


# the one list: a new schedule is a class and its name here; `by_epoch` says whether its rate is
# known without the number of steps in an epoch
AnySchedule = Constant | StepDecay | CosineRestarts | ExponentialDecay
SCHEDULES = get_args(AnySchedule)
Schedule = Annotated[
    AnySchedule,
    Discriminator("name"),
    BeforeValidator(lambda value: {"name": value} if isinstance(value, str) else value),
]


def rate_at(
    schedule: Schedule, learning_rate: float, epoch: Any, step: Any, functions: Any = math
) -> Any:
    """The learning rate of optimizer step `step` (from 0, over all epochs) in `epoch` (from 0).

    The one formula, for the plan of a spec and for the trainer: both are numbers, or arrays with
    NumPy in the place of `functions`; the rate is alike. The formulas are Keras's
    (`CosineDecayRestarts`, `ExponentialDecay`) and, for step decay, the post's.
    """
    return learning_rate * schedule.factor_at(epoch, step, functions)


def planned_rates(
    schedule: Schedule, learning_rate: float, epochs: int, steps_per_epoch: int
) -> list[float]:
    """The learning rate at the last step of every epoch, as the run's log will show it."""
    return [
        rate_at(schedule, learning_rate, epoch, (epoch + 1) * steps_per_epoch - 1)
        for epoch in range(epochs)
    ]
