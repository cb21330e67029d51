"""The backward pass of a training program, with derivatives written out.

Each array is changed as soon as its gradient is known, while it is in the cache.
"""

from typing import Any

import tensorflow as tf

from engine.trainer.forward_pass import A1, A2, K1, K2, Activations, Batch, Forward
from engine.trainer.optimizers import ArrayStep
from engine.trainer.tensorflow_private import slice_at, update_at

Tensor = Any
# parameters, and such a list for each of the optimizer's slots
State = tuple[list[Tensor], list[list[Tensor]]]


class Backward(Forward):
    """Traces the backward pass for one `Shapes`."""

    def backward(
        self, state: State, d: Tensor, last: Tensor, kept: Activations, batch: Batch,
        change: ArrayStep,
    ) -> list[list[Tensor]]:  # fmt: skip
        """Each parameter and its slots after `change`, from the logits' gradient `d`.

        `d` is [rows, classes], `last` the outputs of the last hidden layer. Gradients are those of
        the loss with its penalties.
        """
        p, slots = state
        arrays = [[value, *own] for value, *own in zip(p, *slots, strict=True)]

        def changed(index: int, gradient: Tensor, place: int | None = None) -> list[Tensor]:
            value, *own = arrays[index]
            if place is not None:
                numbers = self.t.layers[place]
                gradient = self.add_penalty_gradient(gradient, value, numbers[K1], numbers[K2])
            return change.step(value, own, gradient)

        index = len(p) - 2
        new = [changed(index + 1, tf.reduce_sum(d, 0))]
        new.append(changed(index, tf.matmul(last, d, transpose_a=True)))
        d = tf.matmul(d, p[index], transpose_b=True)
        for run in reversed(range(len(self.s.runs))):
            place = self.s.first_places[run]
            if self.s.runs[run][1]:
                index -= 2
                d, biases, kernels = self._stack_backward(
                    run, arrays[index], d, kept, batch, change
                )
                new += [changed(index + 1, biases), kernels]
            index -= 2
            h = kept.stacked_outputs[run][0]
            d = self._through_activation(d, h, kept.inputs[run], tf.constant(place), batch)
            new.append(changed(index + 1, tf.reduce_sum(d, 0)))
            new.append(changed(index, tf.matmul(kept.entered[run], d, transpose_a=True), place))
            if run:
                d = tf.matmul(d, p[index], transpose_b=True)
        return new[::-1]

    def _stack_backward(
        self, run: int, kernels: list[Tensor], d: Tensor, kept: Activations, batch: Batch,
        change: ArrayStep,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:  # fmt: skip
        """The gradient below a stack, its biases' gradients, its kernels after their step.

        A layer's kernel and slots are changed while they are in the cache. XLA does so in place
        only where it sees that nobody reads the old ones later: `j` and `k` are `i`, which it
        cannot know, and wait for the reads.
        """
        place = self.s.first_places[run]
        outputs, inputs = kept.stacked_outputs[run], kept.stacked_inputs[run]
        needs_input = self.activation.slope_needs_input
        zero = tf.minimum(batch.step, 0)  # steps count from 0

        def layer(i: Tensor, d: Tensor, gb: Tensor, value: Tensor, *slots: Tensor) -> Any:
            h = slice_at(outputs, i + 1)
            z = slice_at(inputs, i + 1) if needs_input else h
            d = self._through_activation(d, h, z, place + 1 + i, batch)
            entered = self.dropped(slice_at(outputs, i), place + i, batch.step)
            gradient = tf.matmul(entered, d, transpose_a=True)
            below = tf.matmul(d, slice_at(value, i), transpose_b=True)
            late = tf.bitwise.bitwise_and(tf.bitcast(below[0, 0], tf.int32), zero)
            j, k = i + late, i - late
            numbers = slice_at(self.t.layers, place + 1 + i)
            own = slice_at(value, j)
            gradient = self.add_penalty_gradient(gradient, own, numbers[K1], numbers[K2])
            new: list[Tensor] = []
            for number, slot in enumerate(slots):
                before = [slice_at(array, k) for array in new]
                now = change.slot(number, slice_at(slot, j), gradient, before)
                new.append(update_at(slot, j, now))
            now = change.value(slice_at(value, j), gradient, [slice_at(s, k) for s in new])
            value = update_at(value, j, now)
            return i - 1, below, update_at(gb, i, tf.reduce_sum(d, 0)), value, *new

        room = tf.zeros([kernels[0].shape[0], kernels[0].shape[2]])
        start = (self.t.depths[run] - 1, d, room, *kernels)
        _, d, gb, *kernels = tf.while_loop(lambda i, *_: i >= 0, layer, start)
        return d, gb, kernels

    def _through_activation(
        self, d: Tensor, h: Tensor, z: Tensor, place: Tensor, batch: Batch
    ) -> Tensor:
        """The gradient before the activation, from the one after dropout."""
        d = self.dropped(d, place, batch.step)
        if self.s.penalties:
            numbers = slice_at(self.t.layers, place)
            own = (numbers[A1] * tf.sign(h) + 2.0 * numbers[A2] * h) / batch.count
            d = d + tf.where(self.used(batch), own, 0.0)
        return d * self.activation.slope(h, z)

    def add_penalty_gradient(
        self, gradient: Tensor, kernel: Tensor, l1: Tensor, l2: Tensor
    ) -> Tensor:
        """A hidden kernel's gradient with that of its penalty."""
        if not self.s.penalties:
            return gradient
        return gradient + l1 * tf.sign(kernel) + 2.0 * l2 * kernel
