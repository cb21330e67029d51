"""Several networks of one setting, trained as a fleet and computed by NumPy afterwards."""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.environment.machine import usable_threads
from engine.errors import EngineError
from engine.jobs.phases.row_weights import row_weights
from engine.jobs.play.play_rows import Labels, Numbers, PlayRows
from engine.prediction.network import Layer, Network
from engine.runs.reporter import Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.playground import NETWORKS, PlaygroundQuestion
from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback
from engine.trainer.configuration import NetworkConfig, configured
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import train_fleet
from engine.trainer.network import fleet_member
from engine.trainer.shapes import Array, Shapes
from engine.trainer.training import Figures, Training

# seconds between two looks whether a question that waits for the compiler is still open
_LOOK_SECONDS = 0.05


class AllDiverged(EngineError):
    """No network of a setting has a loss that is a number."""


@dataclass(frozen=True, eq=False)
class Trained:
    """Networks that have not diverged, with the figures of their epochs.

    They, or their bootstrap samples, are of the first `rows_used` training rows; `seeds` are those
    of the networks.
    """

    networks: tuple[Network, ...]
    curves: tuple[tuple[Figures, ...], ...]
    rows_used: int
    diverged: int
    by_votes: bool
    seeds: tuple[int, ...] = ()

    def say(self, x: Numbers) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """What they say of rows [rows, features]: together, and the class that each predicts.

        Together [rows, classes]: the mean of their probabilities, or the fraction of their votes;
        the classes are [networks, rows].
        """
        together = np.zeros((len(x), self.networks[0].layers[-1].bias.size), np.float32)
        predicted = np.empty((len(self.networks), len(x)), np.int64)
        for own, network in zip(predicted, self.networks, strict=True):
            probabilities = network.of_array(x)
            own[:] = probabilities.argmax(axis=1)
            if self.by_votes:
                together[np.arange(len(x)), own] += 1
            else:
                together += probabilities
        return together / np.float32(len(self.networks)), predicted


def train_networks(question: PlaygroundQuestion, rows: PlayRows, reporter: Reporter) -> Trained:
    """Train the networks of the question; raises `Stopped` when it was withdrawn meanwhile.

    Raises `AllDiverged` where no network's loss is a number.
    """
    x, y, weights = _learnt_from(question, rows)
    specs = [
        with_settings(question.network, {"seed": (question.network.seed + i) % 2**31})
        for i in range(NETWORKS[question.networks])
    ]
    validation = Rows.of(rows.x[~rows.training], rows.y[~rows.training])
    samples = _samples(question, x, y, weights, len(specs))
    sizes = rows.sizes
    members = [
        fleet_member(spec, *sizes, own, validation)
        for spec, own in zip(specs, samples, strict=True)
    ]
    if compile_for(question.network, sizes, len(y), reporter):
        reporter.phase("training")
    reporter.check()
    watched = [_Curve(reporter) for _ in specs]
    stopping = [EarlyStopping(spec.early_stopping) for spec in specs]
    trainings: dict[int, Training] = {}
    train_fleet(
        members,
        threads=usable_threads(),
        callbacks=lambda at: [watched[at], stopping[at]],
        on_end=trainings.__setitem__,
    )
    reporter.check()
    there = [at for at, own in enumerate(watched) if not own.diverged]
    if not there:
        raise AllDiverged(
            "All networks diverged: their loss was no longer a number.", "Lower the learning rate."
        )
    return Trained(
        tuple(network_of(trainings[at].config, trainings[at].weights()) for at in there),
        tuple(tuple(watched[at].figures) for at in there),
        len(y), len(specs) - len(there), question.networks == "bootstraps",
        tuple(specs[at].seed for at in there),
    )  # fmt: skip


def _learnt_from(
    question: PlaygroundQuestion, rows: PlayRows
) -> tuple[Numbers, Labels, npt.NDArray[np.float32] | None]:
    """The training rows that are used, with noise where it is not part of the data, and weights."""
    used = min(question.rows_used or rows.train_rows, rows.train_rows)
    x, y = rows.x[rows.training][:used], rows.y[rows.training][:used]
    if question.noise and question.toy is None:
        drawn = np.random.default_rng(0).standard_normal((rows.train_rows, x.shape[1]))
        x = (x + question.noise * rows.usual * drawn[:used]).astype(np.float32)
    own = None if rows.weights is None else rows.weights[:used]
    return x, y, row_weights(question.network, y, rows.sizes[1], own)


def _samples(
    question: PlaygroundQuestion, x: Numbers, y: Labels,
    weights: npt.NDArray[np.float32] | None, count: int,
) -> Sequence[Rows]:  # fmt: skip
    """The rows of each network: the same, or as many drawn from them with replacement."""
    if question.networks == "seeds":
        return [Rows.of(x, y, weights)] * count
    rng = np.random.default_rng(question.network.seed)
    drawn = [rng.integers(len(y), size=len(y)) for _ in range(count)]
    return [Rows.of(x[at], y[at], None if weights is None else weights[at]) for at in drawn]


class _Curve(Callback):
    """Keeps the figures of a training; ends it where nobody waits any more, and where it diverged.

    For one training, in its thread.
    """

    def __init__(self, reporter: Reporter) -> None:
        self.figures: list[Figures] = []
        self.diverged = False
        self._reporter = reporter

    def on_train_begin(self, training: Training) -> None:
        """Do not even begin."""
        training.stop_requested = training.stop_requested or self._reporter.stopping

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Look at what has come."""
        self.figures += figures
        self.diverged = self.diverged or not all(math.isfinite(own.loss) for own in figures)
        training.stop_requested |= self._reporter.stopping or self.diverged


def network_of(config: NetworkConfig, weights: Sequence[Array]) -> Network:
    """The network with these weights, in Keras's order."""
    pairs = list(zip(weights[::2], weights[1::2], strict=True))
    names = [config.activation] * (len(pairs) - 1) + ["softmax"]
    return Network(
        tuple(Layer(kernel, bias, name) for (kernel, bias), name in zip(pairs, names, strict=True))
    )


# -- programs ------------------------------------------------------------------------------------

_compiled: set[Shapes] = set()
_compiling = threading.Lock()


def compile_for(
    network: NetworkSpec, sizes: tuple[int, int], rows: int, reporter: Reporter
) -> bool:
    """Compile the program of `network` for so many training rows; whether it had to be.

    One at a time: a key that is held passes many shapes, and each takes seconds that nobody can
    take back. Raises `Stopped` where the question is withdrawn while it waits for its turn.
    """
    batch = min(rows, network.batch_size)
    shapes = configured(network, *sizes).shapes(batch)
    if shapes in _compiled:
        return False
    reporter.phase("compiling networks of this shape")
    while not _compiling.acquire(timeout=_LOOK_SECONDS):
        reporter.check()
    try:
        reporter.check()
        if shapes not in _compiled:
            blank = Rows.of(np.zeros((batch, sizes[0]), np.float32), np.zeros(batch, np.int32))
            fleet_member(network, *sizes, blank)().advance(steps=1)
            _compiled.add(shapes)
    finally:
        _compiling.release()
    return True
