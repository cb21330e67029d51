"""Activations and random draws on TensorFlow tensors.

The formulas are Keras's; each activation is written with its derivative, since the program
differentiates by hand.
"""

from collections.abc import Callable
from typing import Any, Final

import tensorflow as tf

Tensor = Any
_SELU_ALPHA: Final = 1.6732632423543772
_SELU_SCALE: Final = 1.0507009873554805
_SQRT_HALF: Final = 0.7071067811865476
_SQRT_2_PI: Final = 2.5066282746310002
LEAKY_SLOPE: Final = 0.2

# Activations whose derivative needs the value before the activation.
NEEDS_INPUT: Final = frozenset({"gelu", "silu"})


def activate(name: str, z: Tensor) -> Tensor:
    """The activation `name` of `z`, any shape."""
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "relu": lambda z: tf.maximum(z, 0.0),
        "leaky_relu": lambda z: tf.where(z > 0, z, LEAKY_SLOPE * z),
        "elu": lambda z: tf.where(z > 0, z, tf.math.expm1(z)),
        "selu": lambda z: _SELU_SCALE * tf.where(z > 0, z, _SELU_ALPHA * tf.math.expm1(z)),
        "gelu": lambda z: 0.5 * z * (1.0 + tf.math.erf(z * _SQRT_HALF)),
        "silu": lambda z: z * tf.sigmoid(z),
        "tanh": tf.tanh,
        "sigmoid": tf.sigmoid,
    }
    return functions[name](z)


def slope(name: str, h: Tensor, z: Tensor) -> Tensor:
    """The activation's derivative, from its output `h` (or `z` for those in `NEEDS_INPUT`)."""
    functions: dict[str, Callable[[], Tensor]] = {
        "relu": lambda: tf.where(h > 0, 1.0, 0.0),
        "leaky_relu": lambda: tf.where(h > 0, 1.0, LEAKY_SLOPE),
        "elu": lambda: tf.where(h > 0, 1.0, h + 1.0),
        "selu": lambda: tf.where(h > 0, _SELU_SCALE, h + _SELU_SCALE * _SELU_ALPHA),
        "gelu": lambda: (
            0.5 * (1.0 + tf.math.erf(z * _SQRT_HALF)) + z * tf.exp(-0.5 * z * z) / _SQRT_2_PI
        ),
        "silu": lambda: tf.sigmoid(z) * (1.0 + z * (1.0 - tf.sigmoid(z))),
        "tanh": lambda: 1.0 - h * h,
        "sigmoid": lambda: h * (1.0 - h),
    }
    return functions[name]()


def scrambled(value: Tensor) -> Tensor:
    """A bijection of 32-bit words that spreads every bit (the lowbias32 hash, C. Wellons 2018)."""
    value = tf.bitwise.bitwise_xor(value, tf.bitwise.right_shift(value, word(16)))
    value = value * word(0x7FEB352D)
    value = tf.bitwise.bitwise_xor(value, tf.bitwise.right_shift(value, word(15)))
    value = value * word(0x846CA68B)
    return tf.bitwise.bitwise_xor(value, tf.bitwise.right_shift(value, word(16)))


def word(value: int) -> Tensor:
    """A constant of 32 bits."""
    return tf.constant(value, tf.uint32)


def dropout_factors(
    seed: Tensor, step: Tensor, drop: Tensor, scale: Tensor, shape: Any, first: Tensor | int
) -> Tensor:
    """What dropout multiplies a layer's outputs with: 0, or `scale` = 1 / (1 - rate).

    `shape` is (rows, units); `drop` is the rate as a share of 2**32; `first` is
    the first row's place in its batch. The draw of a cell depends on seed, step,
    row and unit alone, not on the padding.
    """
    rows, units = shape
    row, unit = tf.range(rows, dtype=tf.int32) + first, tf.range(units, dtype=tf.int32)
    cell = row[:, None] * 4096 + unit[None]
    key = scrambled(tf.bitwise.bitwise_xor(seed, scrambled(tf.cast(step, tf.uint32))))
    draw = scrambled(scrambled(tf.cast(cell, tf.uint32) + key) + seed)
    # XLA compares signed words faster and TensorFlow has no unsigned comparison on all paths
    top = word(0x80000000)
    signed = tf.bitcast(tf.bitwise.bitwise_xor(draw, top), tf.int32)
    limit = tf.bitcast(tf.bitwise.bitwise_xor(drop, top), tf.int32)
    return tf.where(signed >= limit, scale, 0.0)
