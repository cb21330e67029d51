"""A network from its spec: trained, predicting, stored and restored as plain arrays."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback, train
from engine.trainer.configuration import configured
from engine.trainer.fleet import Member
from engine.trainer.initial_weights import initial_weights
from engine.trainer.learning_rates import spec_rates
from engine.trainer.prediction import evaluate, padded, predict
from engine.trainer.shapes import Array
from engine.trainer.training import Snapshot, Training, TrainingPlan


class Network:
    """A dense softmax classifier with its optimizer. Used by one thread at a time.

    It begins untrained, or where `restore` says; each `train` goes on where the last one ended.
    """

    def __init__(self, spec: NetworkSpec, features: int, classes: int, start: Snapshot) -> None:
        """Of a table of so many features and classes; the spec's seed decides all chance."""
        self.spec = spec
        self.config = configured(spec, features, classes)
        self._start = start
        # what watches the next trainings, in addition to the callbacks that they are given
        self.watchers: tuple[Callback, ...] = ()
        # the last training; None after `restore`, and before the first one
        self.training: Training | None = None

    @classmethod
    def build(cls, spec: NetworkSpec, features: int, classes: int, seed: int | None = None) -> Self:
        """An untrained network; `seed` stands in for the spec's own."""
        if seed is not None:
            spec = spec.model_copy(update={"seed": seed})
        start = Snapshot(initial_weights(spec, features, classes))
        return cls(spec, features, classes, start)

    @property
    def weights(self) -> Sequence[Array]:
        """Kernel [inputs, units] and bias [units] of each layer now, float32."""
        return self._start.weights if self.training is None else self.training.weights()

    def snapshot(self) -> Snapshot:
        """Weights and optimizer state now, as copies."""
        return self._start if self.training is None else self.training.snapshot()

    def begin(
        self, rows: Rows, validation: Rows | None, *, epochs: int, batch_size: int,
        initial_epoch: int = 0,
    ) -> Training:  # fmt: skip
        """A training from `initial_epoch` (from 0) to `epochs`, for whoever advances it."""
        rates = spec_rates(self.spec.schedule, self.spec.learning_rate)
        plan = TrainingPlan(rates, epochs, batch_size, self.spec.seed)
        self.training = Training(self.config, self.snapshot(), plan, rows, validation)
        self.training.epoch = initial_epoch
        return self.training

    def train(
        self, rows: Rows, validation: Rows | None, *, epochs: int, batch_size: int,
        callbacks: Sequence[Callback] = (), initial_epoch: int = 0,
    ) -> Training:  # fmt: skip
        """Train from `initial_epoch` (from 0) until `epochs` are done or a callback stops it."""
        training = self.begin(
            rows, validation, epochs=epochs, batch_size=batch_size, initial_epoch=initial_epoch
        )
        train(training, [*self.watchers, *callbacks])
        return training

    def restore(self, snapshot: Snapshot) -> None:
        """Resume from a snapshot of the same network; not within `train`."""
        self.training, self._start = None, snapshot

    def predict(self, x: Any) -> Array:
        """Probabilities [rows, classes] float32 of [rows, features]."""
        rows = Rows.of(x, np.zeros(len(x), np.int32))
        return predict(self.config, padded(self.config, self.weights), rows)

    def mean_loss(self, x: Any, y: Any) -> float:
        """Log loss of [rows, features] and integer classes [rows], penalties included."""
        return evaluate(self.config, padded(self.config, self.weights), Rows.of(x, y))[0]


def fleet_member(
    network: NetworkSpec, features: int, classes: int, train: Rows, validation: Rows | None = None
) -> Member:
    """A network of a fleet, to the bit what `Network.train` makes of it.

    `features` and `classes` are the table's; the rows may be shared by many members.
    """
    config = configured(network, features, classes)
    rates = spec_rates(network.schedule, network.learning_rate)
    plan = TrainingPlan(rates, network.epochs, network.batch_size, network.seed)

    def begin() -> Training:
        start = Snapshot(initial_weights(network, features, classes))
        return Training(config, start, plan, train, validation)

    return begin
