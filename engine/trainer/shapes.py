"""The padded shapes that networks share, so that few programs have to be compiled.

A padded shape follows from the network's own spec alone, never from its
company: that is what makes a network's bits the same wherever it is trained.
Zero padding survives training: a padded unit has zero weights in and out, so
its gradients are zero too.
"""

import functools
import itertools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.trainer.optimizers import OPTIMIZERS, Slot

Array = np.ndarray[Any, Any]
# the widths of networks up to the last of them: a sweep over their units takes four programs; a
# product with 112 columns takes no longer than one with 100, one with 128 a sixth longer
_NARROW = (32, 64, 112, 160)
# up to here a layer is half as wide as the widest at least: small products cost little
_HALF_SHARED = 112
_STACKS = (8, 16, 24, 32, 48, 64, 80, 96, 128, 200)
# so many equal layers are written out one by one: a third faster than a loop over a stack
_WRITTEN_OUT = 5
_MOST_RUNS = 8
VALIDATION_STEPS: Final = 16
# larger batches are worked through in parts: XLA uses one core between two
# products, and has to fetch large arrays from memory each time
_MOST_ROWS = 2048
EPOCHS_PER_CALL: Final = 64


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a compiled program is made for; equal shapes share one program.

    `runs` lists `(width, stacked)`: a layer that enters `width`, followed by up
    to `stacked` layers of width × width, none for most networks. `penalties`,
    `dropout` and `momentum` say whether the program has these parts; their values
    are inputs.
    """

    features: int
    runs: tuple[tuple[int, int], ...]
    classes: int
    batch: int
    activation: str
    optimizer: str
    momentum: bool
    penalties: bool
    dropout: bool

    @property
    def places(self) -> int:
        """Places for hidden layers, used or not."""
        return sum(1 + stacked for _, stacked in self.runs)

    @property
    def first_places(self) -> tuple[int, ...]:
        """The place of each run's first layer."""
        after = itertools.accumulate((1 + stacked for _, stacked in self.runs), initial=0)
        return tuple(itertools.islice(after, len(self.runs)))

    @property
    def chunk(self) -> int:
        """Rows of a batch that go through the network at once; divides `batch`."""
        rows = self.batch
        while rows > _MOST_ROWS:
            rows //= 2
        return rows

    @property
    def steps(self) -> int:
        """Optimizer steps for which one call has room."""
        return max(1, min(1024, 2**21 // (self.batch * self.features)))

    @property
    def validation_batch(self) -> int:
        """Rows of one validation step."""
        return min(max(self.batch, 128), 1024)

    @property
    def parameters(self) -> tuple[tuple[int, ...], ...]:
        """Shape of every padded array: kernel and bias, or their stack, run by run; output last."""
        found: list[tuple[int, ...]] = []
        inputs = self.features
        for width, stacked in self.runs:
            found += [(inputs, width), (width,)]
            if stacked:
                found += [(stacked, width, width), (stacked, width)]
            inputs = width
        return (*found, (inputs, self.classes), (self.classes,))

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What the optimizer keeps for each parameter."""
        return OPTIMIZERS[self.optimizer].slots_with(momentum=self.momentum)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each real hidden layer sits: `(run, place in the run's stack or -1, place overall)`."""

    runs: tuple[tuple[int, int], ...]
    depths: tuple[int, ...]
    places: tuple[tuple[int, int, int], ...]


def padded_width(units: int, widest: int) -> int:
    """The width that a layer's `units` are padded to where the widest one has `widest`."""
    if widest > _NARROW[-1]:
        return _up(units, 32 if units <= 512 else 64)
    least = _narrow(widest) // 2 if widest <= _HALF_SHARED else 0
    return _narrow(max(units, least))


def _narrow(units: int) -> int:
    return next(width for width in _NARROW if units <= width)


def padded_batch(rows: int) -> int:
    """The number of rows that a batch is padded to."""
    if rows <= 64:
        return next(size for size in (16, 32, 64) if rows <= size)
    octave = 1 << ((rows - 1).bit_length() - 1)
    return _up(rows, octave // 4)


def padded_features(size: int) -> int:
    """The number of inputs or classes padded to.

    A table has one of each: with coarser steps different tables would share programs, for a tenth
    of the time of every training.
    """
    return _up(size, 4)


@functools.lru_cache(1024)
def layout(hidden: tuple[int, ...]) -> Layout:
    """Group hidden layers into runs of one padded width; few layers are runs of their own."""
    widths = [padded_width(units, max(hidden)) for units in hidden]
    runs = [(width, len(list(same))) for width, same in itertools.groupby(widths)]
    if len(runs) > _MOST_RUNS:
        runs = [(max(widths), len(widths))]
    runs = [
        part
        for width, count in runs
        for part in ([(width, 1)] * count if count <= _WRITTEN_OUT else [(width, count)])
    ]
    padded, places, first = [], [], 0
    for run, (width, count) in enumerate(runs):
        stacked = next(size for size in _STACKS if size >= count - 1) if count > 1 else 0
        padded.append((width, stacked))
        places += [(run, i - 1, first + i) for i in range(count)]
        first += 1 + stacked
    return Layout(tuple(padded), tuple(count - 1 for _, count in runs), tuple(places))


def _up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
