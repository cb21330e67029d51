"""The forward pass of a training program: layers, penalties, loss.

Traced once for each padded shape. A stack of layers is one loop, whose places that are not in use
are passed over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from engine.trainer.activations import ACTIVATIONS
from engine.trainer.dense import dense
from engine.trainer.dropout import dropout_factors
from engine.trainer.shapes import Shapes

Array = Any
# columns of `Trace.layers`
K1, K2, A1, A2, SCALE = range(5)


@dataclass(frozen=True)
class Trace:
    """The arrays of one call that all parts of the program need."""

    shapes: Shapes
    layers: Array  # [places, 5] float32: kernel L1, L2, activity L1, L2, dropout's scale
    words: Array  # [places, 2] uint32: dropout's threshold and seed
    units: Array  # [places] int32
    depths: Array  # [runs] int32: layers in use of each run's stack
    classes: Array  # int32


@dataclass(frozen=True)
class Batch:
    """Rows of one optimizer step, or of one chunk of it."""

    x: Array  # [rows, features] float32
    y: Array  # [rows] int32
    weights: Array  # [rows] float32
    count: Array  # float32: rows in use of the whole step
    step: Array | None = None  # steps done before, int32; None outside training
    first: Array | int = 0  # which row of the step the rows begin with

    @property
    def used(self) -> Array:
        """Which rows are no padding, [rows] bool."""
        row = jnp.arange(self.x.shape[0], dtype=jnp.int32) + self.first
        return row < self.count.astype(jnp.int32)


@dataclass(frozen=True)
class Sums:
    """What the rows of a batch sum up to: cross-entropy × weight, activity penalty, hits."""

    loss: Array
    activity: Array
    hits: Array


def sum_all(values: Array) -> Array:
    """The sum of all elements, [rows, columns] or a stack of them.

    As a product with ones: XLA adds one number after the other, 15 µs for 112 × 112.
    """
    return jnp.sum(jnp.ones((*values.shape[:-2], 1, values.shape[-2])) @ values)


def forward(t: Trace, parameters: Sequence[Array], batch: Batch) -> tuple[Array, Array]:
    """Logits [rows, classes], and the sum of the activity penalties.

    `parameters` are arrays of `Shapes.parameters`. With a `step` in the batch this is training:
    dropout is on.
    """
    arrays = iter(parameters)
    a, penalty = batch.x, jnp.float32(0.0)
    for run, (_, stacked) in enumerate(t.shapes.runs):
        place = t.shapes.first_places[run]
        a, own = _layer(t, a, next(arrays), next(arrays), place, batch)
        penalty += own
        if stacked:
            a, own = _stack(t, a, next(arrays), next(arrays), run, batch)
            penalty += own
    logits = dense(a, next(arrays), next(arrays))
    is_class = jnp.arange(t.shapes.classes, dtype=jnp.int32) < t.classes
    return jnp.where(is_class, logits, -1e30), penalty


def _layer(
    t: Trace, a: Array, kernel: Array, bias: Array, place: Any, batch: Batch
) -> tuple[Array, Array]:
    """A layer's outputs after dropout, and the penalty on those before it; padding stays zero."""
    activation = ACTIVATIONS[t.shapes.activation]
    h = activation.function(dense(a, kernel, bias))
    if not activation.zero_at_zero:
        used = jnp.arange(h.shape[1], dtype=jnp.int32) < t.units[place]
        h = jnp.where(used, h, 0.0)
    penalty = jnp.float32(0.0)
    if t.shapes.penalties:
        own = jnp.where(batch.used[:, None], h, 0.0)
        # not jnp.abs, whose slope at zero is 1 and would train the padded units
        size = own * jnp.sign(own)
        penalty = sum_all(t.layers[place, A1] * size + t.layers[place, A2] * (own * own))
    if batch.step is not None and t.shapes.dropout:
        drop, seed = t.words[place, 0], t.words[place, 1]
        scale = t.layers[place, SCALE]
        h = h * dropout_factors(seed, batch.step, drop, scale, h.shape, batch.first)
    return h, penalty


def _stack(
    t: Trace, a: Array, kernels: Array, biases: Array, run: int, batch: Batch
) -> tuple[Array, Array]:
    """As `_layer`, of all layers of a run's stack that are in use."""
    before = t.shapes.first_places[run] + 1

    def place(carried: tuple[Array, Array], own: tuple[Array, Array, Array]) -> Any:
        i, kernel, bias = own

        def layer(carried: tuple[Array, Array]) -> tuple[Array, Array]:
            h, penalty = _layer(t, carried[0], kernel, bias, before + i, batch)
            return h, carried[1] + penalty

        return jax.lax.cond(i < t.depths[run], layer, lambda carried: carried, carried), None

    places = jnp.arange(kernels.shape[0], dtype=jnp.int32)
    out, _ = jax.lax.scan(place, (a, jnp.float32(0.0)), (places, kernels, biases))
    return out


def hidden_kernels(t: Trace) -> Iterator[tuple[int, Array, Array]]:
    """Index among the parameters of each hidden kernel or stack of them, with its L1 and L2."""
    index = 0
    for (_, stacked), place in zip(t.shapes.runs, t.shapes.first_places, strict=True):
        yield index, t.layers[place, K1], t.layers[place, K2]
        index += 2
        if stacked:
            block = t.layers[place + 1 : place + 1 + stacked, :, None, None]
            yield index, block[:, K1], block[:, K2]
            index += 2


def kernel_penalty(t: Trace, parameters: Sequence[Array]) -> Array:
    """The penalty on the hidden kernels, as Keras adds it to the loss."""
    penalty = jnp.float32(0.0)
    if t.shapes.penalties:
        for index, l1, l2 in hidden_kernels(t):
            kernel = parameters[index]
            penalty += sum_all(l1 * jnp.abs(kernel) + l2 * (kernel * kernel))
    return penalty


def summed(logits: Array, activity: Array, batch: Batch) -> Sums:
    """The sums of a batch whose forward pass gave these."""
    labels = jnp.arange(logits.shape[1], dtype=jnp.int32) == batch.y[:, None]
    shifted = logits - jax.lax.stop_gradient(jnp.max(logits, 1, keepdims=True))
    own = jnp.sum(jnp.where(labels, shifted, 0.0), 1)
    loss = jnp.sum((jnp.log(jnp.sum(jnp.exp(shifted), 1)) - own) * batch.weights)
    best = jnp.argmax(logits, 1).astype(jnp.int32)
    hits = jnp.sum(jnp.where((best == batch.y) & batch.used, 1.0, 0.0))
    return Sums(loss, activity, hits)
