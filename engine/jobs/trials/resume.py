"""What an interrupted run has done already, and does not do again.

A completed trial is restored from its events: scores, effective settings and epochs are all
that a search needs of it, and come back to the bit. Whatever was half done
begins again; its draws depend on seed, trial and fold alone.
"""

from collections.abc import Mapping
from typing import Any

from engine.jobs.trials.progress import TrialProgress, plain_settings
from engine.runs.state import RunState, Trial

# one that was stopped, or was running when the engine ended, is still to be done
DONE = ("finished", "diverged", "skipped")


def completed_trial(
    earlier: RunState,
    number: int,
    settings: Mapping[str, Any],
    *,
    group: str = "",
    parent: int | None = None,
    folds: int | None = None,
) -> Trial | None:
    """The trial as it ended before the run was interrupted; None where it is still to be done.

    It has to be the same in all that is given; one that has finished, to have a
    score for each of `folds`.
    """
    trial = earlier.trials.get(number)
    if trial is None or trial.status not in DONE:
        return None
    if (trial.group, trial.parent) != (group, parent):
        return None
    if trial.settings != plain_settings(settings):
        return None
    scores = [len(trial.scores.get(part, ())) for part in ("train", "validation")]
    if trial.status == "finished" and folds is not None and scores != [folds, folds]:
        return None
    return trial


def progress_of(trial: Trial, settings: dict[str, Any]) -> TrialProgress:
    """The progress of a completed trial."""
    return TrialProgress(
        number=trial.number,
        settings=settings,
        epochs_planned=trial.epochs_planned,
        group=trial.group,
        status=trial.status,
        used={0: trial.effective_settings} if trial.effective_settings else {},
        epochs=trial.epochs,
        validation=dict(enumerate(trial.scores.get("validation", ()))),
        train=dict(enumerate(trial.scores.get("train", ()))),
        ended=True,
        restored=True,
    )
