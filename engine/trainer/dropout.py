"""Dropout's random draws: a hash of seed, step, row and unit, so that nothing else decides them."""

from typing import Any

import tensorflow as tf

Tensor = Any
# above the widest layer (4,096 units), so that no two cells of a batch share a number
_UNITS = 4096


def dropout_factors(
    seed: Tensor, step: Tensor, drop: Tensor, scale: Tensor, shape: Any, first: Tensor | int
) -> Tensor:
    """What dropout multiplies a layer's outputs with, [rows, units]: 0, or `scale`.

    `shape` is (rows, units); `drop` is the rate × 2**32, uint32; `scale` is 1 / (1 - rate);
    `first` is the first row's place in its batch. Padding does not change a cell's draw.
    """
    rows, units = shape
    row, unit = tf.range(rows, dtype=tf.int32) + first, tf.range(units, dtype=tf.int32)
    cell = row[:, None] * _UNITS + unit[None]
    key = _hash32(tf.bitwise.bitwise_xor(seed, _hash32(tf.cast(step, tf.uint32))))
    draw = _hash32(_hash32(tf.cast(cell, tf.uint32) + key) + seed)
    # XLA compares signed words faster and TensorFlow has no unsigned comparison on all paths
    top = _word(0x80000000)
    signed = tf.bitcast(tf.bitwise.bitwise_xor(draw, top), tf.int32)
    limit = tf.bitcast(tf.bitwise.bitwise_xor(drop, top), tf.int32)
    return tf.where(signed >= limit, scale, 0.0)


def _hash32(value: Tensor) -> Tensor:
    """A bijection of 32-bit words that spreads every bit (the lowbias32 hash, C. Wellons 2018)."""
    value = tf.bitwise.bitwise_xor(value, tf.bitwise.right_shift(value, _word(16)))
    value = value * _word(0x7FEB352D)
    value = tf.bitwise.bitwise_xor(value, tf.bitwise.right_shift(value, _word(15)))
    value = value * _word(0x846CA68B)
    return tf.bitwise.bitwise_xor(value, tf.bitwise.right_shift(value, _word(16)))


def _word(value: int) -> Tensor:
    return tf.constant(value, tf.uint32)
