"""The forward pass of a training program: layers, penalties, loss.

Traced into a program once for each padded shape. A stack of layers is one loop, whose length is
an input.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf

from engine.trainer.activations import ACTIVATIONS
from engine.trainer.dropout import dropout_factors
from engine.trainer.shapes import Shapes
from engine.trainer.tensorflow_private import slice_at, update_at

Tensor = Any
# columns of `Trace.layers`
K1, K2, A1, A2, SCALE = range(5)


@dataclass(frozen=True)
class Trace:
    """The tensors of one call that all parts of the program need."""

    shapes: Shapes
    layers: Tensor  # [places, 5] float32: kernel L1, L2, activity L1, L2, dropout's scale
    words: Tensor  # [places, 2] uint32: dropout's threshold and seed
    units: Tensor  # [places] int32
    depths: Tensor  # [runs] int32: layers in use of each run's stack
    classes: Tensor  # int32
    first: Tensor | int = 0  # which row of the batch the rows begin with


@dataclass(frozen=True)
class Batch:
    """Rows of one optimizer step, or of one chunk of it."""

    x: Tensor  # [rows, features] float32
    y: Tensor  # [rows] int32
    weights: Tensor  # [rows] float32
    count: Tensor  # float32: rows in use of the whole step
    step: Tensor | None = None  # steps done before, int32; None outside training


@dataclass
class Activations:
    """What a forward pass keeps for the backward pass, run by run.

    The stacked ones are [1 + stacked, rows, width]; their first entry is the layer before the
    stack.
    """

    entered: list[Tensor] = field(default_factory=list)  # [rows, inputs]
    inputs: list[Tensor] = field(default_factory=list)  # before the activation, [rows, width]
    stacked_outputs: list[Tensor] = field(default_factory=list)
    stacked_inputs: list[Tensor] = field(default_factory=list)


def sum_all(values: Tensor) -> Tensor:
    """The sum of all elements, [rows, columns] or a stack of them.

    As a product with ones: XLA adds one number after the other, 15 µs for 112 × 112.
    """
    rows = values.shape[-2]
    return tf.reduce_sum(tf.linalg.matmul(tf.ones([*values.shape[:-2], 1, rows]), values))


class Forward:
    """Traces the forward pass for one `Shapes`."""

    def __init__(self, trace: Trace) -> None:
        self.t = trace
        self.s = trace.shapes
        self.activation = ACTIVATIONS[self.s.activation]

    def used(self, batch: Batch) -> Tensor:
        """Which rows are no padding, [rows, 1] bool."""
        row = tf.range(batch.x.shape[0], dtype=tf.int32) + self.t.first
        return (row < tf.cast(batch.count, tf.int32))[:, None]

    # -- one layer ----------------------------------------------------------------------------

    def output_of(self, z: Tensor, place: Tensor) -> Tensor:
        """A layer's outputs; padded units stay at zero."""
        h = self.activation.function(z)
        if self.activation.zero_at_zero:
            return h
        used = tf.range(h.shape[1], dtype=tf.int32) < self.t.units[place]
        return tf.where(used[None], h, 0.0)

    def dropped(self, h: Tensor, place: Tensor, step: Tensor | None) -> Tensor:
        """Outputs (or their gradient) after dropout; `step` is None outside training."""
        if step is None or not self.s.dropout:
            return h
        words = slice_at(self.t.words, place)
        scale = slice_at(self.t.layers, place)[SCALE]
        return h * dropout_factors(words[1], step, words[0], scale, h.shape, self.t.first)

    def activity_penalty(self, h: Tensor, place: Tensor, batch: Batch) -> Tensor:
        """The penalty on a layer's outputs, summed over the rows in use."""
        if not self.s.penalties:
            return tf.constant(0.0)
        numbers = slice_at(self.t.layers, place)
        h = tf.where(self.used(batch), h, 0.0)
        return sum_all(numbers[A1] * tf.abs(h) + numbers[A2] * (h * h))

    # -- the whole network ----------------------------------------------------------------------

    def forward(self, p: list[Tensor], batch: Batch) -> tuple[Tensor, Tensor, Tensor, Activations]:
        """Logits [rows, classes], the last layer's outputs, the activity penalty's sum, the rest.

        With a `step` in the batch this is training: outputs are kept and dropout is on.
        """
        kept, a, penalty = Activations(), batch.x, tf.constant(0.0)
        arrays = iter(p)
        for run, (_, stacked) in enumerate(self.s.runs):
            kernel, bias = next(arrays), next(arrays)
            z = a @ kernel + bias
            here = tf.constant(self.s.first_places[run])
            h = self.output_of(z, here)
            kept.entered.append(a)
            kept.inputs.append(z)
            penalty += self.activity_penalty(h, here, batch)
            a = self.dropped(h, here, batch.step)
            if stacked:
                stack = (next(arrays), next(arrays))
                a, penalty = self._stack_forward(run, stack, (h, z, a), penalty, batch, kept)
            else:
                kept.stacked_outputs.append(h[None])
                kept.stacked_inputs.append(z[None])
        logits = a @ next(arrays) + next(arrays)
        is_class = tf.range(self.s.classes, dtype=tf.int32) < self.t.classes
        return tf.where(is_class[None], logits, -1e30), a, penalty, kept

    def _stack_forward(
        self,
        run: int,
        stack: tuple[Tensor, Tensor],
        before: tuple[Tensor, Tensor, Tensor],
        penalty: Tensor,
        batch: Batch,
        kept: Activations,
    ) -> tuple[Tensor, Tensor]:
        """The stack's outputs after dropout, and the penalty with that of its layers."""
        kernels, biases = stack
        h, z, a = before
        place, training = self.s.first_places[run], batch.step is not None
        keep_inputs = training and self.activation.slope_needs_input
        room = [int(kernels.shape[0]) + 1, *h.shape]
        zero, nothing = tf.constant(0), tf.constant(0.0)
        outputs = update_at(tf.zeros(room), zero, h) if training else nothing
        inputs = update_at(tf.zeros(room), zero, z) if keep_inputs else nothing

        def layer(i: Tensor, a: Tensor, penalty: Tensor, outputs: Tensor, inputs: Tensor) -> Any:
            z = a @ slice_at(kernels, i) + slice_at(biases, i)
            here = place + 1 + i
            h = self.output_of(z, here)
            if training:
                outputs = update_at(outputs, i + 1, h)
            if keep_inputs:
                inputs = update_at(inputs, i + 1, z)
            penalty += self.activity_penalty(h, here, batch)
            return i + 1, self.dropped(h, here, batch.step), penalty, outputs, inputs

        depth = self.t.depths[run]
        start = (tf.constant(0), a, penalty, outputs, inputs)
        _, a, penalty, outputs, inputs = tf.while_loop(lambda i, *_: i < depth, layer, start)
        kept.stacked_outputs.append(outputs)
        kept.stacked_inputs.append(inputs)
        return a, penalty

    # -- loss -----------------------------------------------------------------------------------

    def hidden_kernels(self) -> Iterator[tuple[int, Tensor, Tensor]]:
        """Index among the parameters of each hidden kernel or stack of them, with its L1 and L2."""
        index = 0
        for (_, stacked), place in zip(self.s.runs, self.s.first_places, strict=True):
            numbers = self.t.layers[place]
            yield index, numbers[K1], numbers[K2]
            index += 2
            if stacked:
                block = self.t.layers[place + 1 : place + 1 + stacked]
                yield index, block[:, K1, None, None], block[:, K2, None, None]
                index += 2

    def kernel_penalty(self, p: list[Tensor]) -> Tensor:
        """The penalty on the hidden kernels, as Keras adds it to the loss."""
        penalty = tf.constant(0.0)
        if self.s.penalties:
            for index, l1, l2 in self.hidden_kernels():
                penalty += sum_all(l1 * tf.abs(p[index]) + l2 * (p[index] * p[index]))
        return penalty

    def loss_of(self, logits: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Weighted cross-entropy's sum, hits, probabilities and one-hot labels [rows, classes]."""
        top = tf.reduce_max(logits, 1, keepdims=True)
        shifted = logits - top
        powers = tf.exp(shifted)
        sums = tf.reduce_sum(powers, 1, keepdims=True)
        labels = tf.range(self.s.classes, dtype=tf.int32)[None] == batch.y[:, None]
        own = tf.reduce_sum(tf.where(labels, shifted, 0.0), 1)
        loss = tf.reduce_sum((tf.math.log(sums[:, 0]) - own) * batch.weights)
        best = tf.argmax(logits, 1, output_type=tf.int32)
        hits = tf.reduce_sum(tf.where((best == batch.y) & self.used(batch)[:, 0], 1.0, 0.0))
        return loss, hits, powers / sums, tf.where(labels, 1.0, 0.0)
