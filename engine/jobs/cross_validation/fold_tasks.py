"""The trainings of a random or grid search as tasks that can be done elsewhere.

scikit-learn's search comes after them: it finds every trial with its scores, chooses, and refits
the best.
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.data.datasets import PreprocessedData
from engine.data.splits.folds import Pool, PublishedPool, StrictPool
from engine.data.splits.split import Split
from engine.jobs.cross_validation.study import Study
from engine.jobs.cross_validation.trial import CrossValidatedTrial, FoldTraining
from engine.jobs.trials.subruns import InnerReporter
from engine.keras_adapter.sklearn_classifier import Classifier, IgnoredOptimizer, model_function
from engine.runs.executor import Outlet, perform
from engine.runs.reporter import Reporter, Stopped
from engine.specs.kinds.searches import CrossValidatedSpec
from engine.trainer.seeds import FOLDS, derived_seed

# a stopped search may take so long for the network that it shows
AGAIN_SECONDS = 1.5


@dataclass(frozen=True, eq=False)
class SearchRows:
    """What all trainings of a search share; `sets` are those of an outer fold."""

    spec: CrossValidatedSpec
    prepared: PreprocessedData
    sets: Split | None = None

    def pool(self, reporter: Reporter) -> Pool:
        """The rows that trials are compared on."""
        spec, prepared = self.spec, self.prepared
        if spec.protocol == "as_published":
            return PublishedPool(prepared)
        rule = spec.early_stopping
        early_stopping = rule is not None and rule.monitor.startswith("val_")
        seed = derived_seed(spec.split_seed, FOLDS)
        return StrictPool(
            prepared.table, spec, seed,
            early_stopping=early_stopping, check=reporter.check, sets=self.sets,
        )  # fmt: skip


@dataclass(frozen=True)
class FoldTask:
    """The training of a trial on one fold; `params` are under scikeras' names."""

    trial: int
    fold: int
    params: Mapping[str, Any]


def train_all(shared: SearchRows, study: Study) -> None:
    """Do every training of `study` that is not done yet; raises `Stopped`."""
    todo = [trial for trial in study.trials.all if not trial.ended]
    tasks = [
        FoldTask(trial.number, fold, study.drawn[trial.number])
        for trial in todo
        for fold in range(shared.spec.folds)
    ]
    # what a stopped search shows is of the first fold, and is not preprocessed any more then
    study.pool.portion(study.rows[0])
    watch = _Watch(study)
    perform(train_folds, shared, tasks, watch, study.reporter, lambda task: task.trial)
    study.reporter.check()


@dataclass(frozen=True)
class _Watch:
    """Takes in trainings that were done elsewhere."""

    study: Study

    def started(self, number: int, fold: int) -> None:
        """A training begins."""
        trials = self.study.trials
        with trials.changed:
            trials.begin(trials.all[number], fold)

    def ended(self, number: int, fold: int, found: CrossValidatedTrial) -> None:
        """A training has come to what `found` has of this fold."""
        trials = self.study.trials
        with trials.changed:
            trial = trials.all[number]
            # after one that has diverged the others of its trial count for nothing
            if trial.status == "running":
                trial.take_fold(fold, found)
            trials.end(trial)


def train_folds(
    shared: SearchRows, tasks: Sequence[FoldTask], outlet: Outlet[_Watch], threads: int
) -> None:
    """Do some trainings, each as scikit-learn's search does it: one after the other."""
    pool = _kept(shared)
    for task in tasks:
        outlet.reporter.check()
        reporter = InnerReporter(outlet.reporter)
        study = Study(shared.spec, pool, reporter, {task.trial: task.params})
        outlet.report(_Watch.started, task.trial, task.fold)
        with suppress(Stopped):
            _fit(study, task.trial, task.fold)
        found = study.trials.all[0]
        # the weights of all trials would be more than all else
        found.first = None
        outlet.report(_Watch.ended, task.trial, task.fold, found)


def first_again(study: Study, best: CrossValidatedTrial) -> FoldTraining | None:
    """The best trial's training on the first fold, done again; None where that takes long.

    One that was done elsewhere has left its scores alone.
    """
    reporter = Reporter()
    timer = threading.Timer(AGAIN_SECONDS, reporter.request_stop)
    timer.start()
    own = {best.number: study.drawn[best.number]}
    with suppress(Stopped):
        again = Study(study.spec, study.pool, reporter, own)
        _fit(again, best.number, 0)
        timer.cancel()
        return again.trials.all[0].first
    return None


def _fit(study: Study, trial: int, fold: int) -> None:
    """Do one training as scikit-learn's search does it."""
    rows = study.rows[fold]
    own = classifier(study.spec, study).set_params(**study.drawn[trial])
    own.fit(rows[:, None], study.pool.y[rows], **published(study))


# of the last two: a worker may do two searches at a time
@lru_cache(maxsize=2)
def _kept(shared: SearchRows) -> Pool:
    """What the batches of a search have in common on a worker: preprocessed folds."""
    return shared.pool(Reporter())


def classifier(spec: CrossValidatedSpec, study: Study) -> Classifier:
    """What scikit-learn clones, fits and scores."""
    return Classifier(
        model=model_function,
        # the model comes compiled: the arguments that the post gives an optimizer go nowhere
        optimizer=IgnoredOptimizer if study.published else None,
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        class_weight=None if spec.class_weight == "none" else spec.class_weight,
        verbose=0,
        study=study,
    )


def published(study: Study) -> dict[str, Any]:
    """What the post's way hands to fit, over the parameters of the trials."""
    spec = study.spec
    return {"epochs": spec.epochs, "batch_size": spec.batch_size} if study.published else {}
