"""A trial of a search: what it is to be, and what its trainings have come to."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.jobs.phases.effective_settings import effective_settings, relevant
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.runs.events import TrialEnded, TrialStarted, TrialStatus
from engine.specs.network import NetworkSpec
from engine.trainer.training import Training

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class FoldTraining:
    """What came of a training on the pool rows `rows`."""

    network: NetworkSpec
    weights: list[Array]
    rows: Array
    epochs: int
    epoch_kept: int
    stopped_early: bool


@dataclass
class TrialProgress:
    """A trial. What its folds came to is kept by their numbers: they end in any order."""

    number: int
    settings: dict[str, Any]
    epochs_planned: int
    group: str = ""
    status: TrialStatus = "running"
    begun: set[int] = field(default_factory=set)
    running_folds: int = 0
    used: dict[int, dict[str, Any]] = field(default_factory=dict)
    epochs: int = 0
    validation: dict[int, float] = field(default_factory=dict)
    train: dict[int, float] = field(default_factory=dict)
    first: FoldTraining | None = None
    ended: bool = False
    # it was done before the run was interrupted
    restored: bool = False

    @property
    def scores(self) -> tuple[float, ...]:
        """Validation accuracies, fold by fold."""
        return tuple(self.validation[fold] for fold in sorted(self.validation))

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

    def add(self, fold: int, training: Training, report: ReportEpochs) -> None:
        """Keep what a training used; a trial that diverged or was skipped is no longer running."""
        self.used[fold] = effective_settings(training)
        self.epochs += len(report.figures)
        if self.status == "running" and (report.diverged_at or report.skipped):
            self.status = "diverged" if report.diverged_at else "skipped"

    def start_event(self, parent: int | None = None) -> TrialStarted:
        """That it begins; `parent` is the trial it was promoted from."""
        return TrialStarted(
            at=time.time(),
            trial=self.number,
            settings=plain_settings(self.settings),
            epochs=self.epochs_planned,
            group=self.group,
            parent=parent,
        )

    def end_event(self) -> TrialEnded:
        """How it ended; without scores unless it has finished."""
        train = tuple(self.train[fold] for fold in sorted(self.train))
        finished = self.status == "finished"
        return TrialEnded(
            at=time.time(),
            trial=self.number,
            status=self.status,
            effective_settings=relevant(self.effective_settings, self.settings),
            scores={"train": train, "validation": self.scores} if finished else {},
            epochs=self.epochs,
        )


def named(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def plain_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with lists for tuples, as JSON has them."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in settings.items()}
