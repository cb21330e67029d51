"""Dropout's random draws: a hash of seed, step, row and unit, so that nothing else decides them."""

from typing import Any

import jax.numpy as jnp

Array = Any
# above the widest layer (4,096 units), so that no two cells of a batch share a number
_UNITS = 4096


def dropout_factors(
    seed: Array, step: Array, drop: Array, scale: Array, shape: tuple[int, int], first: Array | int
) -> Array:
    """What dropout multiplies a layer's outputs with, [rows, units]: 0, or `scale`.

    `shape` is (rows, units); `drop` is the rate × 2**32, uint32; `scale` is 1 / (1 - rate);
    `first` is the first row's place in its batch. Padding does not change a cell's draw.
    """
    rows, units = shape
    row = jnp.arange(rows, dtype=jnp.uint32) + jnp.asarray(first, jnp.uint32)
    cell = row[:, None] * _word(_UNITS) + jnp.arange(units, dtype=jnp.uint32)
    key = _hash32(seed ^ _hash32(step.astype(jnp.uint32)))
    draw = _hash32(_hash32(cell + key) + seed)
    return jnp.where(draw >= drop, scale, 0.0)


def _hash32(value: Array) -> Array:
    """A bijection of 32-bit words that spreads every bit (the lowbias32 hash, C. Wellons 2018)."""
    value = (value ^ (value >> _word(16))) * _word(0x7FEB352D)
    value = (value ^ (value >> _word(15))) * _word(0x846CA68B)
    return value ^ (value >> _word(16))


def _word(value: int) -> Array:
    return jnp.uint32(value)
