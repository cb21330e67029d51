"""The parts of a training program: forward, loss, backward, optimizer step, validation.

Traced into a program once for each padded shape; derivatives are written out,
so that a stack of layers is one loop whose length is an input.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops as xla

from engine.trainer.activations import (
    NEEDS_INPUT,
    activate,
    dropout_factors,
    slope,
)
from engine.trainer.optimizers import Descent, Gathering
from engine.trainer.shapes import Shapes

Tensor = Any
# columns of the per-layer numbers
K1, K2, A1, A2, SCALE = range(5)


@dataclass(frozen=True)
class Trace:
    """The tensors of one call that all parts of the program need."""

    shapes: Shapes
    layers: Tensor  # [places, 5] float32: kernel L1, L2, activity L1, L2, dropout's scale
    words: Tensor  # [places, 2] uint32: dropout's threshold and seed
    units: Tensor  # [places] int32
    depths: Tensor  # [runs] int32
    classes: Tensor  # int32
    first: Tensor | int = 0  # which row of the batch the rows begin with


@dataclass
class Pass:
    """What a forward pass keeps for the backward pass, run by run."""

    entered: list[Tensor] = field(default_factory=list)  # [rows, width]
    inside: list[Tensor] = field(default_factory=list)  # before the activation, where needed
    stacked: list[Tensor] = field(default_factory=list)  # [stacked + 1, rows, width], outputs
    stacked_inside: list[Tensor] = field(default_factory=list)


def at(stack: Tensor, place: Tensor) -> Tensor:
    """`stack[place]`, for a place known only when the program runs."""
    start = tf.concat([place[None], tf.zeros(stack.shape.rank - 1, tf.int32)], 0)
    return xla.xla_dynamic_slice(stack, start, [1, *stack.shape[1:]])[0]


def put(stack: Tensor, place: Tensor, value: Tensor) -> Tensor:
    """`stack` with `value` at `place`."""
    start = tf.concat([place[None], tf.zeros(stack.shape.rank - 1, tf.int32)], 0)
    return xla.xla_dynamic_update_slice(stack, value[None], start)


def total(values: Tensor) -> Tensor:
    """The sum of all elements, [rows, columns] or a stack of them.

    As a product with ones: XLA adds one number after the other, 15 µs for 112 × 112.
    """
    rows = values.shape[-2]
    return tf.reduce_sum(tf.linalg.matmul(tf.ones([*values.shape[:-2], 1, rows]), values))


class Builder:
    """Traces the parts of a program for one `Shapes`."""

    def __init__(self, trace: Trace) -> None:
        self.t = trace
        self.s = trace.shapes

    # -- one layer ------------------------------------------------------------------

    def output_of(self, z: Tensor, place: Tensor) -> Tensor:
        """A layer's outputs; padded units stay at zero."""
        h = activate(self.s.activation, z)
        if self.s.activation != "sigmoid":  # all the others leave padded units at zero
            return h
        used = tf.range(h.shape[1], dtype=tf.int32) < self.t.units[place]
        return tf.where(used[None], h, 0.0)

    def dropped(self, h: Tensor, place: Tensor, step: Tensor | None) -> Tensor:
        """Outputs (or their gradient) after dropout; `step` is None outside training."""
        if step is None or not self.s.dropout:
            return h
        words = at(self.t.words, place)
        scale = at(self.t.layers, place)[SCALE]
        return h * dropout_factors(words[1], step, words[0], scale, h.shape, self.t.first)

    def activity_penalty(self, h: Tensor, place: Tensor, used: Tensor) -> Tensor:
        """The penalty on a layer's outputs, summed over the rows in use."""
        if not self.s.penalties:
            return tf.constant(0.0)
        numbers = at(self.t.layers, place)
        h = tf.where(used, h, 0.0)
        return total(numbers[A1] * tf.abs(h) + numbers[A2] * (h * h))

    def through_activation(
        self, d: Tensor, h: Tensor, z: Tensor, place: Tensor, step: Tensor, used: Tensor, n: Tensor
    ) -> Tensor:
        """The gradient before the activation, from the one after dropout."""
        d = self.dropped(d, place, step)
        if self.s.penalties:
            numbers = at(self.t.layers, place)
            pull = (numbers[A1] * tf.sign(h) + 2.0 * numbers[A2] * h) / n
            d = d + tf.where(used, pull, 0.0)
        return d * slope(self.s.activation, h, z)

    # -- the whole network ------------------------------------------------------------

    def forward(
        self, p: list[Tensor], x: Tensor, used: Tensor, step: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor, Pass]:
        """Logits [rows, classes], the last layer's outputs, the activity penalty's sum, the rest.

        With a `step` this is training: outputs are kept and dropout is on.
        """
        kept, a, penalty = Pass(), x, tf.constant(0.0)
        arrays, place = iter(p), 0
        for run, (_, stacked) in enumerate(self.s.runs):
            kernel, bias = next(arrays), next(arrays)
            z = a @ kernel + bias
            here = tf.constant(place)
            h = self.output_of(z, here)
            kept.entered.append(a)
            kept.inside.append(z)
            penalty += self.activity_penalty(h, here, used)
            a = self.dropped(h, here, step)
            if stacked:
                stack = (next(arrays), next(arrays))
                a, penalty = self._stack_forward(run, place, stack, (h, z, a), penalty, used, step,
                                                 kept)  # fmt: skip
            else:
                kept.stacked.append(h[None])
                kept.stacked_inside.append(z[None])
            place += 1 + stacked
        logits = a @ next(arrays) + next(arrays)
        is_class = tf.range(self.s.classes, dtype=tf.int32) < self.t.classes
        return tf.where(is_class[None], logits, -1e30), a, penalty, kept

    def _stack_forward(
        self,
        run: int,
        place: int,
        stack: tuple[Tensor, Tensor],
        first: tuple[Tensor, Tensor, Tensor],
        penalty: Tensor,
        used: Tensor,
        step: Tensor | None,
        kept: Pass,
    ) -> tuple[Tensor, Tensor]:
        kernels, biases = stack
        h, z, a = first
        training = step is not None
        inside = training and self.s.activation in NEEDS_INPUT
        room = [int(kernels.shape[0]) + 1, *h.shape]
        outputs = put(tf.zeros(room), tf.constant(0), h) if training else tf.constant(0.0)
        insides = put(tf.zeros(room), tf.constant(0), z) if inside else tf.constant(0.0)

        def layer(i: Tensor, a: Tensor, penalty: Tensor, outputs: Tensor, insides: Tensor) -> Any:
            z = a @ at(kernels, i) + at(biases, i)
            here = place + 1 + i
            h = self.output_of(z, here)
            if training:
                outputs = put(outputs, i + 1, h)
            if inside:
                insides = put(insides, i + 1, z)
            penalty += self.activity_penalty(h, here, used)
            return i + 1, self.dropped(h, here, step), penalty, outputs, insides

        depth = self.t.depths[run]
        start = (tf.constant(0), a, penalty, outputs, insides)
        _, a, penalty, outputs, insides = tf.while_loop(lambda i, *_: i < depth, layer, start)
        kept.stacked.append(outputs)
        kept.stacked_inside.append(insides)
        return a, penalty

    def backward(
        self,
        state: tuple[list[Tensor], list[list[Tensor]]],
        d: Tensor,
        last: Tensor,
        kept: Pass,
        used: Tensor,
        n: Tensor,
        step: Tensor,
        descent: Descent | Gathering,
    ) -> list[list[Tensor]]:
        """Each array and its slots after a step down, from the logits' gradient `d`.

        `d` is [rows, classes]. Gradients are those of the loss with its penalties.
        """
        p, slots = state
        arrays = [[value, *own] for value, *own in zip(p, *slots, strict=True)]

        def stepped(index: int, gradient: Tensor, place: int | None = None) -> list[Tensor]:
            value, *own = arrays[index]
            if place is not None:
                gradient = self._pulled(
                    gradient, value, self.t.layers[place, K1], self.t.layers[place, K2]
                )
            return descent.step(value, own, gradient)

        index = len(p) - 2
        new = [stepped(index + 1, tf.reduce_sum(d, 0))]
        new.append(stepped(index, tf.matmul(last, d, transpose_a=True)))
        d = tf.matmul(d, p[index], transpose_b=True)
        place = self.s.places
        for run in reversed(range(len(self.s.runs))):
            stacked = self.s.runs[run][1]
            place -= 1 + stacked
            if stacked:
                index -= 2
                d, biases, kernels = self._stack_backward(
                    run, place, arrays[index], d, kept, used, n, step, descent
                )
                new += [stepped(index + 1, biases), kernels]
            index -= 2
            h = kept.stacked[run][0]
            d = self.through_activation(d, h, kept.inside[run], tf.constant(place), step, used, n)
            new.append(stepped(index + 1, tf.reduce_sum(d, 0)))
            new.append(stepped(index, tf.matmul(kept.entered[run], d, transpose_a=True), place))
            if run:
                d = tf.matmul(d, p[index], transpose_b=True)
        return new[::-1]

    def _stack_backward(
        self,
        run: int,
        place: int,
        kernels: list[Tensor],
        d: Tensor,
        kept: Pass,
        used: Tensor,
        n: Tensor,
        step: Tensor,
        descent: Descent | Gathering,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """The gradient below a stack, its biases' gradients, its kernels after their step.

        A layer's kernel and slots are changed while they are in the cache. XLA
        does so in place only where it sees that nobody reads the old ones
        later: `j` and `k` are `i`, which it cannot know, and wait for the reads.
        """
        outputs, insides = kept.stacked[run], kept.stacked_inside[run]
        inside = self.s.activation in NEEDS_INPUT
        nothing = tf.minimum(step, 0)  # steps count from 0

        def layer(i: Tensor, d: Tensor, gb: Tensor, value: Tensor, *slots: Tensor) -> Any:
            h = at(outputs, i + 1)
            z = at(insides, i + 1) if inside else h
            d = self.through_activation(d, h, z, place + 1 + i, step, used, n)
            entered = self.dropped(at(outputs, i), place + i, step)
            gradient = tf.matmul(entered, d, transpose_a=True)
            below = tf.matmul(d, at(value, i), transpose_b=True)
            late = tf.bitwise.bitwise_and(tf.bitcast(below[0, 0], tf.int32), nothing)
            j, k = i + late, i - late
            numbers = at(self.t.layers, place + 1 + i)
            gradient = self._pulled(gradient, at(value, j), numbers[K1], numbers[K2])
            new: list[Tensor] = []
            for number, slot in enumerate(slots):
                before = [at(array, k) for array in new]
                new.append(put(slot, j, descent.slot(number, at(slot, j), gradient, before)))
            value = put(value, j, descent.value(at(value, j), gradient, [at(s, k) for s in new]))
            return i - 1, below, put(gb, i, tf.reduce_sum(d, 0)), value, *new

        room = tf.zeros([kernels[0].shape[0], kernels[0].shape[2]])
        start = (self.t.depths[run] - 1, d, room, *kernels)
        _, d, gb, *kernels = tf.while_loop(lambda i, *_: i >= 0, layer, start)
        return d, gb, kernels

    # -- penalties on kernels -----------------------------------------------------------

    def _kernels(self, p: list[Tensor]) -> list[tuple[int, Tensor, Tensor]]:
        """Index of each hidden kernel with its L1 and L2, shaped to multiply with it."""
        found, at, place = [], 0, 0
        for _, stacked in self.s.runs:
            numbers = self.t.layers[place]
            found.append((at, numbers[K1], numbers[K2]))
            at += 2
            if stacked:
                block = self.t.layers[place + 1 : place + 1 + stacked]
                found.append((at, block[:, K1, None, None], block[:, K2, None, None]))
                at += 2
            place += 1 + stacked
        return found

    def _pulled(self, gradient: Tensor, kernel: Tensor, l1: Tensor, l2: Tensor) -> Tensor:
        """A hidden kernel's gradient with that of its penalty."""
        if not self.s.penalties:
            return gradient
        return gradient + l1 * tf.sign(kernel) + 2.0 * l2 * kernel

    def kernel_penalty(self, p: list[Tensor]) -> Tensor:
        """The penalty on the hidden kernels, as Keras adds it to the loss."""
        penalty = tf.constant(0.0)
        if self.s.penalties:
            for at, l1, l2 in self._kernels(p):
                penalty += total(l1 * tf.abs(p[at]) + l2 * (p[at] * p[at]))
        return penalty

    # -- loss -----------------------------------------------------------------------------

    def scored(self, logits: Tensor, y: Tensor, weights: Tensor, used: Tensor) -> Any:
        """Weighted cross-entropy's sum, hits, probabilities and one-hot labels."""
        top = tf.reduce_max(logits, 1, keepdims=True)
        shifted = logits - top
        powers = tf.exp(shifted)
        sums = tf.reduce_sum(powers, 1, keepdims=True)
        labels = tf.range(self.s.classes, dtype=tf.int32)[None] == y[:, None]
        own = tf.reduce_sum(tf.where(labels, shifted, 0.0), 1)
        loss = tf.reduce_sum((tf.math.log(sums[:, 0]) - own) * weights)
        best = tf.argmax(logits, 1, output_type=tf.int32)
        hits = tf.reduce_sum(tf.where((best == y) & used[:, 0], 1.0, 0.0))
        return loss, hits, powers / sums, tf.where(labels, 1.0, 0.0)

    def step(
        self,
        state: tuple[list[Tensor], list[list[Tensor]]],
        batch: tuple[Tensor, Tensor, Tensor, Tensor],
        rate: Tensor,
        constants: Tensor,
        step: Tensor,
    ) -> Any:
        """One optimizer step: new parameters and slots, this batch's loss × rows, and hits."""
        p, slots = state
        n = batch[-1]
        descent = Descent(self.s.optimizer, self.s.momentum, rate, constants)
        if self.s.chunk == self.s.batch:
            new, loss, hits = self._passed(state, batch, step, descent)
        else:
            gradients, loss, hits = self._gathered(p, batch, step)
            arrays = zip(p, gradients, *slots, strict=True)
            new = [descent.step(value, own, gradient) for value, gradient, *own in arrays]
        loss += n * self.kernel_penalty(p)
        p, *slots = ([array[k] for array in new] for k in range(1 + self.s.slots))
        return p, slots, loss, hits

    def _passed(
        self,
        state: tuple[list[Tensor], list[list[Tensor]]],
        batch: tuple[Tensor, Tensor, Tensor, Tensor],
        step: Tensor,
        descent: Descent | Gathering,
    ) -> tuple[list[list[Tensor]], Tensor, Tensor]:
        """One pass forward and back: the new arrays, the sum of the rows' losses, and hits."""
        x, y, weights, n = batch
        used = (tf.range(x.shape[0], dtype=tf.int32) + self.t.first < tf.cast(n, tf.int32))[:, None]
        logits, last, activity, kept = self.forward(state[0], x, used, step)
        loss, hits, probabilities, labels = self.scored(logits, y, weights, used)
        d = (probabilities - labels) * (weights / n)[:, None]
        new = self.backward(state, d, last, kept, used, n, step, descent)
        return new, loss + activity, hits

    def _gathered(
        self, p: list[Tensor], batch: tuple[Tensor, Tensor, Tensor, Tensor], step: Tensor
    ) -> tuple[list[Tensor], Tensor, Tensor]:
        """The gradients of a batch that is worked through chunk by chunk, its loss, and hits."""
        x, y, weights, n = batch
        rows = self.s.chunk
        xs, ys, ws = (tf.reshape(a, [-1, rows, *a.shape[1:]]) for a in (x, y, weights))
        # the penalties of kernels pull once a batch, not once a chunk
        numbers = self.t.layers * tf.constant([0.0 if k in (K1, K2) else 1.0 for k in range(5)])
        sums = [tf.zeros_like(value) for value in p]
        for index, l1, l2 in self._kernels(p):
            sums[index] = self._pulled(sums[index], p[index], l1, l2)

        def chunk(i: Tensor, sums: list[Tensor], loss: Tensor, hits: Tensor) -> Any:
            part = Builder(replace(self.t, layers=numbers, first=i * rows))
            of_chunk = (at(xs, i), at(ys, i), at(ws, i), n)
            new, own, right = part._passed((p, [sums]), of_chunk, step, Gathering())
            return i + 1, [gathered for _, gathered in new], loss + own, hits + right

        start = (tf.constant(0), sums, tf.constant(0.0), tf.constant(0.0))
        chunks = tf.cast(tf.math.ceil(n / rows), tf.int32)
        _, sums, loss, hits = tf.while_loop(lambda i, *_: i < chunks, chunk, start)
        return sums, loss, hits

    def validation(self, p: list[Tensor], data: tuple[Tensor, ...], steps: Tensor) -> Any:
        """Mean loss (with penalties) and accuracy over `steps` blocks of rows."""
        xs, ys, ws, counts = data
        kernel = self.kernel_penalty(p)

        def block(i: Tensor, loss: Tensor, hits: Tensor, rows: Tensor) -> Any:
            n = counts[i]
            x = at(xs, i)
            used = (tf.range(x.shape[0], dtype=tf.float32) < n)[:, None]
            logits, _, activity, _ = self.forward(p, x, used, None)
            own, right, _, _ = self.scored(logits, at(ys, i), at(ws, i), used)
            return i + 1, loss + own + activity, hits + right, rows + n

        start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0), tf.constant(0.0))
        _, loss, hits, rows = tf.while_loop(lambda i, *_: i < steps, block, start)
        rows = tf.maximum(rows, 1.0)
        return loss / rows + kernel, hits / rows
