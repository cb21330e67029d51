"""Hyperband as Keras Tuner searches by itself: what a search rung by rung is held against."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras_tuner

from engine.keras_adapter.search_spaces import declare, settings_of_trial


class OneByOne(keras_tuner.Hyperband):  # type: ignore[misc]
    """Keras Tuner's own search with one tuner."""

    def __init__(
        self, spec: Any, score: Callable[[dict[str, Any]], float], folder: Path, **band: int
    ) -> None:
        space = keras_tuner.HyperParameters()
        declare(space, spec.vary)
        super().__init__(
            objective=keras_tuner.Objective("val_accuracy", "max"), **band,
            hyperparameters=space, allow_new_entries=False, tune_new_entries=False,
            max_consecutive_failed_trials=2**31, directory=folder,
        )  # fmt: skip
        self.asked: list[Any] = []
        self._spec, self._score = spec, score

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        values = trial.hyperparameters.values
        settings = settings_of_trial(values, self._spec.vary)
        place = values["tuner/bracket"], values["tuner/round"]
        self.asked.append((int(trial.trial_id), settings, *place, values.get("tuner/trial_id")))
        if math.isnan(score := self._score(settings)):
            raise keras_tuner.errors.FailedTrialError("no score")
        return {"val_accuracy": score}
