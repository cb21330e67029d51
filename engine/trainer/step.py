"""One optimizer step of a training program, and its validation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from engine.trainer.forward_pass import (
    Batch,
    Trace,
    forward,
    hidden_kernels,
    kernel_penalty,
    summed,
)
from engine.trainer.optimizers import OPTIMIZERS, StepInputs

Array = Any
# parameters, and such a sequence for each of the optimizer's slots
State = tuple[Sequence[Array], Sequence[Sequence[Array]]]


def step(
    t: Trace, state: State, batch: Batch, rates: Array, constants: Array
) -> tuple[State, Array, Array]:
    """One optimizer step: the new state, this batch's loss × rows, and hits.

    `rates` is [2]: the learning rate, and the optimizer's corrected one.
    """
    parameters, slots = state
    if t.shapes.chunk == t.shapes.batch:
        gradients, loss, hits = _gradients(t, parameters, batch)
    else:
        gradients, loss, hits = _accumulated(t, parameters, batch)
    loss += batch.count * kernel_penalty(t, parameters)
    gradients = _with_penalties(t, parameters, gradients)
    numbers = [constants[i] for i in range(constants.shape[0])]
    # the first layer's gradient is computed last: XLA, which has to know that nothing reads the old
    # values any more, otherwise copies every kernel before it changes it
    last = gradients[1][0]
    rate, corrected = jnp.where(jnp.isnan(last), last, rates)
    inputs = StepInputs(rate, corrected, numbers)
    optimizer = OPTIMIZERS[t.shapes.optimizer]
    values, changed = [], []
    for value, gradient, *own in zip(parameters, gradients, *slots, strict=True):
        new, kept = optimizer.step(value, own, gradient, inputs)
        values.append(new)
        changed.append(kept)
    return (values, [list(slot) for slot in zip(*changed, strict=True)]), loss, hits


def validation(t: Trace, parameters: Sequence[Array], data: tuple[Array, ...], steps: Array) -> Any:
    """Mean loss (with penalties) and accuracy over `steps` blocks of rows."""

    def block(i: Array, sums: Array) -> Array:
        own, count = evaluated(t, parameters, Batch(*(array[i] for array in data)))
        return sums + jnp.stack([own[0], own[1], count])

    loss, hits, rows = jax.lax.fori_loop(0, steps, block, jnp.zeros(3))
    rows = jnp.maximum(rows, 1.0)
    return loss / rows + kernel_penalty(t, parameters), hits / rows


def evaluated(t: Trace, parameters: Sequence[Array], batch: Batch) -> tuple[Array, Array]:
    """[loss with the activity penalty, hits] of a batch's rows, and how many they are."""
    sums = summed(*forward(t, parameters, batch), batch)
    return jnp.stack([sums.loss + sums.activity, sums.hits]), batch.count


def _gradients(t: Trace, parameters: Sequence[Array], batch: Batch) -> tuple[Any, Array, Array]:
    """Gradients of the mean loss without the kernels' penalties, the rows' loss, and hits."""

    def mean(parameters: Sequence[Array]) -> tuple[Array, tuple[Array, Array]]:
        sums = summed(*forward(t, parameters, batch), batch)
        loss = sums.loss + sums.activity
        return loss / batch.count, (loss, sums.hits)

    gradients, (loss, hits) = jax.grad(mean, has_aux=True)(list(parameters))
    return gradients, loss, hits


def _accumulated(t: Trace, parameters: Sequence[Array], batch: Batch) -> tuple[Any, Array, Array]:
    """As `_gradients`, of a batch that is worked through chunk by chunk."""
    rows = t.shapes.chunk
    parts = [a.reshape(-1, rows, *a.shape[1:]) for a in (batch.x, batch.y, batch.weights)]

    def chunk(i: Array, sums: Any) -> Any:
        x, y, weights = (part[i] for part in parts)
        own = _gradients(t, parameters, replace(batch, x=x, y=y, weights=weights, first=i * rows))
        return jax.tree.map(jnp.add, sums, own)

    chunks = jnp.ceil(batch.count / rows).astype(jnp.int32)
    nothing = ([jnp.zeros_like(value) for value in parameters], jnp.float32(0), jnp.float32(0))
    return jax.lax.fori_loop(0, chunks, chunk, nothing)  # type: ignore[no-any-return]


def _with_penalties(t: Trace, parameters: Sequence[Array], gradients: list[Array]) -> list[Array]:
    """The gradients with those of the hidden kernels' penalties."""
    found = list(gradients)
    if t.shapes.penalties:
        for index, l1, l2 in hidden_kernels(t):
            kernel = parameters[index]
            found[index] += l1 * jnp.sign(kernel) + 2.0 * l2 * kernel
    return found
