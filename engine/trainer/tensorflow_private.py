"""The private API of TensorFlow that the trainer touches; nothing else does.

Written against TensorFlow 2.21. `tests/engine/trainer/test_private_api.py` names every attribute,
so that an upgrade that moves one fails there.

- `gen_xla_ops`: slices at a place that is known only when the program runs. TensorFlow's own
  indexing is compiled to a gather and its update to a scatter, which XLA works through row by row
  and cannot do in place.
- `ConcreteFunction.inference_fn.call_flat`: calls a compiled program with its arguments in order.
  Binding forty arguments by name takes longer than many a call.
- `context.clear_kernel_cache`: TensorFlow keeps the kernel that made a variable under that
  variable's name, which is used once, and with it half a megabyte of each saved network.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops
from tensorflow.python.eager import context

Tensor = Any


def slice_at(stack: Tensor, place: Tensor) -> Tensor:
    """`stack[place]`, for a place known only when the program runs."""
    return gen_xla_ops.xla_dynamic_slice(stack, _start(stack, place), [1, *stack.shape[1:]])[0]


def update_at(stack: Tensor, place: Tensor, value: Tensor) -> Tensor:
    """`stack` with `value` at `place`; in place where nothing reads the old stack later."""
    return gen_xla_ops.xla_dynamic_update_slice(stack, value[None], _start(stack, place))


def compiled(function: Callable[..., Any], signature: Sequence[Any]) -> Callable[..., Any]:
    """`function`, traced for `signature` and compiled by XLA; takes its arguments in order."""
    traced = tf.function(function, autograph=False, jit_compile=True)
    concrete = traced.get_concrete_function(*signature)
    return concrete.inference_fn.call_flat  # type: ignore[no-any-return]


def forget_kernels() -> None:
    """Free what TensorFlow keeps of variables that are gone; programs stay compiled.

    May be called from any thread while others train: what is needed again is made again.
    """
    context.context().clear_kernel_cache()


def _start(stack: Tensor, place: Tensor) -> Tensor:
    return tf.concat([place[None], tf.zeros(stack.shape.rank - 1, tf.int32)], 0)
