"""The trials of a run in the order of their scores, as every surface ranks them."""

from statistics import fmean
from typing import Any

from engine.results.statistics import sample_std
from engine.runs.state import RunState, Trial

# what Keras Tuner keeps among a trial's settings and is none
BOOKKEEPING = "tuner/"


def own_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without Keras Tuner's bookkeeping."""
    return {name: value for name, value in settings.items() if not name.startswith(BOOKKEEPING)}


def mean_score(trial: Trial) -> float | None:
    """The mean validation accuracy over folds, a fraction; None while there is none."""
    scores = trial.scores.get("validation")
    return fmean(scores) if scores else None


def score_std(trial: Trial) -> float | None:
    """The standard deviation over folds, with n - 1; None without several."""
    return sample_std(trial.scores.get("validation", ()))


def ranked(state: RunState) -> list[Trial]:
    """Scored trials best first, then running ones, then the others.

    Of equals the one that the search has chosen comes first, else the earliest.
    """
    best = getattr(state.result, "best_trial", None)

    def rank(trial: Trial) -> tuple[bool, float, bool, int]:
        score = mean_score(trial)
        if score is None:
            return True, 0.0, trial.status != "running", trial.number
        return False, -score, trial.number != best, trial.number

    return sorted(state.trials.values(), key=rank)


def best_trial(state: RunState) -> Trial | None:
    """The trial of the highest score so far."""
    first = next(iter(ranked(state)), None)
    return first if first is not None and mean_score(first) is not None else None
