"""The trials of a random or grid search: which training is whose, and which trial is the best."""

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.jobs.cross_validation.trial import CrossValidatedTrial, fold_checkpoint
from engine.keras_adapter.search_spaces import plain
from engine.keras_adapter.sklearn_classifier import parameter
from engine.runs.reporter import CheckpointDropped, Reporter
from engine.specs.kinds.searches import CrossValidatedSpec

Array = np.ndarray[Any, Any]
# how long trainings may take to heed a stop
STOP_SECONDS = 1.5


class SearchTrials:
    """All trials of a search, each trained once a fold; the trainings end in any order.

    `drawn` are the parameters of each trial by its number, under scikeras' names, `fold_rows` the
    pool rows that are trained on in each fold. Trials that were done before the search was
    interrupted keep their scores; `restored` is how many. `changed` guards the trials: hold it
    around every call but `stop`.
    """

    def __init__(
        self,
        spec: CrossValidatedSpec,
        reporter: Reporter,
        drawn: Mapping[int, Mapping[str, Any]],
        fold_rows: Sequence[Array],
    ) -> None:
        self._spec, self._reporter = spec, reporter
        self._published = spec.protocol == "as_published"
        self._names = {parameter(n, as_published=self._published): n for n in spec.vary}
        self.all = [self._trial(number, params) for number, params in drawn.items()]
        self.restored = sum(trial.ended for trial in self.all)
        # the trial with the highest mean so far, the first of equals
        self.best = max(self.finished, key=_rank, default=None)
        self._stored = set(reporter.resume_state.checkpoints)
        self._folds = {rows.tobytes(): fold for fold, rows in enumerate(fold_rows)}
        # notified whenever a training has ended
        self.changed = threading.Condition(threading.RLock())

    @property
    def finished(self) -> list[CrossValidatedTrial]:
        """The trials that have a score."""
        return [trial for trial in self.all if trial.status == "finished"]

    def place(self, params: Mapping[str, Any], rows: Array) -> tuple[CrossValidatedTrial, int]:
        """Whose training it is, and on which fold; -1 is the refit of the best on all rows.

        The same settings may have been drawn twice.
        """
        fold = self._folds.get(rows.tobytes(), -1)
        if fold < 0 and self.best is not None:
            return self.best, fold
        settings = _key(self._settings(params))
        same = [trial for trial in self.all if _key(trial.settings) == settings]
        return next((t for t in same if fold not in t.begun), same[-1]), fold

    def begin(self, trial: CrossValidatedTrial, fold: int) -> bool:
        """Whether there is a training to begin; with its first one a trial's start is reported."""
        first = not trial.begun
        trial.begun.add(fold)
        if trial.status != "running":
            return False
        if first:
            if not any(other.running_folds for other in self.all):
                # requested while nothing was running
                self._reporter.take_skip()
            self._reporter.emit(trial.start_event())
        trial.running_folds += 1
        return True

    def end(self, trial: CrossValidatedTrial) -> None:
        """A training is over; a trial's end is reported with its last training."""
        if trial.status == "running" and len(trial.train) == self._spec.folds:
            self._finish(trial)
        trial.running_folds -= 1
        if trial.status != "running" and not trial.running_folds:
            self._end(trial)
        self._drop_checkpoints()
        self.changed.notify_all()

    def _finish(self, trial: CrossValidatedTrial) -> None:
        """Every fold of a trial has its scores; of all but the best they are enough."""
        trial.status = "finished"
        if self.best is not None and _rank(trial) <= _rank(self.best):
            trial.first = None
            return
        if self.best is not None:
            self.best.first = None
        self.best = trial
        if trial.first is not None:
            self._stored.add(trial.number)
            self._reporter.emit(fold_checkpoint(trial.number, trial.first))

    def _drop_checkpoints(self) -> None:
        """Drop those of trials that are no longer the best."""
        needed = {self.best.number} if self.best is not None else set()
        for number in sorted(self._stored - needed):
            self._reporter.emit(CheckpointDropped(number))
        self._stored &= needed

    def stop(self) -> None:
        """Wait for running trainings, which heed the stop; what is unfinished has no score."""
        with self.changed:
            self.changed.wait_for(
                lambda: not any(trial.running_folds for trial in self.all), STOP_SECONDS
            )
            for trial in self.all:
                if trial.begun and not trial.ended:
                    trial.status = "stopped" if trial.status == "running" else trial.status
                    self._end(trial)

    def _end(self, trial: CrossValidatedTrial) -> None:
        trial.ended = True
        self._reporter.emit(trial.end_event())

    def _trial(self, number: int, params: Mapping[str, Any]) -> CrossValidatedTrial:
        epochs = self._spec.epochs
        planned = int(epochs if self._published else params.get("epochs", epochs))
        trial = CrossValidatedTrial(number, self._settings(params), planned)
        before = trial.restored(self._reporter.resume_state.state, folds=self._spec.folds)
        if before is None:
            return trial
        before.ended = True
        return before

    def _settings(self, params: Mapping[str, Any]) -> dict[str, Any]:
        settings = {self._names[n]: plain(v) for n, v in params.items() if n in self._names}
        if settings.get("class_weight", "none") is None:
            settings["class_weight"] = "none"
        return settings


def _key(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, sort_keys=True)


def _rank(trial: CrossValidatedTrial) -> tuple[float, int]:
    return trial.mean, -trial.number
