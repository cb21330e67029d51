"""The activations: one entry each, under the name that specs and `keras.activations` have for it.

The formulas are Keras's. Each is written with its derivative, since the compiled program
differentiates by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import tensorflow as tf

Tensor = Any
_SELU_ALPHA: Final = 1.6732632423543772
_SELU_SCALE: Final = 1.0507009873554805
_SQRT_HALF: Final = 0.7071067811865476
_SQRT_2_PI: Final = 2.5066282746310002
_LEAKY_SLOPE: Final = 0.2


@dataclass(frozen=True)
class Activation:
    """An activation of tensors of any shape.

    `slope(output, input)` is the derivative. `slope_needs_input` is False where the output alone
    decides it: the inputs of a stack of layers are not kept then, and `slope` gets something else.
    `zero_at_zero`: padded units have zero inputs and have to leave zeros behind; where the
    activation does not do that, the program masks them.
    """

    function: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor]
    slope_needs_input: bool = False
    zero_at_zero: bool = True


def _gelu_slope(h: Tensor, z: Tensor) -> Tensor:
    return 0.5 * (1.0 + tf.math.erf(z * _SQRT_HALF)) + z * tf.exp(-0.5 * z * z) / _SQRT_2_PI


ACTIVATIONS: Final[dict[str, Activation]] = {
    "relu": Activation(lambda z: tf.maximum(z, 0.0), lambda h, z: tf.where(h > 0, 1.0, 0.0)),
    "leaky_relu": Activation(
        lambda z: tf.where(z > 0, z, _LEAKY_SLOPE * z),
        lambda h, z: tf.where(h > 0, 1.0, _LEAKY_SLOPE),
    ),
    "elu": Activation(
        lambda z: tf.where(z > 0, z, tf.math.expm1(z)),
        lambda h, z: tf.where(h > 0, 1.0, h + 1.0),
    ),
    "selu": Activation(
        lambda z: _SELU_SCALE * tf.where(z > 0, z, _SELU_ALPHA * tf.math.expm1(z)),
        lambda h, z: tf.where(h > 0, _SELU_SCALE, h + _SELU_SCALE * _SELU_ALPHA),
    ),
    "gelu": Activation(
        lambda z: 0.5 * z * (1.0 + tf.math.erf(z * _SQRT_HALF)),
        _gelu_slope,
        slope_needs_input=True,
    ),
    "silu": Activation(
        lambda z: z * tf.sigmoid(z),
        lambda h, z: tf.sigmoid(z) * (1.0 + z * (1.0 - tf.sigmoid(z))),
        slope_needs_input=True,
    ),
    "tanh": Activation(tf.tanh, lambda h, z: 1.0 - h * h),
    "sigmoid": Activation(tf.sigmoid, lambda h, z: h * (1.0 - h), zero_at_zero=False),
}
