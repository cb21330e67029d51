"""The private API of Keras Tuner that the adapter touches; nothing else does.

Written against Keras Tuner 1.4.8; `tests/parity/test_private_api.py` names every attribute.

- `Oracle._save_trial` writes a file for every trial; the store keeps what is needed.
- `HyperbandOracle._get_size` is the only place that knows how many trials a rung has,
  `_random_trial` the one where a space is found to be too small for that, and
  `_increment_bracket_num` the one where the next bracket begins.
- `engine.oracle.LOCKS` and `THREADS` keep every oracle, and with it every trial, for ever.
"""

import math
from typing import Any

import keras_tuner
from keras_tuner.src.engine import oracle as oracle_module


class _RungUnderWay(Exception):
    """A bracket would begin while trials are under way."""


class RungOracle(keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]
    """Keras Tuner's own, which hands out a rung at a time, without a file for every trial.

    Asked for trial after trial before one has ended, Keras Tuner's own would go on with the next
    bracket once a rung is handed out. This one is idle until the rung has ended: so the trials are
    those, and numbered as those, that it hands out to one tuner alone.

    Where a space has fewer different trials than a bracket draws, Keras Tuner's own ends at once,
    after the few epochs of its first rung. This one promotes from those that there are.
    """

    def __init__(self, **settings: Any) -> None:
        # of brackets that found too few: how many trials their first rung has
        self._drawn: dict[int, int] = {}
        super().__init__(**settings)

    def populate_space(self, trial_id: str) -> Any:
        """The next trial of the rung that is being handed out."""
        try:
            return super().populate_space(trial_id)
        except _RungUnderWay:
            return {"status": "IDLE"}

    def _increment_bracket_num(self) -> None:
        """Go on to the next bracket, once all that is before has ended."""
        if self.ongoing_trials:
            raise _RungUnderWay
        super()._increment_bracket_num()

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
        if found["status"] == "RUNNING":
            return found
        self._drawn[bracket["bracket_num"]] = len(bracket["rounds"][0])
        return self.populate_space(trial_id)

    def save(self) -> None:
        """Keep nothing."""

    def _save_trial(self, trial: Any) -> None:
        """Keep nothing."""


def rung_size(oracle: RungOracle, bracket: int, rung: int) -> int:
    """How many trials a rung of a bracket has."""
    return oracle._get_size(bracket, rung)


def forget(oracle: RungOracle) -> None:
    """Let go of an oracle whose search has ended."""
    oracle_module.LOCKS.pop(oracle, None)
    oracle_module.THREADS.pop(oracle, None)
