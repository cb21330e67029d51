"""Training programs, compiled once for each padded shape.

A program runs whole epochs, or a part of one, in a single call: batches,
forward, loss, penalties, dropout, backward, optimizer step, validation. Every
number (rates, penalties, seeds, how many layers of a stack are in use) is an
input. Compiled by XLA: a step of the usual network takes some 60 µs, a tenth of
what the same operations take one by one.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops as xla

from engine.network.arithmetic import (
    NEEDS_INPUT,
    activate,
    dropout_factors,
    optimized,
    slope,
)
from engine.network.shapes import EPOCHS_PER_CALL, VALIDATION_STEPS, Shapes

Tensor = Any
FIGURES: Final = 4  # loss, accuracy, validation loss, validation accuracy
# columns of the per-layer numbers
K1, K2, A1, A2, SCALE = range(5)


@dataclass(frozen=True)
class _Trace:
    """The tensors of one call that all parts of the program need."""

    shapes: Shapes
    layers: Tensor  # [places, 5] float32: kernel L1, L2, activity L1, L2, dropout's scale
    words: Tensor  # [places, 2] uint32: dropout's threshold and seed
    units: Tensor  # [places] int32
    depths: Tensor  # [runs] int32
    classes: Tensor  # int32


@dataclass
class _Pass:
    """What a forward pass keeps for the backward pass, run by run."""

    entered: list[Tensor] = field(default_factory=list)  # [rows, width]
    inside: list[Tensor] = field(default_factory=list)  # before the activation, where needed
    stacked: list[Tensor] = field(default_factory=list)  # [stacked + 1, rows, width], outputs
    stacked_inside: list[Tensor] = field(default_factory=list)


def _at(stack: Tensor, place: Tensor) -> Tensor:
    """`stack[place]`, for a place known only when the program runs."""
    start = tf.concat([place[None], tf.zeros(stack.shape.rank - 1, tf.int32)], 0)
    return xla.xla_dynamic_slice(stack, start, [1, *stack.shape[1:]])[0]


def _put(stack: Tensor, place: Tensor, value: Tensor) -> Tensor:
    start = tf.concat([place[None], tf.zeros(stack.shape.rank - 1, tf.int32)], 0)
    return xla.xla_dynamic_update_slice(stack, value[None], start)


class _Builder:
    """Traces the parts of a program for one `Shapes`."""

    def __init__(self, trace: _Trace) -> None:
        self.t = trace
        self.s = trace.shapes

    # -- one layer ------------------------------------------------------------------

    def output_of(self, z: Tensor, place: Tensor) -> Tensor:
        h = activate(self.s.activation, z)
        if self.s.activation != "sigmoid":  # all the others leave padded units at zero
            return h
        used = tf.range(h.shape[1], dtype=tf.int32) < self.t.units[place]
        return tf.where(used[None], h, 0.0)

    def dropped(self, h: Tensor, place: Tensor, step: Tensor | None) -> Tensor:
        if step is None or not self.s.dropout:
            return h
        words = _at(self.t.words, place)
        scale = _at(self.t.layers, place)[SCALE]
        return h * dropout_factors(words[1], step, words[0], scale, h.shape)

    def activity_penalty(self, h: Tensor, place: Tensor, used: Tensor) -> Tensor:
        if not self.s.penalties:
            return tf.constant(0.0)
        numbers = _at(self.t.layers, place)
        h = tf.where(used, h, 0.0)
        return numbers[A1] * tf.reduce_sum(tf.abs(h)) + numbers[A2] * tf.reduce_sum(h * h)

    def through_activation(
        self, d: Tensor, h: Tensor, z: Tensor, place: Tensor, step: Tensor, used: Tensor, n: Tensor
    ) -> Tensor:
        """The gradient before the activation, from the one after dropout."""
        d = self.dropped(d, place, step)
        if self.s.penalties:
            numbers = _at(self.t.layers, place)
            pull = (numbers[A1] * tf.sign(h) + 2.0 * numbers[A2] * h) / n
            d = d + tf.where(used, pull, 0.0)
        return d * slope(self.s.activation, h, z)

    # -- the whole network ------------------------------------------------------------

    def forward(
        self, p: list[Tensor], x: Tensor, used: Tensor, step: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor, _Pass]:
        """Logits [rows, classes], the last layer's outputs, the activity penalty's sum, the rest.

        With a `step` this is training: outputs are kept and dropout is on.
        """
        kept, a, penalty = _Pass(), x, tf.constant(0.0)
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
        kept: _Pass,
    ) -> tuple[Tensor, Tensor]:
        kernels, biases = stack
        h, z, a = first
        training = step is not None
        inside = training and self.s.activation in NEEDS_INPUT
        room = [int(kernels.shape[0]) + 1, *h.shape]
        outputs = _put(tf.zeros(room), tf.constant(0), h) if training else tf.constant(0.0)
        insides = _put(tf.zeros(room), tf.constant(0), z) if inside else tf.constant(0.0)

        def layer(i: Tensor, a: Tensor, penalty: Tensor, outputs: Tensor, insides: Tensor) -> Any:
            z = a @ _at(kernels, i) + _at(biases, i)
            here = place + 1 + i
            h = self.output_of(z, here)
            if training:
                outputs = _put(outputs, i + 1, h)
            if inside:
                insides = _put(insides, i + 1, z)
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
        p: list[Tensor],
        d: Tensor,
        last: Tensor,
        kept: _Pass,
        used: Tensor,
        n: Tensor,
        step: Tensor,
    ) -> list[Tensor]:
        """Gradients of all arrays, from the logits' gradient `d` [rows, classes]."""
        found: list[Tensor] = [tf.reduce_sum(d, 0), tf.matmul(last, d, transpose_a=True)]
        above = p[-2]
        d = tf.matmul(d, above, transpose_b=True)
        at = len(p) - 2
        place = self.s.places
        for run in reversed(range(len(self.s.runs))):
            stacked = self.s.runs[run][1]
            place -= 1 + stacked
            if stacked:
                at -= 2
                d, kernels, biases = self._stack_backward(run, place, p[at], d, kept, used, n, step)
                found += [biases, kernels]
            at -= 2
            h = kept.stacked[run][0]
            d = self.through_activation(d, h, kept.inside[run], tf.constant(place), step, used, n)
            found += [tf.reduce_sum(d, 0), tf.matmul(kept.entered[run], d, transpose_a=True)]
            if run:
                d = tf.matmul(d, p[at], transpose_b=True)
        return self._with_kernel_penalties(p, found[::-1])

    def _stack_backward(
        self,
        run: int,
        place: int,
        kernels: Tensor,
        d: Tensor,
        kept: _Pass,
        used: Tensor,
        n: Tensor,
        step: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        outputs, insides = kept.stacked[run], kept.stacked_inside[run]
        inside = self.s.activation in NEEDS_INPUT

        def layer(i: Tensor, d: Tensor, gk: Tensor, gb: Tensor) -> Any:
            h = _at(outputs, i + 1)
            z = _at(insides, i + 1) if inside else h
            d = self.through_activation(d, h, z, place + 1 + i, step, used, n)
            entered = self.dropped(_at(outputs, i), place + i, step)
            gk = _put(gk, i, tf.matmul(entered, d, transpose_a=True))
            gb = _put(gb, i, tf.reduce_sum(d, 0))
            return i - 1, tf.matmul(d, _at(kernels, i), transpose_b=True), gk, gb

        start = (
            self.t.depths[run] - 1,
            d,
            tf.zeros(kernels.shape),
            tf.zeros([kernels.shape[0], kernels.shape[2]]),
        )
        _, d, gk, gb = tf.while_loop(lambda i, *_: i >= 0, layer, start)
        return d, gk, gb

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

    def _with_kernel_penalties(self, p: list[Tensor], g: list[Tensor]) -> list[Tensor]:
        if self.s.penalties:
            for at, l1, l2 in self._kernels(p):
                g[at] = g[at] + l1 * tf.sign(p[at]) + 2.0 * l2 * p[at]
        return g

    def kernel_penalty(self, p: list[Tensor]) -> Tensor:
        total = tf.constant(0.0)
        if self.s.penalties:
            for at, l1, l2 in self._kernels(p):
                total += tf.reduce_sum(l1 * tf.abs(p[at]) + l2 * (p[at] * p[at]))
        return total

    # -- loss -----------------------------------------------------------------------------

    def scored(self, logits: Tensor, y: Tensor, weights: Tensor, used: Tensor) -> Any:
        """Weighted cross-entropy's sum, hits, probabilities and one-hot labels."""
        top = tf.reduce_max(logits, 1, keepdims=True)
        shifted = logits - top
        powers = tf.exp(shifted)
        total = tf.reduce_sum(powers, 1, keepdims=True)
        labels = tf.range(self.s.classes, dtype=tf.int32)[None] == y[:, None]
        own = tf.reduce_sum(tf.where(labels, shifted, 0.0), 1)
        loss = tf.reduce_sum((tf.math.log(total[:, 0]) - own) * weights)
        best = tf.argmax(logits, 1, output_type=tf.int32)
        hits = tf.reduce_sum(tf.where((best == y) & used[:, 0], 1.0, 0.0))
        return loss, hits, powers / total, tf.where(labels, 1.0, 0.0)

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
        x, y, weights, n = batch
        used = (tf.range(x.shape[0], dtype=tf.float32) < n)[:, None]
        logits, last, activity, kept = self.forward(p, x, used, step)
        loss, hits, probabilities, labels = self.scored(logits, y, weights, used)
        loss = loss / n + self.kernel_penalty(p) + activity / n
        d = (probabilities - labels) * (weights / n)[:, None]
        gradients = self.backward(p, d, last, kept, used, n, step)
        pairs = [
            optimized(self.s.optimizer, self.s.momentum, value, [s[i] for s in slots], g, rate,
                      constants)
            for i, (value, g) in enumerate(zip(p, gradients, strict=True))
        ]  # fmt: skip
        new = [[pair[1][k] for pair in pairs] for k in range(self.s.slots)]
        return [pair[0] for pair in pairs], new, loss * n, hits

    def validation(self, p: list[Tensor], data: tuple[Tensor, ...], steps: Tensor) -> Any:
        """Mean loss (with penalties) and accuracy over `steps` blocks of rows."""
        xs, ys, ws, counts = data
        kernel = self.kernel_penalty(p)

        def block(i: Tensor, loss: Tensor, hits: Tensor, rows: Tensor) -> Any:
            n = counts[i]
            x = _at(xs, i)
            used = (tf.range(x.shape[0], dtype=tf.float32) < n)[:, None]
            logits, _, activity, _ = self.forward(p, x, used, None)
            own, right, _, _ = self.scored(logits, _at(ys, i), _at(ws, i), used)
            return i + 1, loss + own + activity, hits + right, rows + n

        start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0), tf.constant(0.0))
        _, loss, hits, rows = tf.while_loop(lambda i, *_: i < steps, block, start)
        rows = tf.maximum(rows, 1.0)
        return loss / rows + kernel, hits / rows


def _train(shapes: Shapes) -> Callable[..., Any]:
    """The function that is compiled; its arguments are those of `signature`."""
    size = len(shapes.parameters)

    def train(
        xs: Tensor, ys: Tensor, ws: Tensor, counts: Tensor, rates: Tensor,
        xv: Tensor, yv: Tensor, wv: Tensor, nv: Tensor,
        layers: Tensor, words: Tensor, units: Tensor, depths: Tensor, constants: Tensor,
        control: Tensor, running: Tensor, *state: Tensor,
    ) -> Any:  # fmt: skip
        epochs, steps, first, validated, classes = (control[i] for i in range(5))
        b = _Builder(_Trace(shapes, layers, words, units, depths, classes))
        p = list(state[:size])
        slots = [list(state[size * (k + 1) : size * (k + 2)]) for k in range(shapes.slots)]

        def one_step(i: Tensor, end: Tensor, p: Any, slots: Any, running: Tensor) -> Any:
            n = counts[i]
            batch = (_at(xs, i), _at(ys, i), _at(ws, i), n)
            p, slots, loss, hits = b.step((p, slots), batch, _at(rates, i), constants, first + i)
            return i + 1, end, p, slots, running + tf.stack([loss, hits, n])

        def one_epoch(e: Tensor, p: Any, slots: Any, running: Tensor, figures: Tensor) -> Any:
            running = tf.where(e == 0, running, 0.0)
            loop = (e * steps, (e + 1) * steps, p, slots, running)
            _, _, p, slots, running = tf.while_loop(lambda i, end, *_: i < end, one_step, loop)
            loss, accuracy = b.validation(p, (xv, yv, wv, nv), validated)
            rows = tf.maximum(running[2], 1.0)
            row = tf.stack([running[0] / rows, running[1] / rows, loss, accuracy])
            return e + 1, p, slots, running, _put(figures, e, row)

        figures = tf.zeros([EPOCHS_PER_CALL, FIGURES])
        loop = (tf.constant(0), p, slots, running, figures)
        _, p, slots, running, figures = tf.while_loop(lambda e, *_: e < epochs, one_epoch, loop)
        return [figures, running, *p, *[array for slot in slots for array in slot]]

    return train


def _predict(shapes: Shapes) -> Callable[..., Any]:
    def predict(
        x: Tensor, y: Tensor, w: Tensor, n: Tensor,
        layers: Tensor, units: Tensor, depths: Tensor, classes: Tensor, *p: Tensor,
    ) -> Any:  # fmt: skip
        words = tf.zeros([max(1, shapes.places), 2], tf.uint32)
        b = _Builder(_Trace(shapes, layers, words, units, depths, classes))
        used = (tf.range(x.shape[0], dtype=tf.float32) < n)[:, None]
        logits, _, activity, _ = b.forward(list(p), x, used, None)
        loss, hits, probabilities, _ = b.scored(logits, y, w, used)
        return [probabilities, tf.stack([loss + activity, hits, b.kernel_penalty(list(p))])]

    return predict


def signature(shapes: Shapes) -> list[Any]:
    """The arguments of a training program, in order."""
    s, b, f, v = shapes.steps, shapes.batch, shapes.features, shapes.validation_batch
    places, runs = max(1, shapes.places), max(1, len(shapes.runs))
    spec, i32, u32 = tf.TensorSpec, tf.int32, tf.uint32
    data = [spec([s, b, f]), spec([s, b], i32), spec([s, b]), spec([s]), spec([s, 2])]
    k = VALIDATION_STEPS
    validation = [spec([k, v, f]), spec([k, v], i32), spec([k, v]), spec([k])]
    network = [spec([places, 5]), spec([places, 2], u32), spec([places], i32), spec([runs], i32)]
    rest = [spec([7]), spec([5], i32), spec([3])]
    state = [spec(shape) for _ in range(1 + shapes.slots) for shape in shapes.parameters]
    return [*data, *validation, *network, *rest, *state]


def prediction_signature(shapes: Shapes) -> list[Any]:
    """The arguments of a prediction program, in order."""
    b, f = shapes.batch, shapes.features
    places, runs = max(1, shapes.places), max(1, len(shapes.runs))
    spec, i32 = tf.TensorSpec, tf.int32
    data = [spec([b, f]), spec([b], i32), spec([b]), spec([])]
    network = [spec([places, 5]), spec([places], i32), spec([runs], i32), spec([], i32)]
    return [*data, *network, *(spec(shape) for shape in shapes.parameters)]


_programs: dict[Any, Any] = {}
_locks: dict[Any, threading.Lock] = {}
_guard = threading.Lock()


def training_program(shapes: Shapes) -> Callable[..., Any]:
    """The compiled training program of `shapes`; thread-safe, traced at most once."""
    return _cached(("train", shapes), _train, signature, shapes)


def prediction_program(shapes: Shapes) -> Callable[..., Any]:
    """The compiled prediction program of `shapes`; thread-safe, traced at most once."""
    return _cached(("predict", shapes), _predict, prediction_signature, shapes)


def _cached(key: Any, make: Any, describe: Any, shapes: Shapes) -> Callable[..., Any]:
    found = _programs.get(key)
    if found is None:
        with _guard:
            lock = _locks.setdefault(key, threading.Lock())
        with lock:  # tracing the same program twice at once would double the wait
            found = _programs.get(key)
            if found is None:
                function = tf.function(make(shapes), autograph=False, jit_compile=True)
                concrete = function.get_concrete_function(*describe(shapes))
                # checking forty arguments by name would take longer than many a call
                found = concrete.inference_fn.call_flat
                _programs[key] = found
    return found  # type: ignore[no-any-return]
