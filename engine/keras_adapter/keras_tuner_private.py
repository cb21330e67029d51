"""The private API of Keras Tuner that the adapter touches; nothing else does.

Written against Keras Tuner 1.4.8; `tests/parity/test_private_api.py` names every attribute.

- `Oracle._save_trial` writes a file for every trial; the store keeps what is needed.
- `HyperbandOracle._get_size` is the only place that knows how many trials a rung has, and
  `_random_trial` the one where a space is found to be too small for that.
- `engine.oracle.LOCKS` and `THREADS` keep every oracle, and with it every trial, for ever.
- `Tuner.__init__`, called past `Hyperband.__init__`, which would make an oracle that writes files.
"""

import math
from typing import Any

import keras_tuner
from keras_tuner.src.engine import oracle as oracle_module


class FilelessOracle(keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]
    """Keras Tuner's own, without a file for every trial.

    Where a space has fewer different trials than a bracket draws, Keras Tuner's own ends at once,
    after the few epochs of its first rung. This one promotes from those that there are.
    """

    def __init__(self, **settings: Any) -> None:
        # of brackets that found too few: how many trials their first rung has
        self._drawn: dict[int, int] = {}
        super().__init__(**settings)

    def _get_size(self, bracket_num: int, round_num: int) -> int:
        """How many trials a rung has; a share of what was drawn where that is too few."""
        planned = int(super()._get_size(bracket_num, round_num))
        drawn = self._drawn.get(bracket_num)
        if drawn is None:
            return planned
        share: int = math.ceil(drawn / self.factor**round_num)
        return min(planned, share)

    def _random_trial(self, trial_id: str, bracket: Any) -> Any:
        """One more trial; where there is no other, the bracket goes on with those it has."""
        found = super()._random_trial(trial_id, bracket)
        if found["status"] != "STOPPED":
            return found
        self._drawn[bracket["bracket_num"]] = len(bracket["rounds"][0])
        return self.populate_space(trial_id)

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
