"""Compiles programs ahead, so that nobody waits for the compiler."""

from collections.abc import Iterable

import numpy as np

from engine.keras_adapter.build import initial_weights, settings_for
from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.learning_rates import spec_rates
from engine.trainer.training import Training, predict

_PREDICTED = 1024


def warm_up(networks: Iterable[NetworkSpec], features: int, classes: int, rows: int) -> None:
    """Compile what these networks need on a table of `rows` training rows.

    A second or two for each new program; what is compiled already costs a few
    milliseconds. For the host's idle moments; may run beside trainings.
    """
    for network in networks:
        settings = settings_for(network, features, classes)
        table = _table(min(rows, network.batch_size), features)
        training = Training(
            settings, initial_weights(network, features, classes), table, network.batch_size, seed=0
        )
        training.advance(spec_rates(network.schedule, network.learning_rate), 1, steps=1)
        predict(settings, training.parameters, _table(min(rows, _PREDICTED), features))


def _table(rows: int, features: int) -> Rows:
    return Rows.of(np.zeros((rows, features), np.float32), np.zeros(rows, np.int32))
