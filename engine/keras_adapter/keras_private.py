"""The private API of Keras that the adapter touches; nothing else does.

Written against Keras 3.15. Keras lists an optimizer's state as one flat `variables`, in an order
that is not documented; the attributes that hold it slot by slot are private for most optimizers.
`engine.trainer.optimizers` names them, and `tests/parity/test_private_api.py` looks for each.
"""

from collections.abc import Iterable
from typing import Any

from engine.trainer.optimizers import Slot


def slot_variables(optimizer: Any, slots: Iterable[Slot]) -> list[list[Any]]:
    """The state of a built Keras optimizer, slot by slot.

    Each slot lists one variable for each trainable variable of the model.
    """
    return [list(getattr(optimizer, slot.keras_name)) for slot in slots]
