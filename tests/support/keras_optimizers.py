"""What optimizers keep for each parameter, of our networks and of Keras's optimizers."""

from collections.abc import Iterable
from typing import Any

from engine.keras_adapter.xla_sequential import XlaSequential
from engine.trainer.optimizers import OPTIMIZERS, Slot


def keras_slots(optimizer: Any, slots: Iterable[Slot]) -> list[list[Any]]:
    """The arrays of a built Keras optimizer, one list a slot, one array a weight of the model.

    Keras's own flat `variables` are in an order that is not documented; the attributes that list
    them slot by slot are private for most optimizers. Written against Keras 3.15.
    """
    return [[v.numpy() for v in getattr(optimizer, slot.keras_name)] for slot in slots]


def states(ours: XlaSequential, theirs: Any) -> list[tuple[Any, Any]]:
    """Pairs of arrays that our training and Keras's optimizer have kept, of all slots."""
    own = ours.config.optimizer
    slots = OPTIMIZERS[own.name].slots_with(momentum=own.momentum > 0)
    mine = [array for group in ours.snapshot().slots for array in group]
    other = [array for group in keras_slots(theirs.optimizer, slots) for array in group]
    assert [a.shape for a in mine] == [a.shape for a in other]
    return list(zip(mine, other, strict=True))
