"""One optimizer step of a training program, and its validation."""

from dataclasses import replace
from typing import Any

import tensorflow as tf

from engine.trainer.backward_pass import Backward, State
from engine.trainer.forward_pass import K1, K2, Batch
from engine.trainer.optimizers import GRADIENT_ACCUMULATOR, OPTIMIZERS, ArrayStep, StepInputs
from engine.trainer.tensorflow_private import slice_at

Tensor = Any


class StepBuilder(Backward):
    """Traces steps and validation for one `Shapes`."""

    def step(
        self, state: State, batch: Batch, rates: Tensor, constants: Tensor
    ) -> tuple[list[Tensor], list[list[Tensor]], Tensor, Tensor]:
        """One optimizer step: new parameters and slots, this batch's loss × rows, and hits.

        `rates` is [2]: the learning rate, and the optimizer's corrected one.
        """
        p, slots = state
        numbers = [constants[i] for i in range(int(constants.shape[0]))]
        inputs = StepInputs(rates[0], rates[1], numbers)
        change = OPTIMIZERS[self.s.optimizer].step(inputs, momentum=self.s.momentum)
        if self.s.chunk == self.s.batch:
            new, loss, hits = self._pass(state, batch, change)
        else:
            gradients, loss, hits = self._accumulated(p, batch)
            arrays = zip(p, gradients, *slots, strict=True)
            new = [change.step(value, own, gradient) for value, gradient, *own in arrays]
        loss += batch.count * self.kernel_penalty(p)
        p, *slots = ([array[k] for array in new] for k in range(1 + len(self.s.slots)))
        return p, slots, loss, hits

    def _pass(
        self, state: State, batch: Batch, change: ArrayStep
    ) -> tuple[list[list[Tensor]], Tensor, Tensor]:
        """One pass forward and back: the new arrays, the sum of the rows' losses, and hits."""
        logits, last, activity, kept = self.forward(state[0], batch)
        loss, hits, probabilities, labels = self.loss_of(logits, batch)
        d = (probabilities - labels) * (batch.weights / batch.count)[:, None]
        return self.backward(state, d, last, kept, batch, change), loss + activity, hits

    def _accumulated(self, p: list[Tensor], batch: Batch) -> tuple[list[Tensor], Tensor, Tensor]:
        """The gradients of a batch that is worked through chunk by chunk, its loss, and hits."""
        rows = self.s.chunk
        arrays = (batch.x, batch.y, batch.weights)
        xs, ys, ws = (tf.reshape(a, [-1, rows, *a.shape[1:]]) for a in arrays)
        # the penalties of kernels count once a batch, not once a chunk
        numbers = self.t.layers * tf.constant([0.0 if k in (K1, K2) else 1.0 for k in range(5)])
        sums = [tf.zeros_like(value) for value in p]
        for index, l1, l2 in self.hidden_kernels():
            sums[index] = self.add_penalty_gradient(sums[index], p[index], l1, l2)

        def chunk(i: Tensor, sums: list[Tensor], loss: Tensor, hits: Tensor) -> Any:
            part = StepBuilder(replace(self.t, layers=numbers, first=i * rows))
            of_chunk = replace(batch, x=slice_at(xs, i), y=slice_at(ys, i), weights=slice_at(ws, i))
            new, own, right = part._pass((p, [sums]), of_chunk, GRADIENT_ACCUMULATOR)
            return i + 1, [total for _, total in new], loss + own, hits + right

        start = (tf.constant(0), sums, tf.constant(0.0), tf.constant(0.0))
        chunks = tf.cast(tf.math.ceil(batch.count / rows), tf.int32)
        _, sums, loss, hits = tf.while_loop(lambda i, *_: i < chunks, chunk, start)
        return sums, loss, hits

    def validation(self, p: list[Tensor], data: tuple[Tensor, ...], steps: Tensor) -> Any:
        """Mean loss (with penalties) and accuracy over `steps` blocks of rows."""
        kernel = self.kernel_penalty(p)

        def block(i: Tensor, loss: Tensor, hits: Tensor, rows: Tensor) -> Any:
            x, y, weights = (slice_at(array, i) for array in data[:3])
            batch = Batch(x, y, weights, data[3][i])
            logits, _, activity, _ = self.forward(p, batch)
            own, right, _, _ = self.loss_of(logits, batch)
            return i + 1, loss + own + activity, hits + right, rows + batch.count

        start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0), tf.constant(0.0))
        _, loss, hits, rows = tf.while_loop(lambda i, *_: i < steps, block, start)
        rows = tf.maximum(rows, 1.0)
        return loss / rows + kernel, hits / rows
