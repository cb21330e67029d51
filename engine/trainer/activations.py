"""The activations: one entry each, under the name that specs and `keras.activations` have for it.

The formulas are Keras's, which on JAX are those of `jax.nn`; JAX differentiates them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import jax

Array = Any
# Keras's, and not JAX's own 0.01
_LEAKY_SLOPE: Final = 0.2


@dataclass(frozen=True)
class Activation:
    """An activation of arrays of any shape.

    `zero_at_zero`: padded units have zero inputs and have to leave zeros behind; where the
    activation does not do that, the program masks them.
    """

    function: Callable[[Array], Array]
    zero_at_zero: bool = True


ACTIVATIONS: Final[dict[str, Activation]] = {
    "relu": Activation(jax.nn.relu),
    "leaky_relu": Activation(partial(jax.nn.leaky_relu, negative_slope=_LEAKY_SLOPE)),
    "elu": Activation(jax.nn.elu),
    "selu": Activation(jax.nn.selu),
    "gelu": Activation(partial(jax.nn.gelu, approximate=False)),
    "silu": Activation(jax.nn.silu),
    "tanh": Activation(jax.nn.tanh),
    "sigmoid": Activation(jax.nn.sigmoid, zero_at_zero=False),
}
