"""Keras Tuner's Hyperband over networks of the compiled program.

Keras Tuner does what it is for: brackets, budgets, promotions. What else it does to the whole
process is left out: no `clear_session`, no files, nothing printed.
"""

import math
from collections.abc import Callable
from typing import Any

import keras_tuner

from engine.keras_adapter.keras_tuner_private import (
    FilelessOracle,
    begin_tuner,
    forget,
    rung_size,
)
from engine.keras_adapter.search_spaces import declare, settings_of_trial
from engine.specs.hyperband_schedule import Rung
from engine.specs.kinds.searches import HyperbandSpec

# trial, settings, rung, the trial it was promoted from -> validation accuracy; NaN: no score
Train = Callable[[int, dict[str, Any], Rung, int | None], float]


class _TrainingFailed(keras_tuner.errors.FatalError):  # type: ignore[misc]
    """Ends a search at once; an ordinary exception would count as one more failed trial."""


class Hyperband(keras_tuner.Hyperband):  # type: ignore[misc]
    """Keras Tuner's Hyperband; each trial is trained by a function.

    A trial without a score is a failed one to Keras Tuner: the search continues
    and nothing is promoted from it. Any exception of the function ends the
    search and comes out of `run`.
    """

    def __init__(self, train: Train, spec: HyperbandSpec, seed: int, folder: str) -> None:
        space = keras_tuner.HyperParameters()
        declare(space, spec.vary)
        oracle = FilelessOracle(
            objective=keras_tuner.Objective("val_accuracy", "max"),
            max_epochs=spec.max_epochs,
            factor=spec.factor,
            # 0 would be taken for "no seed" and be drawn from the process's generator
            seed=seed + 1,
            hyperparameters=space,
            allow_new_entries=False,
            tune_new_entries=False,
            max_consecutive_failed_trials=2**31,
        )
        self._train, self._vary = train, spec.vary
        begin_tuner(self, oracle, folder)

    def run(self) -> None:
        """Search until Keras Tuner's Hyperband is done."""
        try:
            self.search(verbose=0)
        except _TrainingFailed as failed:
            if failed.__cause__ is None:
                raise
            raise failed.__cause__ from None
        finally:
            forget(self.oracle)

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Let the function train; Keras Tuner calls this for every trial."""
        values = trial.hyperparameters.values
        bracket, number = values["tuner/bracket"], values["tuner/round"]
        first, epochs = values["tuner/initial_epoch"], values["tuner/epochs"]
        parent = values.get("tuner/trial_id")
        rung = Rung(bracket, number, rung_size(self.oracle, bracket, number), first, epochs)
        try:
            score = self._train(
                int(trial.trial_id),
                settings_of_trial(values, self._vary),
                rung,
                None if parent is None else int(parent),
            )
        except Exception as error:
            raise _TrainingFailed(str(error)) from error
        if math.isnan(score):
            raise keras_tuner.errors.FailedTrialError("no score")
        return {"val_accuracy": score}

    def save(self) -> None:
        """Keep nothing."""
