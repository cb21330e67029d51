"""A trial of a run: what it is to be, and what its trainings have come to."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from engine.environment import clock
from engine.jobs.phases.effective_settings import effective_settings, relevant
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.runs.events import TrialEnded, TrialStarted, TrialStatus
from engine.runs.state import RunState
from engine.trainer.training import Training

# one that was stopped, or was running when the engine ended, is still to be done
DONE: Final = ("finished", "diverged", "skipped")


@dataclass
class TrialProgress:
    """A trial, whatever kind of run it belongs to; `parent` is the one it was promoted from.

    Scores (accuracies) are of the networks kept, by set and fold: the folds of a cross-validation
    end in any order, every other trial has fold 0 alone. `train_by_epochs` is of the shorter
    trainings that a trial stands for as well.
    """

    number: int
    settings: dict[str, Any]
    epochs_planned: int
    group: str = ""
    parent: int | None = None
    status: TrialStatus = "running"
    used: dict[int, dict[str, Any]] = field(default_factory=dict)
    epochs: int = 0
    train: dict[int, float] = field(default_factory=dict)
    validation: dict[int, float] = field(default_factory=dict)
    test: dict[int, float] = field(default_factory=dict)
    train_by_epochs: dict[int, float] = field(default_factory=dict)
    # when something was heard of it last: what was done elsewhere is heard in any order
    heard: float = 0.0

    @property
    def scores(self) -> dict[str, tuple[float, ...]]:
        """The accuracies on each set that has some, fold by fold."""
        sets = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: tuple(own[f] for f in sorted(own)) for name, own in sets.items() if own}

    @property
    def mean(self) -> float:
        """The mean validation accuracy over the folds."""
        return math.fsum(self.validation.values()) / len(self.validation)

    @property
    def effective_settings(self) -> dict[str, Any]:
        """What the first fold used; epochs and steps are the longest fold's."""
        used = [self.used[fold] for fold in sorted(self.used)]
        longest = {name: max(u[name] for u in used) for name in ("epochs", "steps") if used}
        return (used[0] if used else {}) | longest

    def add(self, training: Training, report: ReportEpochs, fold: int = 0) -> None:
        """Keep what a training used; a trial that diverged or was skipped is no longer running."""
        self.used[fold] = effective_settings(training)
        self.epochs += len(report.figures)
        if self.status == "running" and (report.diverged_at or report.skipped):
            self.status = "diverged" if report.diverged_at else "skipped"

    def chosen(self) -> dict[str, Any]:
        """What a result has of the trial that was chosen."""
        return {
            "best_trial": self.number,
            "best_settings": plain_settings(self.settings),
            "effective_settings": relevant(self.effective_settings, self.settings),
        }

    def start_event(self) -> TrialStarted:
        """That it begins."""
        self.heard = clock.steady()
        return TrialStarted(
            steady=self.heard,
            trial=self.number,
            settings=plain_settings(self.settings),
            epochs=self.epochs_planned,
            group=self.group,
            parent=self.parent,
        )

    def end_event(self) -> TrialEnded:
        """How it ended; without scores unless it has finished."""
        return TrialEnded(
            steady=max(self.heard, clock.steady()),
            trial=self.number,
            status=self.status,
            effective_settings=relevant(self.effective_settings, self.settings),
            scores=self.scores if self.status == "finished" else {},
            train_by_epochs=self.train_by_epochs,
            epochs=self.epochs,
        )

    def restored(self, earlier: RunState, *, folds: int | None = None) -> Self | None:
        """The trial as it ended before the run was interrupted; None where it is still to be done.

        It has to be the same, and to have a score for each of `folds` where it has finished. Its
        scores, effective settings and epochs come back to the bit. Whatever was half done begins
        again; its draws depend on seed, trial and fold alone.
        """
        trial = earlier.trials.get(self.number)
        if trial is None or trial.status not in DONE:
            return None
        same = (self.group, self.parent, plain_settings(self.settings))
        if (trial.group, trial.parent, trial.settings) != same:
            return None
        scores = [trial.scores.get(name, ()) for name in ("train", "validation", "test")]
        # of sweeps and Hyperband versions before 0.3.0 have not kept the training accuracy
        complete = len(scores[1]) == folds and len(scores[0]) in (0, folds)
        if trial.status == "finished" and folds is not None and not complete:
            return None
        train, validation, test = (dict(enumerate(own)) for own in scores)
        return replace(
            self,
            status=trial.status,
            used={0: trial.effective_settings} if trial.effective_settings else {},
            epochs=trial.epochs,
            train=train,
            validation=validation,
            test=test,
            train_by_epochs=trial.train_by_epochs,
        )


def plain_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with lists for tuples, as JSON has them."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in settings.items()}
