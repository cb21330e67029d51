"""Compiles programs ahead, so that nobody waits for the compiler."""

from collections.abc import Iterable

import numpy as np

from engine.specs.network import NetworkSpec
from engine.trainer.batching import Rows
from engine.trainer.network import fleet_member
from engine.trainer.prediction import predict

_PREDICTED = 1024


def precompile(
    network: NetworkSpec, features: int, classes: int, rows: int, scored_rows: Iterable[int]
) -> None:
    """Compile what the network needs on `rows` training rows and on sets of `scored_rows`.

    A second or two for a new program; what is compiled already costs a few
    milliseconds. For the host's idle moments; may run concurrently with trainings.
    """
    table = _table(min(rows, network.batch_size), features)
    training = fleet_member(network, features, classes, table)()
    training.advance(steps=1)
    for size in {min(scored, _PREDICTED) for scored in (rows, *scored_rows)}:
        predict(training.config, training.parameters, _table(size, features))


def _table(rows: int, features: int) -> Rows:
    return Rows.of(np.zeros((rows, features), np.float32), np.zeros(rows, np.int32))
