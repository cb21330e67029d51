"""The sums of a dense layer, with their derivatives in the order that XLA computes fastest.

`jax.grad` would ask for the same products. Small ones take longer to prepare than to compute, and
XLA hands a product whose left side is transposed to a library that prepares for large ones. With
the transposed matrix written out first it takes another (YNNPACK), at half the time
(docs/decisions/0024-derivatives-of-a-layer.md).
"""

from typing import Any, Final

import jax

Array = Any
# rows of a batch up to which a layer's inputs are transposed first; more of them keep both cores
# busy in the other library
_FEW_ROWS: Final = 64
# multiplications up to which a gradient is written out, number by number; XLA divides a loop over
# more of them between threads, which takes longer than the loop
_WRITTEN_OUT: Final = 8_000


@jax.custom_vjp
def dense(inputs: Array, kernel: Array, bias: Array) -> Array:
    """The sums [rows, units] of `inputs` [rows, inputs], `kernel` [inputs, units] and `bias`."""
    return inputs @ kernel + bias


def _forward(inputs: Array, kernel: Array, bias: Array) -> tuple[Array, tuple[Array, Array]]:
    return dense(inputs, kernel, bias), (inputs, kernel)


def _backward(kept: tuple[Array, Array], sums: Array) -> tuple[Array, Array, Array]:
    """The gradients of inputs, kernel and bias from that of the sums."""
    inputs, kernel = kept
    return sums @ kernel.T, _of_kernel(inputs, sums), sums.sum(0)


def _of_kernel(inputs: Array, sums: Array) -> Array:
    rows, width = inputs.shape
    if rows * width * sums.shape[1] <= _WRITTEN_OUT:
        products = [inputs[r][:, None] * sums[r] for r in range(rows)]
        return _apart(sum(products[1:], products[0]))
    if rows <= _FEW_ROWS:
        return _apart(inputs.T) @ sums
    return inputs.T @ sums


def _apart(array: Array) -> Array:
    """The array, computed by itself: not merged into what uses it."""
    return jax.lax.optimization_barrier(array)  # type: ignore[no-untyped-call]


dense.defvjp(_forward, _backward)
