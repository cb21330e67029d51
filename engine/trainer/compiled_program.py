"""Training programs, compiled once for each padded shape.

A program runs whole epochs, or a part of one, in a single call: batches,
forward, loss, penalties, dropout, backward, optimizer step, validation. Every
number (rates, penalties, seeds, how many layers of a stack are in use) is an
input. Compiled by XLA: a step of the usual network takes some 60 µs, a tenth of
what the same operations take one by one.
"""

import threading
from collections.abc import Callable
from typing import Any, Final

import tensorflow as tf

from engine.trainer.forward_pass import Batch, Trace
from engine.trainer.shapes import EPOCHS_PER_CALL, VALIDATION_STEPS, Shapes
from engine.trainer.tensorflow_private import compiled, slice_at, update_at
from engine.trainer.train_step import StepBuilder

Tensor = Any
FIGURES: Final = 4  # loss, accuracy, validation loss, validation accuracy


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
        b = StepBuilder(Trace(shapes, layers, words, units, depths, classes))
        p = list(state[:size])
        slots = [list(state[size * (k + 1) : size * (k + 2)]) for k in range(shapes.slots)]

        def one_step(i: Tensor, end: Tensor, p: Any, slots: Any, running: Tensor) -> Any:
            x, y, weights = (slice_at(array, i) for array in (xs, ys, ws))
            batch = Batch(x, y, weights, counts[i], first + i)
            p, slots, loss, hits = b.step((p, slots), batch, slice_at(rates, i), constants)
            return i + 1, end, p, slots, running + tf.stack([loss, hits, batch.count])

        def one_epoch(e: Tensor, p: Any, slots: Any, running: Tensor, figures: Tensor) -> Any:
            running = tf.where(e == 0, running, 0.0)
            loop = (e * steps, (e + 1) * steps, p, slots, running)
            _, _, p, slots, running = tf.while_loop(lambda i, end, *_: i < end, one_step, loop)
            loss, accuracy = b.validation(p, (xv, yv, wv, nv), validated)
            rows = tf.maximum(running[2], 1.0)
            row = tf.stack([running[0] / rows, running[1] / rows, loss, accuracy])
            return e + 1, p, slots, running, update_at(figures, e, row)

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
        b = StepBuilder(Trace(shapes, layers, words, units, depths, classes))
        batch = Batch(x, y, w, n)
        logits, _, activity, _ = b.forward(list(p), batch)
        loss, hits, probabilities, _ = b.loss_of(logits, batch)
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
    rest = [spec([shapes.constants]), spec([5], i32), spec([3])]
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
    found: Callable[..., Any] | None = _programs.get(key)
    if found is None:
        with _guard:
            lock = _locks.setdefault(key, threading.Lock())
        with lock:  # tracing the same program twice at once would double the wait
            found = _programs.get(key)
            if found is None:
                found = _programs[key] = compiled(make(shapes), describe(shapes))
    return found
