"""The private API of Keras Tuner that the adapter touches; nothing else does.

Written against Keras Tuner 1.4.8; `tests/parity/test_private_api.py` names every attribute.

- `Oracle._save_trial` writes a file for every trial; the store keeps what is needed.
- `HyperbandOracle._get_size` is the only place that knows how many trials a rung has.
- `engine.oracle.LOCKS` and `THREADS` keep every oracle, and with it every trial, for ever.
- `Tuner.__init__`, called past `Hyperband.__init__`, which would make an oracle that writes files.
"""

from typing import Any

import keras_tuner
from keras_tuner.src.engine import oracle as oracle_module


class FilelessOracle(keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]
    """Keras Tuner's own, without a file for every trial."""

    def save(self) -> None:
        """Keep nothing."""

    def _save_trial(self, trial: Any) -> None:
        """Keep nothing."""


def begin_tuner(tuner: keras_tuner.Hyperband, oracle: Any, folder: str) -> None:
    """Initialize a Hyperband tuner with an oracle of our own."""
    keras_tuner.Tuner.__init__(tuner, oracle=oracle, directory=folder, project_name="search")


def rung_size(oracle: Any, bracket: int, rung: int) -> int:
    """How many trials a rung of a bracket has."""
    return int(oracle._get_size(bracket, rung))


def forget(oracle: Any) -> None:
    """Let go of an oracle whose search has ended."""
    oracle_module.LOCKS.pop(oracle, None)
    oracle_module.THREADS.pop(oracle, None)
