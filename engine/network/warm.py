"""Compiles programs ahead, so that nobody waits for the compiler."""

from collections.abc import Iterable

import numpy as np

from engine.network.build import initial_weights, settings_for
from engine.network.rates import spec_rates
from engine.network.rows import Rows
from engine.network.training import Training, predict
from engine.specs.network import NetworkSpec

_ROWS = 32


def warm_up(networks: Iterable[NetworkSpec], features: int, classes: int) -> None:
    """Compile what these networks need on a table of this shape; a second or two for each new one.

    For the host's idle moments; what is compiled already costs a few
    milliseconds. May run beside trainings.
    """
    x = np.zeros((_ROWS, features), np.float32)
    y = np.arange(_ROWS) % classes
    rows = Rows.of(x, y)
    for network in networks:
        settings = settings_for(network, features, classes)
        # as many rows as a batch has: the padded batch is part of a program's shape
        wide = rows if network.batch_size <= _ROWS else _repeated(x, y, network.batch_size)
        training = Training(
            settings, initial_weights(network, features, classes), wide, network.batch_size, seed=0
        )
        training.advance(spec_rates(network.schedule, network.learning_rate), 1, steps=1)
        predict(settings, training.parameters, rows)


def _repeated(x: np.ndarray, y: np.ndarray, count: int) -> Rows:  # type: ignore[type-arg]
    times = -(-count // len(x))
    return Rows.of(np.tile(x, (times, 1))[:count], np.tile(y, times)[:count])
