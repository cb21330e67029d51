"""One training, advanced call by call."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import tensorflow as tf

from engine.trainer.batching import Batches, Rows, validation_blocks
from engine.trainer.compiled_program import prediction_program, training_program
from engine.trainer.configuration import Settings
from engine.trainer.learning_rates import Rates, constants_of, step_rates
from engine.trainer.padding import layer_numbers, pack, unpack
from engine.trainer.shapes import (
    EPOCHS_PER_CALL,
    VALIDATION_STEPS,
    Array,
    Shapes,
    padded_batch,
)

CALL_SECONDS: Final = 0.12  # aimed at; 0.2 must not be passed


@dataclass(frozen=True, slots=True)
class Figures:
    """What an epoch came to; validation figures are None without validation rows."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float


class Training:
    """A network, its optimizer's state and its place in the training: (epoch, step).

    Owned by one thread at a time. `weights` and `slots` are in Keras's order:
    kernel and bias of each layer; one such list for each slot of the optimizer.
    """

    def __init__(
        self,
        settings: Settings,
        weights: Sequence[Array],
        rows: Rows,
        batch_size: int,
        *,
        seed: int,
        slots: Sequence[Sequence[Array]] | None = None,
        iterations: int = 0,
        epoch: int = 0,
        validation: Rows | None = None,
        shuffled: bool = True,
    ) -> None:
        self.settings = settings
        self.batch_size = min(batch_size, rows.count)
        self.shapes = settings.shapes(self.batch_size)
        self.epoch, self.step, self.iterations = epoch, 0, iterations
        self.batches = Batches(rows, self.shapes, self.batch_size, seed, shuffled)
        self.steps_per_epoch = self.batches.per_epoch
        self.validation = validation
        limit = VALIDATION_STEPS * self.shapes.validation_batch
        self._apart = validation is not None and validation.count > limit
        blocks, self._blocks = validation_blocks(None if self._apart else validation, self.shapes)
        state = pack(settings, self.shapes, weights)
        for k in range(self.shapes.slots):
            state += (
                pack(settings, self.shapes, slots[k])
                if slots
                else [np.zeros(shape, np.float32) for shape in self.shapes.parameters]
            )
        constants = (*layer_numbers(settings, self.shapes), constants_of(settings.optimizer))
        self._fixed: tuple[Any, ...] = tuple(tf.constant(array) for array in (*blocks, *constants))
        self._state: list[Any] = [tf.constant(array) for array in state]
        self._running: Any = tf.zeros([3])
        self._seconds = _guess(self.shapes)
        self._warm = False
        self._released: list[Array] | None = None

    def advance(self, rates: Rates, epochs: int = 1, steps: int | None = None) -> list[Figures]:
        """Run one call, at most `epochs` epochs or `steps` steps long.

        Returns the figures of the epochs it finished, validation included.
        """
        room = steps or max(1, min(self.shapes.steps, int(CALL_SECONDS / self._seconds)))
        left = self.steps_per_epoch - self.step
        whole = self.step == 0 and room >= left
        count = min(epochs, room // left, EPOCHS_PER_CALL) if whole else 1
        count = min(count, 1) if self._apart else count
        steps = left if room >= left else room
        total = steps * count
        done = room >= left
        numbers = np.arange(self.iterations, self.iterations + total)
        rate = np.zeros((self.shapes.steps, 2), np.float32)
        for e in range(count):
            part = numbers[e * steps : (e + 1) * steps]
            own = rates(self.epoch + e, part)
            rate[e * steps : (e + 1) * steps] = step_rates(self.settings.optimizer, own, part)
        figures = self._call(count, steps, rate, validated=done)
        found: list[Figures] = []
        if done:
            for e in range(count):
                found.append(self._figures(figures[e], float(rate[(e + 1) * steps - 1, 0])))
                self.epoch, self.step = self.epoch + 1, 0
            self._running = tf.zeros([3])
        else:
            self.step += steps
        return found

    def _call(self, epochs: int, steps: int, rate: Array, *, validated: bool) -> Array:
        data = self.batches.fill(self.epoch, self.step, epochs * steps)
        control = (epochs, steps, self.iterations, self._blocks * validated, self.settings.classes)
        program = training_program(self.shapes)
        begun = time.perf_counter()
        out = program(
            *(tf.constant(array) for array in (*data, rate)),
            *self._fixed,
            tf.constant(control, tf.int32),
            self._running,
            *self._state,
        )
        figures: Array = out[0].numpy()
        seconds = (time.perf_counter() - begun) / (epochs * steps)
        if self._warm or seconds < self._seconds:  # a first call may have waited for the compiler
            self._seconds = seconds
        self._warm = True
        self._running, self._state = out[1], list(out[2:])
        self.iterations += epochs * steps
        return figures

    def _figures(self, row: Array, rate: float) -> Figures:
        loss, accuracy, val_loss, val_accuracy = (float(value) for value in row)
        if self._apart and self.validation is not None:
            val_loss, val_accuracy = evaluate(self.settings, self.parameters, self.validation)
        if self.validation is None:
            return Figures(self.epoch, loss, accuracy, None, None, rate)
        return Figures(self.epoch, loss, accuracy, val_loss, val_accuracy, rate)

    @property
    def running(self) -> tuple[float, float]:
        """Mean loss and accuracy over the current epoch so far."""
        loss, hits, rows = (float(value) for value in self._running.numpy())
        return (loss / rows, hits / rows) if rows else (float("nan"), float("nan"))

    def weights(self) -> list[Array]:
        """The weights now, as copies in Keras's order."""
        if self._released is not None:
            return [np.array(array) for array in self._released]
        return self.unpacked(self.parameters)

    def release(self) -> None:
        """Keep the weights alone, without padding: a training of a fleet that is done."""
        self._released = self.weights()
        self._state, self._fixed = [], ()

    def unpacked(self, parameters: Sequence[Any]) -> list[Array]:
        """Kept `parameters` as arrays in Keras's order."""
        return unpack(self.settings, self.shapes, [a.numpy() for a in parameters])

    def slots(self) -> list[list[Array]]:
        """The optimizer's state now, one list like `weights` for each of its slots."""
        size = len(self.shapes.parameters)
        return [
            unpack(
                self.settings,
                self.shapes,
                [a.numpy() for a in self._state[size * (k + 1) : size * (k + 2)]],
            )
            for k in range(self.shapes.slots)
        ]

    def replace_weights(self, weights: Sequence[Array]) -> None:
        """Go on from other weights (a callback has set them)."""
        packed = pack(self.settings, self.shapes, weights)
        self._state[: len(packed)] = [tf.constant(array) for array in packed]

    @property
    def parameters(self) -> list[Any]:
        """The padded arrays now; they are never changed in place, so keeping them is free."""
        return self._state[: len(self.shapes.parameters)]

    @parameters.setter
    def parameters(self, arrays: Sequence[Any]) -> None:
        self._state[: len(arrays)] = arrays


def evaluate(settings: Settings, parameters: Sequence[Any], rows: Rows) -> tuple[float, float]:
    """Mean loss with penalties, and accuracy. `parameters` are padded arrays."""
    loss = hits = kernel = np.float32(0.0)
    for _, (own, right, penalty) in _blocks(settings, parameters, rows):
        loss, hits, kernel = loss + own, hits + right, penalty
    return float(loss / rows.count + kernel), float(hits / rows.count)


def predict(settings: Settings, parameters: Sequence[Any], rows: Rows) -> Array:
    """Probabilities [rows, classes]. `parameters` are padded arrays."""
    parts = [part for part, _ in _blocks(settings, parameters, rows)]
    return np.concatenate(parts)[: rows.count, : settings.classes]


def _blocks(settings: Settings, parameters: Sequence[Any], rows: Rows) -> Any:
    size = padded_batch(min(max(rows.count, 128), 1024))
    penalties = settings.shapes(1).penalties
    shapes = replace(
        settings.shapes(size), batch=size, optimizer="sgd", momentum=False, dropout=False,
        penalties=penalties,
    )  # fmt: skip
    program = prediction_program(shapes)
    numbers, _, units, depths = layer_numbers(settings, shapes)
    fixed = [tf.constant(a) for a in (numbers, units, depths, np.int32(settings.classes))]
    for start in range(0, rows.count, size):
        count = min(size, rows.count - start)
        places = np.full(size, rows.count)
        places[:count] = np.arange(start, start + count)
        data = (rows.x[places], rows.y[places], rows.weights[places], np.float32(count))
        out = program(*(tf.constant(array) for array in data), *fixed, *parameters)
        yield out[0].numpy(), out[1].numpy()


def padded(settings: Settings, weights: Sequence[Array]) -> list[Any]:
    """Weights in Keras's order as the padded tensors that `predict` and `evaluate` take."""
    return [tf.constant(array) for array in pack(settings, settings.shapes(1), weights)]


def _guess(shapes: Shapes) -> float:
    """Seconds of one step, roughly; the first call corrects it."""
    size = sum(int(np.prod(shape)) for shape in shapes.parameters)
    return 60e-6 + size * (6 * shapes.batch / 2e10 + 4e-9)
