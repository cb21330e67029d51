"""What scikit-learn's searches fit their trials with.

scikit-learn clones, fits, scores and refits, some trainings at once; a `Study`
preprocesses each fold's rows once, hands out networks, reports, and heeds stop and skip.
"""

import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from engine.data.folds import Pool
from engine.data.preprocess import PreprocessedData
from engine.errors import EngineError
from engine.jobs.shared.epochs import ReportEpochs
from engine.jobs.shared.fittings import (
    CompletedFitting,
    Fitting,
    fold_checkpoint,
    read_fold,
)
from engine.jobs.shared.resume import completed_trial, progress_of
from engine.jobs.shared.trials import FoldTraining, TrialProgress, plain_settings
from engine.keras_adapter.build import build
from engine.keras_adapter.model_pool import ModelPool
from engine.keras_adapter.search_spaces import plain
from engine.keras_adapter.sklearn_classifier import Classifier, parameter
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.events import TrialStarted, training_key
from engine.runs.reporter import CheckpointDropped, Diverged, Reporter
from engine.specs import with_settings
from engine.specs.searches import CrossValidatedSpec
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.seeds import TRIAL, derived_seed

Array = np.ndarray[Any, Any]
NO_SCORE = math.nan
# how long trainings may take to heed a stop
STOP_SECONDS = 1.5


class Study:
    """All trainings of a random or grid search; its methods may be called by several threads.

    Trials that were done before the search was interrupted keep their scores.
    The first fold's network of the best trial is kept as a checkpoint, for
    the result of a search that is stopped.
    """

    def __init__(
        self,
        spec: CrossValidatedSpec,
        prepared: PreprocessedData,
        pool: Pool,
        reporter: Reporter,
        candidates: Sequence[Mapping[str, Any]],
    ) -> None:
        self.spec, self.pool, self.reporter = spec, pool, reporter
        self.published = spec.protocol == "as_published"
        self.refitted: tuple[FoldTraining, XlaSequential] | None = None
        self._sizes = (len(prepared.feature_names), len(prepared.class_names))
        self._models = ModelPool(*self._sizes)
        self._names = {parameter(n, as_published=self.published): n for n in spec.vary}
        self.trials = [self._progress(i, params) for i, params in enumerate(candidates)]
        # the trial with the highest mean so far, the first of equals
        self.best = max(self.finished, key=_rank, default=None)
        self._kept = set(reporter.resume_state.checkpoints)
        folds = pool.folds(spec.folds).split(np.zeros(len(pool.y)), pool.y)
        self._rows = [rows for rows, _ in folds]
        self._folds = {rows.tobytes(): fold for fold, rows in enumerate(self._rows)}
        self._chosen: TrialProgress | None = None
        self._refit_epochs = 0
        # guards all of the above; notified whenever a training has ended
        self._changed = threading.Condition(threading.RLock())

    def __sklearn_clone__(self) -> Self:
        return self

    @property
    def finished(self) -> list[TrialProgress]:
        """The trials that have a score."""
        return [trial for trial in self.trials if trial.status == "finished"]

    @property
    def epochs_spent(self) -> int:
        """Epochs trained so far, the refit's included."""
        return sum(trial.epochs for trial in self.trials) + self._refit_epochs

    # -- called by the classifier ----------------------------------------------------------------

    def begin(self, classifier: Classifier, rows: Array) -> Fitting | CompletedFitting | None:
        """A training on `rows` begins; None where its trial is to have no score."""
        self.reporter.check()
        with self._changed:
            trial, fold = self._place(classifier.get_params(), rows)
            if fold >= 0 and (trial.restored or trial.status != "running"):
                trial.begun.add(fold)
                return CompletedFitting(trial, fold) if trial.status == "finished" else None
            if fold >= 0:
                self._started(trial, fold)
            portion = self.pool.portion(rows)
        number = fold if fold >= 0 else self.spec.folds
        report = ReportEpochs(
            self.reporter,
            training_key(trial.number, number),
            # one fold that is skipped skips them all
            lambda: self.reporter.take_skip() or trial.status == "skipped",
        )
        rule = self.spec.early_stopping
        stopping = EarlyStopping(rule) if rule is not None else None
        return Fitting(trial, fold, rows, portion, report, stopping, self.spec.network)

    def build(self, fitting: Fitting, settings: Mapping[str, Any]) -> XlaSequential:
        """The network of a training; as published each begins from other weights."""
        fitting.spec = with_settings(self.spec.network, settings)
        seed = self.spec.seed
        if self.published:
            seed = derived_seed(
                seed, TRIAL, fitting.trial.number * (self.spec.folds + 1) + fitting.fold + 1
            )
        fitting.network = self._models.acquire(fitting.spec, seed)
        stopping = [fitting.stopping] if fitting.stopping is not None else []
        fitting.network.watchers = (fitting.report, *stopping)
        return fitting.network

    def ended(self, fitting: Fitting, network: XlaSequential) -> None:
        """Take in a training that has ended; raises `Stopped` when somebody asked for it."""
        report, trial, training = fitting.report, fitting.trial, network.training
        if training is None:
            raise RuntimeError("scikeras has fitted another network than it was given")
        with self._changed:
            if fitting.fold < 0:
                self._refit_epochs += len(report.figures)
                if report.diverged_at:
                    raise Diverged(
                        "The refit of the best trial diverged: its loss is not a number."
                    )
                self.refitted = (fitting.result(training, []), network)
                return
            trial.add(fitting.fold, training, report)
            if trial.status == "running" and fitting.fold == 0:
                # the next training goes over this network
                trial.first = fitting.result(training, network.get_weights())
            stopping = self.reporter.stopping
            if stopping or trial.status != "running":
                self._done(fitting)
        if stopping:
            self.reporter.check()

    # -- called by scikit-learn ------------------------------------------------------------------

    def score(self, classifier: Classifier, rows: Array, y: Array) -> float:
        """Accuracy: of each training first on the fold held out, then on its own rows."""
        fitting = classifier.fitting_
        if isinstance(fitting, CompletedFitting):
            return fitting.score()
        if fitting is None or fitting.network is None:
            return NO_SCORE
        hits = float(np.mean(classifier.predict(rows) == y))
        trial, fold = fitting.trial, fitting.fold
        with self._changed:
            if fold not in trial.validation:
                trial.validation[fold] = hits
                return hits
            trial.train[fold] = hits
            if len(trial.train) == self.spec.folds and trial.status == "running":
                self._finished(trial)
            self._done(fitting)
            for number in sorted(self._unneeded()):
                self._kept.remove(number)
                self.reporter.emit(CheckpointDropped(number))
        return hits

    def choose(self, results: Mapping[str, Any]) -> int:
        """The number of the best trial by mean validation accuracy, the first of equals."""
        best = self.best
        if best is None:
            raise EngineError(
                "No trial has a score: all of them diverged or were skipped.",
                "Try lower learning rates or other ranges.",
            )
        self._chosen = best
        self.reporter.phase("training the best trial on all rows but the test set")
        return best.number

    # -- stopping --------------------------------------------------------------------------------

    def stop(self) -> None:
        """Wait for running trainings, which heed the stop; what is unfinished has no score."""
        with self._changed:
            self._changed.wait_for(
                lambda: not any(trial.running_folds for trial in self.trials), STOP_SECONDS
            )
            for trial in self.trials:
                if trial.begun and not trial.ended:
                    trial.status = "stopped" if trial.status == "running" else trial.status
                    self._end(trial)

    def first_of_best(self) -> FoldTraining | None:
        """The best trial's training on the first fold; None where it is not kept any more."""
        best = self.best
        if best is None or best.first is not None:
            return best.first if best is not None else None
        body = self.reporter.resume_state.checkpoints.get(best.number)
        if body is None:
            return None
        own = {n: v for n, v in best.settings.items() if self._reaches_the_model(n)}
        spec = with_settings(self.spec.network, own)
        return read_fold(body, spec, build(spec, *self._sizes), self._rows[0])

    def _reaches_the_model(self, name: str) -> bool:
        return parameter(name, as_published=self.published).startswith("model__")

    def rebuilt(self, trained: FoldTraining) -> XlaSequential:
        """A network with the weights of a training."""
        network = build(trained.network, *self._sizes)
        network.set_weights(trained.weights)
        return network

    # -- within the lock -------------------------------------------------------------------------

    def _settings(self, params: Mapping[str, Any]) -> dict[str, Any]:
        settings = {self._names[n]: plain(v) for n, v in params.items() if n in self._names}
        if settings.get("class_weight", "none") is None:
            settings["class_weight"] = "none"
        return settings

    def _progress(self, number: int, params: Mapping[str, Any]) -> TrialProgress:
        settings = self._settings(params)
        before = completed_trial(
            self.reporter.resume_state, number, settings, folds=self.spec.folds
        )
        if before is not None:
            return progress_of(before, settings)
        epochs = self.spec.epochs if self.published else params.get("epochs", self.spec.epochs)
        return TrialProgress(number, settings, int(epochs))

    def _place(self, params: Mapping[str, Any], rows: Array) -> tuple[TrialProgress, int]:
        """Whose training it is, and on which fold; the same settings may have been drawn twice."""
        fold = self._folds.get(rows.tobytes(), -1)
        if self._chosen is not None and fold < 0:
            return self._chosen, fold
        settings = _key(self._settings(params))
        same = [trial for trial in self.trials if _key(trial.settings) == settings]
        return next((t for t in same if fold not in t.begun), same[-1]), fold

    def _started(self, trial: TrialProgress, fold: int) -> None:
        if not trial.begun:
            if not any(other.running_folds for other in self.trials):
                # requested while nothing was running
                self.reporter.take_skip()
            self.reporter.emit(
                TrialStarted(
                    at=time.time(),
                    trial=trial.number,
                    settings=plain_settings(trial.settings),
                    epochs=trial.epochs_planned,
                )
            )
        trial.begun.add(fold)
        trial.running_folds += 1

    def _finished(self, trial: TrialProgress) -> None:
        """Every fold of a trial has its scores; of all but the best they are enough."""
        trial.status = "finished"
        if self.best is not None and _rank(trial) <= _rank(self.best):
            trial.first = None
            return
        if self.best is not None:
            self.best.first = None
        self.best = trial
        if trial.first is not None:
            self._kept.add(trial.number)
            self.reporter.emit(fold_checkpoint(trial.number, trial.first))

    def _unneeded(self) -> set[int]:
        return self._kept - ({self.best.number} if self.best is not None else set())

    def _done(self, fitting: Fitting) -> None:
        """The training's network is free; a trial's end is reported with its last training."""
        network, fitting.network = fitting.network, None
        if network is not None:
            self._models.release(fitting.spec, network)
        fitting.trial.running_folds -= 1
        if fitting.trial.status != "running" and not fitting.trial.running_folds:
            self._end(fitting.trial)
        self._changed.notify_all()

    def _end(self, trial: TrialProgress) -> None:
        trial.ended = True
        self.reporter.emit(trial.event())


def _key(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, sort_keys=True)


def _rank(trial: TrialProgress) -> tuple[float, int]:
    return trial.mean, -trial.number
