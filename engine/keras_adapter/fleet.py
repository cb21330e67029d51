"""Many networks trained together, each to the bit as it would be alone.

A network of a fleet runs on the very program it would run on alone, so company
cannot change its bits. The networks share compiled programs and the machine, a
thread for each core; nothing of Keras is built until a model is asked for.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from engine.keras_adapter.build import build, initial_weights, settings_for
from engine.keras_adapter.network import Network
from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.configuration import Settings
from engine.trainer.early_stopping import Patience
from engine.trainer.learning_rates import spec_rates
from engine.trainer.shapes import Array
from engine.trainer.training import Figures, Training, evaluate, padded, predict


@dataclass(frozen=True, eq=False)
class Member:
    """One network of a fleet: its spec, its rows, and the number of classes.

    `features` and `classes` are the table's; `train` and `validation` may be
    shared by many members. `train` carries row weights, if there are any.
    """

    network: NetworkSpec
    features: int
    classes: int
    train: Rows
    validation: Rows | None = None

    @property
    def settings(self) -> Settings:
        """The network as plain numbers."""
        return settings_for(self.network, self.features, self.classes)


@dataclass
class Trained:
    """What came of a member. `epoch_kept` counts from 0, as `figures[…].epoch` does."""

    member: Member
    figures: list[Figures] = field(default_factory=list)
    epoch_kept: int = 0
    stopped_early: bool = False
    stopped: bool = False
    training: Training | None = None

    def predict(self, rows: Rows) -> Array:
        """Probabilities [rows, classes]."""
        return predict(self.member.settings, self._padded(), rows)

    def evaluate(self, rows: Rows) -> tuple[float, float]:
        """Loss (with penalties) and accuracy."""
        return evaluate(self.member.settings, self._padded(), rows)

    def weights(self) -> list[Array]:
        """Kernel and bias of each layer."""
        if self.training is None:
            return []
        return self.training.weights()

    def _padded(self) -> list[Any]:
        return padded(self.member.settings, self.weights())

    def model(self) -> Network:
        """The trained network as a Keras model, to show or to save."""
        member = self.member
        model = build(member.network, member.features, member.classes)
        model.set_weights(self.weights())
        return model


OnEpoch = Callable[[int, Figures], None]
OnCall = Callable[[int], bool]


def train_fleet(
    members: Sequence[Member],
    *,
    threads: int,
    on_epoch: OnEpoch = lambda member, figures: None,
    keep_on: OnCall = lambda member: True,
    on_start: Callable[[int], None] = lambda member: None,
    on_end: Callable[[int, Trained], None] = lambda member, trained: None,
) -> list[Trained]:
    """Train all members on `threads` threads; the results in the members' order.

    The callables are called from several threads, one at a time. `keep_on` is
    asked between calls (0.2 s at most apart); once it says no, the member ends
    where it is, `stopped`. An exception in a callable ends the fleet.
    """
    lock = threading.Lock()
    halted = threading.Event()

    def one(index: int) -> Trained:
        if halted.is_set():
            return Trained(members[index], stopped=True)
        try:
            with lock:
                on_start(index)
            trained = _train(members[index], index, on_epoch, keep_on, lock, halted)
            with lock:
                on_end(index, trained)
            if trained.training is not None:
                # a hundred networks with their optimizers' state would fill the memory
                trained.training.release()
        except BaseException:
            halted.set()
            raise
        return trained

    if threads == 1 or len(members) == 1:
        return [one(i) for i in range(len(members))]
    with ThreadPoolExecutor(threads, thread_name_prefix="fleet") as pool:
        return list(pool.map(one, range(len(members))))


def _train(
    member: Member,
    index: int,
    on_epoch: OnEpoch,
    keep_on: OnCall,
    lock: threading.Lock,
    halted: threading.Event,
) -> Trained:
    spec = member.network
    training = Training(
        member.settings,
        initial_weights(spec, member.features, member.classes),
        member.train,
        spec.batch_size,
        seed=spec.seed,
        validation=member.validation,
    )
    rates = spec_rates(spec.schedule, spec.learning_rate)
    patience = Patience(spec.early_stopping) if spec.early_stopping else None
    trained = Trained(member, training=training)
    while training.epoch < spec.epochs and not trained.stopped_early:
        with lock:
            go_on = not halted.is_set() and keep_on(index)
        if not go_on:
            trained.stopped = True
            break
        ahead = 1 if patience else spec.epochs - training.epoch
        for figures in training.advance(rates, ahead):
            trained.figures.append(figures)
            with lock:
                on_epoch(index, figures)
            if patience and patience.exhausted(figures, training):
                trained.stopped_early = True
    trained.epoch_kept = len(trained.figures) - 1
    if patience and spec.early_stopping and spec.early_stopping.restore_best:
        trained.epoch_kept = patience.best_epoch
        patience.restore(training)
    return trained
