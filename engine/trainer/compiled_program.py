"""Training programs, compiled once for each padded shape.

A program runs whole epochs, or a part of one, in a single call: batches,
forward, loss, penalties, dropout, backward, optimizer step, validation. Every
number (rates, penalties, seeds, how many layers of a stack are in use) is an
input. Compiled by XLA: a step of the usual network takes some 60 µs, a tenth of
what the same operations take one by one.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import tensorflow as tf

from engine.trainer import kept_programs
from engine.trainer.forward_pass import Batch, Trace
from engine.trainer.shapes import EPOCHS_PER_CALL, Shapes
from engine.trainer.step_builder import StepBuilder
from engine.trainer.tensorflow_private import program, slice_at, trace, update_at

Tensor = Any
FIGURES: Final = 4  # loss, accuracy, validation loss, validation accuracy


def _train(shapes: Shapes) -> Callable[..., Any]:
    """The function that is compiled; `Training` gives its arguments, in this order."""
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
        slots = [list(state[size * (k + 1) : size * (k + 2)]) for k in range(len(shapes.slots))]

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


_programs: dict[Any, Callable[..., Any]] = {}
_locks: dict[Any, threading.Lock] = {}
_guard = threading.Lock()


def training_program(shapes: Shapes, arguments: Sequence[Tensor]) -> Callable[..., Any]:
    """The compiled training program of `shapes`; thread-safe, traced at most once.

    `arguments` are those of its first call: their shapes and types follow from `shapes`.
    """
    return _cached(_train, shapes, arguments)


def prediction_program(shapes: Shapes, arguments: Sequence[Tensor]) -> Callable[..., Any]:
    """The compiled prediction program of `shapes`, as `training_program`."""
    return _cached(_predict, shapes, arguments)


def _cached(
    make: Callable[[Shapes], Callable[..., Any]], shapes: Shapes, arguments: Sequence[Tensor]
) -> Callable[..., Any]:
    key = (make, shapes)
    if key in _programs:
        return _programs[key]
    with _guard:
        lock = _locks.setdefault(key, threading.Lock())
    with lock:  # tracing the same program twice at once would double the wait
        if key not in _programs:
            signature = [tf.TensorSpec.from_tensor(tensor) for tensor in arguments]
            name = _name(make, shapes)
            library = kept_programs.traced(name, lambda: trace(make(shapes), signature))
            _programs[key] = kept_programs.compiled_when_called(partial(program, library), name)
    return _programs[key]


def _name(make: Callable[[Shapes], Callable[..., Any]], shapes: Shapes) -> str:
    """The same in every process, and another for every program."""
    return f"{make.__name__.strip('_')}_{hashlib.sha256(repr(shapes).encode()).hexdigest()[:16]}"
