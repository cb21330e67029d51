"""Training programs, compiled once for each padded shape.

A program runs whole epochs, or a part of one, in a single call: batches, forward, loss, penalties,
dropout, backward, optimizer step, validation. Every number (rates, penalties, seeds, how many
layers of a stack are in use) is an input. Compiled by XLA: a step of the usual network takes some
50 µs, a tenth of what the same operations take one by one.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import jax
import jax.numpy as jnp

from engine.trainer import kept_programs
from engine.trainer.forward_pass import Batch, Trace, forward, kernel_penalty, summed
from engine.trainer.shapes import EPOCHS_PER_CALL, Shapes
from engine.trainer.step import step, validation

Array = Any
FIGURES: Final = 4  # loss, accuracy, validation loss, validation accuracy


def _train(shapes: Shapes) -> Callable[..., Any]:
    """The function that is compiled; `Training` gives its arguments, in this order."""

    def train(
        xs: Array, ys: Array, ws: Array, counts: Array, rates: Array,
        xv: Array, yv: Array, wv: Array, nv: Array,
        layers: Array, words: Array, units: Array, depths: Array, constants: Array,
        control: Array, running: Array, parameters: Sequence[Array], slots: Sequence[Array],
    ) -> Any:  # fmt: skip
        epochs, steps, first, validated, classes = (control[i] for i in range(5))
        t = Trace(shapes, layers, words, units, depths, classes)

        def one_step(i: Array, carried: Any) -> Any:
            state, running = carried
            batch = Batch(xs[i], ys[i], ws[i], counts[i], first + i)
            state, loss, hits = step(t, state, batch, rates[i], constants)
            return state, running + jnp.stack([loss, hits, batch.count])

        def one_epoch(e: Array, carried: Any) -> Any:
            state, running, figures = carried
            running = jnp.where(e == 0, running, 0.0)
            end = (e + 1) * steps
            state, running = jax.lax.fori_loop(e * steps, end, one_step, (state, running))
            loss, accuracy = validation(t, state[0], (xv, yv, wv, nv), validated)
            rows = jnp.maximum(running[2], 1.0)
            row = jnp.stack([running[0] / rows, running[1] / rows, loss, accuracy])
            return state, running, figures.at[e].set(row)

        figures = jnp.zeros((EPOCHS_PER_CALL, FIGURES))
        begun = ((list(parameters), [list(slot) for slot in slots]), running, figures)
        state, running, figures = jax.lax.fori_loop(0, epochs, one_epoch, begun)
        return figures, running, *state

    return train


def _predict(shapes: Shapes) -> Callable[..., Any]:
    def predict(
        x: Array, y: Array, w: Array, n: Array,
        layers: Array, units: Array, depths: Array, classes: Array, parameters: Sequence[Array],
    ) -> Any:  # fmt: skip
        words = jnp.zeros((max(1, shapes.places), 2), jnp.uint32)
        t = Trace(shapes, layers, words, units, depths, classes)
        batch = Batch(x, y, w, n)
        logits, activity = forward(t, parameters, batch)
        sums = summed(logits, activity, batch)
        numbers = [sums.loss + sums.activity, sums.hits, kernel_penalty(t, parameters)]
        return jax.nn.softmax(logits), jnp.stack(numbers)

    return predict


_programs: dict[Any, Callable[..., Any]] = {}
_locks: dict[Any, threading.Lock] = {}
_guard = threading.Lock()


def training_program(shapes: Shapes, arguments: Sequence[Any]) -> Callable[..., Any]:
    """The compiled training program of `shapes`; thread-safe, traced at most once.

    `arguments` are those of its first call, arrays and lists of them: their shapes and types follow
    from `shapes`.
    """
    parameters, slots = arguments[-2:]
    return _cached(_train, shapes, arguments, (0, 0, parameters, slots))


def prediction_program(shapes: Shapes, arguments: Sequence[Any]) -> Callable[..., Any]:
    """The compiled prediction program of `shapes`, as `training_program`."""
    return _cached(_predict, shapes, arguments, (0, 0))


def _cached(
    make: Callable[[Shapes], Callable[..., Any]],
    shapes: Shapes,
    arguments: Sequence[Any],
    results: Any,
) -> Callable[..., Any]:
    key = (make, shapes)
    if key in _programs:
        return _programs[key]
    with _guard:
        lock = _locks.setdefault(key, threading.Lock())
    with lock:  # compiling the same program twice at once would double the wait
        if key not in _programs:
            name, function = _name(make, shapes), make(shapes)
            _programs[key] = kept_programs.compiled(name, function, arguments, results)
    return _programs[key]


def _name(make: Callable[[Shapes], Callable[..., Any]], shapes: Shapes) -> str:
    """The same in every process, and another for every program."""
    return f"{make.__name__.strip('_')}_{hashlib.sha256(repr(shapes).encode()).hexdigest()[:16]}"
