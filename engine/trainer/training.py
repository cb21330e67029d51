"""One training, advanced call by call."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from engine.trainer import aligned
from engine.trainer.batching import Batches, Rows, validation_blocks
from engine.trainer.compiled_program import training_program
from engine.trainer.configuration import NetworkConfig
from engine.trainer.learning_rates import Rates, constants_of, step_rates
from engine.trainer.padding import blank, layer_numbers, pack, unpack
from engine.trainer.prediction import evaluate
from engine.trainer.shapes import EPOCHS_PER_CALL, VALIDATION_STEPS, Array, Shapes

CALL_SECONDS: Final = 0.12  # aimed at; 0.2 must not be passed
# loss, hits and rows of an epoch that has not begun
_NOTHING: Final = np.zeros(3, np.float32)


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
        self._parameters: list[Any] = pack(config, self.shapes, start.weights)
        # what a slot starts at is what its padding holds: no formula divides by another number
        self._slots: list[list[Any]] = [
            pack(config, self.shapes, start.slots[k], slot.initial)
            if start.slots
            else blank(self.shapes, slot.initial)
            for k, slot in enumerate(self.shapes.slots)
        ]
        constants = (*layer_numbers(config, self.shapes), constants_of(config.optimizer))
        self._fixed: list[Any] = [*blocks, *constants]
        self._running: Any = _NOTHING
        self._kept_weights: list[Array] | None = None

    def advance(self, epochs: int = 1, steps: int | None = None) -> list[Figures]:
        """Run one call, at most `epochs` epochs or `steps` steps long.

        Returns the figures of the epochs it finished, validation included.
        """
        known = _seconds_of_step.get(self.shapes)
        seconds = known or _guess(self.shapes)
        room = steps or max(1, min(self.shapes.steps, int(CALL_SECONDS / seconds)))
        left = self.steps_per_epoch - self.step
        done = room >= left
        count = 1
        # the first call of a program is of one epoch alone: how long it takes is not known
        if done and self.step == 0 and known and not self._validates_apart:
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
        self._running = _NOTHING
        return found

    def _rates(self, epochs: int, steps: int) -> Array:
        """What the program is given for each of its steps, [room for steps, 2]."""
        found = aligned.empty((self.shapes.steps, 2))
        own = np.arange(epochs * steps)
        numbers = self.iterations + own
        rates = self.plan.rates(self.epoch + own // steps, numbers)
        found[: len(own)] = step_rates(self.config.optimizer, rates, numbers)
        return found

    def _call(self, epochs: int, steps: int, rate: Array, *, validated: bool) -> Array:
        data = self.batches.fill(self.epoch, self.step, epochs * steps)
        control = (epochs, steps, self.iterations, self._blocks * validated, self.config.classes)
        arguments = [
            *data,
            rate,
            *self._fixed,
            np.array(control, np.int32),
            self._running,
            self._parameters,
            self._slots,
        ]
        program = training_program(self.shapes, arguments)
        begun = time.perf_counter()
        out, self._running, self._parameters, self._slots = program(*arguments)
        figures = np.asarray(out)
        _seconds_of_step[self.shapes] = (time.perf_counter() - begun) / (epochs * steps)
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
        """The padded arrays now; they are never changed in place, so keeping them is free."""
        return self._parameters

    @parameters.setter
    def parameters(self, arrays: Sequence[Any]) -> None:
        self._parameters = list(arrays)

    def weights(self) -> list[Array]:
        """The weights now, as copies in Keras's order."""
        if self._kept_weights is not None:
            return [np.array(array) for array in self._kept_weights]
        return self.unpadded(self.parameters)

    def snapshot(self) -> Snapshot:
        """Weights and optimizer state now, as copies."""
        slots = [self.unpadded(slot) for slot in self._slots]
        return Snapshot(self.weights(), slots, self.iterations)

    def accuracy(self, parameters: Sequence[Any]) -> float:
        """Of padded arrays, kept from `parameters`, on the training rows, all of them at once.

        What the epochs' figures have is a running mean: of weights that change from batch to batch.
        """
        return evaluate(self.config, parameters, self.batches.rows)[1]

    def unpadded(self, parameters: Sequence[Any]) -> list[Array]:
        """Padded arrays, kept from `parameters`, without their padding, in Keras's order."""
        return unpack(self.config, self.shapes, [np.asarray(own) for own in parameters])

    def drop_state(self) -> None:
        """Keep the weights alone, without padding; the training cannot be advanced any more."""
        self._kept_weights = self.weights()
        self._parameters, self._slots, self._fixed = [], [], []


# of the last call of each program, by whichever thread: a guess of how long the next one takes
_seconds_of_step: dict[Shapes, float] = {}


def _guess(shapes: Shapes) -> float:
    """Seconds of one step, roughly; the first call corrects it."""
    size = sum(int(np.prod(shape)) for shape in shapes.parameters)
    return 60e-6 + size * (6 * shapes.batch / 2e10 + 4e-9)
