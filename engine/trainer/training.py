"""One training, advanced call by call."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import tensorflow as tf

from engine.trainer.batching import Batches, Rows, validation_blocks
from engine.trainer.compiled_program import training_program
from engine.trainer.configuration import NetworkConfig
from engine.trainer.learning_rates import Rates, constants_of, step_rates
from engine.trainer.padding import blank, layer_numbers, pack, unpack
from engine.trainer.prediction import evaluate
from engine.trainer.shapes import EPOCHS_PER_CALL, VALIDATION_STEPS, Array, Shapes

CALL_SECONDS: Final = 0.12  # aimed at; 0.2 must not be passed


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one epoch (from 0), under the names that the store has for them.

    Loss and accuracy are means over the epoch's batches, penalties included, as Keras logs them.
    Validation figures are NaN without validation rows. `learning_rate` is that of the last step.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float

    def by_name(self) -> dict[str, float]:
        """All of them but the epoch's number."""
        return {name: getattr(self, name) for name in self.__slots__[1:]}


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network and its optimizer after `iterations` steps, as plain arrays.

    `weights` are kernel and bias of each layer, in Keras's order; `slots` such a list for each of
    the optimizer's slots. Without slots the optimizer begins with its first step.
    """

    weights: Sequence[Array]
    slots: Sequence[Sequence[Array]] = field(default_factory=list)
    iterations: int = 0


@dataclass(frozen=True)
class TrainingPlan:
    """How a network is trained: at most `epochs` epochs in batches of `batch_size` rows.

    `seed` decides the order of the rows. A batch never exceeds the table.
    """

    rates: Rates
    epochs: int
    batch_size: int
    seed: int


class Training:
    """A network, its optimizer's state and its place in the training: (epoch, step).

    Owned by one thread at a time. A callback sets `stop_requested` to end the training after the
    call that is under way.
    """

    def __init__(
        self,
        config: NetworkConfig,
        start: Snapshot,
        plan: TrainingPlan,
        rows: Rows,
        validation: Rows | None = None,
    ) -> None:
        """Begin at `start`, in epoch 0."""
        self.config, self.plan = config, plan
        self.batch_size = min(plan.batch_size, rows.count)
        self.shapes = config.shapes(self.batch_size)
        self.epoch = self.step = 0
        self.iterations = start.iterations
        self.stop_requested = False
        self.batches = Batches(rows, self.shapes, self.batch_size, plan.seed)
        self.steps_per_epoch = self.batches.per_epoch
        self.validation = validation
        limit = VALIDATION_STEPS * self.shapes.validation_batch
        # more rows than a call has room for are evaluated between the calls
        self._validates_apart = validation is not None and validation.count > limit
        blocks, self._blocks = validation_blocks(
            None if self._validates_apart else validation, self.shapes
        )
        state = pack(config, self.shapes, start.weights)
        for k, slot in enumerate(self.shapes.slots):
            # what a slot starts at is what its padding holds: no formula divides by another number
            state += (
                pack(config, self.shapes, start.slots[k], slot.initial)
                if start.slots
                else blank(self.shapes, slot.initial)
            )
        constants = (*layer_numbers(config, self.shapes), constants_of(config.optimizer))
        self._fixed: tuple[Any, ...] = tuple(tf.constant(array) for array in (*blocks, *constants))
        self._state: list[Any] = [tf.constant(array) for array in state]
        self._running: Any = tf.zeros([3])
        self._seconds = _guess(self.shapes)
        self._called = False
        self._kept_weights: list[Array] | None = None

    def advance(self, epochs: int = 1, steps: int | None = None) -> list[Figures]:
        """Run one call, at most `epochs` epochs or `steps` steps long.

        Returns the figures of the epochs it finished, validation included.
        """
        room = steps or max(1, min(self.shapes.steps, int(CALL_SECONDS / self._seconds)))
        left = self.steps_per_epoch - self.step
        done = room >= left
        count = 1
        # the first call is of one epoch alone: it may wait for the compiler
        if done and self.step == 0 and self._called and not self._validates_apart:
            count = min(epochs, room // left, EPOCHS_PER_CALL)
        steps = left if done else room
        rate = self._rates(count, steps)
        figures = self._call(count, steps, rate, validated=done)
        if not done:
            self.step += steps
            return []
        found = []
        for e in range(count):
            found.append(self._figures(figures[e], float(rate[(e + 1) * steps - 1, 0])))
            self.epoch, self.step = self.epoch + 1, 0
        self._running = tf.zeros([3])
        return found

    def _rates(self, epochs: int, steps: int) -> Array:
        """What the program is given for each of its steps, [room for steps, 2]."""
        found = np.zeros((self.shapes.steps, 2), np.float32)
        for e in range(epochs):
            numbers = self.iterations + np.arange(e * steps, (e + 1) * steps)
            own = self.plan.rates(self.epoch + e, numbers)
            found[e * steps : (e + 1) * steps] = step_rates(self.config.optimizer, own, numbers)
        return found

    def _call(self, epochs: int, steps: int, rate: Array, *, validated: bool) -> Array:
        data = self.batches.fill(self.epoch, self.step, epochs * steps)
        control = (epochs, steps, self.iterations, self._blocks * validated, self.config.classes)
        arguments = [
            *(tf.constant(array) for array in (*data, rate)),
            *self._fixed,
            tf.constant(control, tf.int32),
            self._running,
            *self._state,
        ]
        program = training_program(self.shapes, arguments)
        begun = time.perf_counter()
        out = program(*arguments)
        figures: Array = out[0].numpy()
        seconds = (time.perf_counter() - begun) / (epochs * steps)
        if self._called or seconds < self._seconds:  # a first call may have waited for the compiler
            self._seconds = seconds
        self._called = True
        self._running, self._state = out[1], list(out[2:])
        self.iterations += epochs * steps
        return figures

    def _figures(self, row: Array, rate: float) -> Figures:
        loss, accuracy, val_loss, val_accuracy = (float(value) for value in row)
        if self.validation is None:
            val_loss = val_accuracy = math.nan
        elif self._validates_apart:
            val_loss, val_accuracy = evaluate(self.config, self.parameters, self.validation)
        return Figures(self.epoch, loss, accuracy, val_loss, val_accuracy, rate)

    # -- weights and state ----------------------------------------------------------------------

    @property
    def parameters(self) -> list[Any]:
        """The padded tensors now; they are never changed in place, so keeping them is free."""
        return self._state[: len(self.shapes.parameters)]

    @parameters.setter
    def parameters(self, arrays: Sequence[Any]) -> None:
        self._state[: len(arrays)] = arrays

    def weights(self) -> list[Array]:
        """The weights now, as copies in Keras's order."""
        if self._kept_weights is not None:
            return [np.array(array) for array in self._kept_weights]
        return self.unpadded(self.parameters)

    def snapshot(self) -> Snapshot:
        """Weights and optimizer state now, as copies."""
        size = len(self.shapes.parameters)
        slots = [
            self.unpadded(self._state[size * (k + 1) : size * (k + 2)])
            for k in range(len(self.shapes.slots))
        ]
        return Snapshot(self.weights(), slots, self.iterations)

    def accuracy(self, parameters: Sequence[Any]) -> float:
        """Of padded tensors, kept from `parameters`, on the training rows, all of them at once.

        What the epochs' figures have is a running mean: of weights that change from batch to batch.
        """
        return evaluate(self.config, parameters, self.batches.rows)[1]

    def unpadded(self, parameters: Sequence[Any]) -> list[Array]:
        """Padded tensors, kept from `parameters`, as arrays in Keras's order."""
        return unpack(self.config, self.shapes, [tensor.numpy() for tensor in parameters])

    def drop_state(self) -> None:
        """Keep the weights alone, without padding; the training cannot be advanced any more."""
        self._kept_weights = self.weights()
        self._state, self._fixed = [], ()


def _guess(shapes: Shapes) -> float:
    """Seconds of one step, roughly; the first call corrects it."""
    size = sum(int(np.prod(shape)) for shape in shapes.parameters)
    return 60e-6 + size * (6 * shapes.batch / 2e10 + 4e-9)
