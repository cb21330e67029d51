"""What optimizers keep for each parameter, of our networks and of Keras's optimizers."""

from typing import Any, Final

import numpy as np

from engine.trainer.network import Network
from engine.trainer.optimizers import OPTIMIZERS

# what an optimizer of Keras's calls the lists of its slots
KERAS_LISTS: Final = {
    "adam": ("_momentums", "_velocities"),
    "sgd": ("momentums",),
    "rmsprop": ("_velocities", "_momentums"),
    "adamw": ("_momentums", "_velocities"),
}


def keras_slots(optimizer: Any, name: str, *, momentum: bool) -> list[list[Any]]:
    """The arrays of a built Keras optimizer, one list a slot, one array a weight of the model.

    `name` is ours. Keras's own flat `variables` are in an order that is not documented; the
    attributes that list them slot by slot are private for most optimizers. Written against Keras
    3.15.
    """
    kept = OPTIMIZERS[name].slots_with(momentum=momentum)
    lists = KERAS_LISTS[name][: len(kept)]
    return [[v.numpy() for v in getattr(optimizer, own)] for own in lists]


def states(ours: Network, theirs: Any) -> list[tuple[Any, Any]]:
    """What our training and Keras's optimizer have kept, a pair for each slot: all its numbers.

    A slot's small arrays are as exact as its large ones: their rounding is that of the sums.
    """
    own = ours.config.optimizer
    kept = keras_slots(theirs.optimizer, own.name, momentum=own.momentum > 0)
    pairs = []
    for mine, other in zip(ours.snapshot().slots, kept, strict=True):
        assert [a.shape for a in mine] == [a.shape for a in other]
        pairs.append(tuple(np.concatenate([a.ravel() for a in group]) for group in (mine, other)))
    return pairs
