"""The private API of TensorFlow that the trainer touches; nothing else does.

Written against TensorFlow 2.21. `tests/parity/test_private_api.py` names every attribute,
so that an upgrade that moves one fails there.

- `gen_xla_ops`: slices at a place that is known only when the program runs. TensorFlow's own
  indexing is compiled to a gather and its update to a scatter, which XLA works through row by row
  and cannot do in place.
- `ConcreteFunction.inference_fn`, its `children`, their `cached_definition`: a traced program and
  those that it calls, as they can be kept.
- `context.add_function_def`, `context.call_function`: makes a kept program known, and calls it
  with its arguments in order. Binding forty arguments by name takes longer than many a call.
- `context.clear_kernel_cache`: TensorFlow keeps the kernel that made a variable under that
  variable's name, which is used once, and with it half a megabyte of each saved network.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops
from tensorflow.core.framework.function_pb2 import FunctionDefLibrary
from tensorflow.python.eager import context

Tensor = Any


def slice_at(stack: Tensor, place: Tensor) -> Tensor:
    """`stack[place]`, for a place known only when the program runs."""
    return gen_xla_ops.xla_dynamic_slice(stack, _start(stack, place), [1, *stack.shape[1:]])[0]


def update_at(stack: Tensor, place: Tensor, value: Tensor) -> Tensor:
    """`stack` with `value` at `place`; in place where nothing reads the old stack later."""
    return gen_xla_ops.xla_dynamic_update_slice(stack, value[None], _start(stack, place))


def trace(function: Callable[..., Any], signature: Sequence[Any]) -> bytes:
    """`function`, traced for `signature`, to be compiled by XLA: a `FunctionDefLibrary`."""
    traced = tf.function(function, autograph=False, jit_compile=True)
    concrete = traced.get_concrete_function(*signature)
    library = FunctionDefLibrary(function=_with_children(concrete.inference_fn))
    return library.SerializeToString(deterministic=True)  # type: ignore[no-any-return]


def _with_children(function: Any) -> Iterator[Any]:
    """The definitions of a traced function and of all that it calls, each once, callers first."""
    seen: set[str] = set()
    left = [function]
    while left:
        part = left.pop()
        definition = part.cached_definition
        if definition.signature.name not in seen:
            seen.add(definition.signature.name)
            yield definition
            left += part.children


def program(library: bytes, name: str) -> Callable[..., Any]:
    """What `trace` gave, to be called with its arguments in order; its first call compiles it.

    TensorFlow has named the parts by a count of what that process had traced, and its cache looks
    machine code up by name: here they are called after `name`, which has to be no other's.
    """
    parts = FunctionDefLibrary.FromString(library).function
    names = {part.signature.name: f"{name}_{number}" for number, part in enumerate(parts)}
    for part in reversed(parts):
        part.signature.name = names[part.signature.name]
        for node in part.node_def:
            for attribute in node.attr.values():
                called = [attribute.func] if attribute.HasField("func") else attribute.list.func
                for function in called:
                    function.name = names[function.name]
        context.context().add_function_def(part)
    first, results = parts[0].signature.name.encode(), len(parts[0].signature.output_arg)
    return lambda *arguments: context.context().call_function(first, list(arguments), results)


def forget_kernels() -> None:
    """Free what TensorFlow keeps of variables that are gone; programs stay compiled.

    May be called from any thread while others train: what is needed again is made again.
    """
    context.context().clear_kernel_cache()


def _start(stack: Tensor, place: Tensor) -> Tensor:
    return tf.concat([place[None], tf.zeros(stack.shape.rank - 1, tf.int32)], 0)
