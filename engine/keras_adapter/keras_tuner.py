"""Keras Tuner's Hyperband over networks of the compiled program.

Its oracle does what Keras Tuner is for: brackets, budgets, random draws, promotions. It is called
as several of Keras Tuner's tuners at once would call it, for all trials of a rung before one of
them has ended: those are independent of each other. What a tuner does to the whole process is left
out: no `clear_session`, no files, nothing printed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import TrialStatus

from engine.keras_adapter.keras_tuner_private import RungOracle, forget, rung_size
from engine.keras_adapter.search_spaces import declare, settings_of_trial
from engine.specs.hyperband_schedule import Rung
from engine.specs.kinds.searches import HyperbandSpec


@dataclass(frozen=True)
class RequestedTrial:
    """A trial as Keras Tuner wants it trained; `parent` is the one it was promoted from."""

    number: int
    settings: dict[str, Any]
    rung: Rung
    parent: int | None


# the trials of a rung -> the validation accuracy of each; NaN: no score
TrainRung = Callable[[Sequence[RequestedTrial]], Sequence[float]]


def search(train_rung: TrainRung, spec: HyperbandSpec, seed: int) -> None:
    """Search until Keras Tuner's Hyperband is done; raises what `train_rung` raises.

    A trial without a score is a failed one to Keras Tuner: the search continues and nothing is
    promoted from it.
    """
    space = keras_tuner.HyperParameters()
    declare(space, spec.vary)
    oracle = RungOracle(
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
    oracle.verbose = 0
    try:
        while trials := _next_rung(oracle):
            scores = train_rung([_requested(oracle, trial, spec) for trial in trials])
            for trial, score in zip(trials, scores, strict=True):
                _end(oracle, trial, score)
    finally:
        forget(oracle)


def _next_rung(oracle: RungOracle) -> list[Any]:
    """Begin all trials of the next rung, in order of number; none when the search is done."""
    trials: list[Any] = []
    while True:
        # to the oracle each trial that is under way has a tuner of its own
        trial = oracle.create_trial(f"tuner{len(trials)}")
        if trial.status != TrialStatus.RUNNING:
            return trials
        trials.append(trial)


def _requested(oracle: RungOracle, trial: Any, spec: HyperbandSpec) -> RequestedTrial:
    values = trial.hyperparameters.values
    bracket, number = values["tuner/bracket"], values["tuner/round"]
    parent = values.get("tuner/trial_id")
    return RequestedTrial(
        int(trial.trial_id),
        settings_of_trial(values, spec.vary),
        Rung(
            bracket, number, rung_size(oracle, bracket, number),
            values["tuner/initial_epoch"], values["tuner/epochs"],
        ),
        None if parent is None else int(parent),
    )  # fmt: skip


def _end(oracle: RungOracle, trial: Any, score: float) -> None:
    trial.status = TrialStatus.FAILED
    if not math.isnan(score):
        oracle.update_trial(trial.trial_id, {"val_accuracy": score})
        trial.status = TrialStatus.COMPLETED
    oracle.end_trial(trial)
