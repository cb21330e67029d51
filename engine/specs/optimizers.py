"""The optimizers by name: what each is, and which settings it uses.

The one table of their names. The formula of each stands in `engine.trainer.optimizers`; a test
holds the two equal.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class OptimizerInfo:
    """An optimizer as a person chooses it.

    `uses` are the settings that only some optimizers have and this one heeds. `learning_rate` is
    the range of typical learning rates.
    """

    label: str
    help: str
    uses: frozenset[str] = frozenset()
    learning_rate: tuple[float, float] = (1e-5, 0.1)


OPTIMIZERS: Final[dict[str, OptimizerInfo]] = {
    "adam": OptimizerInfo("Adam", "adaptive moments (Kingma and Ba 2015)"),
    "sgd": OptimizerInfo(
        "SGD", "plain gradient steps, with momentum where it is set", frozenset({"momentum"})
    ),
    "rmsprop": OptimizerInfo(
        "RMSprop", "scaled by a mean of squared gradients (Tieleman and Hinton 2012)",
        frozenset({"momentum"}),
    ),
    "adamw": OptimizerInfo(
        "AdamW", "Adam with decoupled weight decay (Loshchilov and Hutter 2019)",
        frozenset({"weight_decay"}),
    ),
}  # fmt: skip


def users_of(setting: str) -> tuple[str, ...]:
    """The optimizers that heed `setting`; none for a setting of all of them."""
    return tuple(name for name, info in OPTIMIZERS.items() if setting in info.uses)


def optional_settings() -> tuple[str, ...]:
    """The settings that only some optimizers heed."""
    return tuple(dict.fromkeys(name for info in OPTIMIZERS.values() for name in sorted(info.uses)))
