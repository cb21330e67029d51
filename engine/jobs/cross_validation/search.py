"""Random and grid search: scikit-learn's own searches over scikeras' classifier."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import joblib
import numpy as np

from engine.data.splits.split import Split
from engine.environment.machine import usable_threads
from engine.jobs.cross_validation.fold_tasks import (
    SearchRows,
    classifier,
    first_again,
    published,
    train_all,
)
from engine.jobs.cross_validation.study import Study
from engine.jobs.cross_validation.trial import FoldTraining
from engine.jobs.phases.artefacts import network_fields
from engine.jobs.phases.endings import epochs_done, stopped
from engine.jobs.phases.read_data import read_and_preprocess
from engine.jobs.trials.outer_folds import OuterFolds, Searched, accuracy_on_fold
from engine.jobs.trials.progress import TrialProgress
from engine.keras_adapter.sklearn_classifier import (
    parameter,
    without_effect,
)
from engine.planning.importance import importances
from engine.results.nested import Nested
from engine.results.search import SearchResult
from engine.runs.events import Plan
from engine.runs.reporter import Reporter, Stopped
from engine.sources.encoding import shown
from engine.specs.kinds.searches import CrossValidatedSpec
from engine.trainer.network import Network


def run(
    spec: CrossValidatedSpec, reporter: Reporter, drawn: Sequence[Mapping[str, Any]],
    search: Callable[..., Any], **own: Any,
) -> SearchResult:  # fmt: skip
    """Search with scikit-learn's `search(estimator, …, **own)`; evaluate the refitted best once.

    `drawn` are the parameters it is going to try, for the plan. Raises `Stopped`
    after a partial result, in which the test set stays held out.
    """
    prepared = read_and_preprocess(spec, reporter)
    shared, trials = SearchRows(spec, prepared), dict(enumerate(drawn))
    study = Study(spec, shared.pool(reporter), reporter, trials)
    outer = OuterFolds(spec, prepared, reporter)
    for sets in outer.sets:
        # too few rows are known before anything is trained
        replace(shared, sets=sets).pool(reporter).folds(spec.folds)
    reporter.emit(_plan(study))
    _notes(study)

    def search_on(sets: Split, reporter: Reporter) -> Searched:
        outer_fold = replace(shared, sets=sets)
        inner = Study(spec, outer_fold.pool(reporter), reporter, trials)
        trained, network = _searched(outer_fold, inner, search, **own)
        best = inner.trials.best
        assert best is not None
        return best, accuracy_on_fold(inner.pool.datasets(trained.rows), network.predict)

    try:
        trained, network = _searched(shared, study, search, **own)
        outer.search(search_on)
    except Stopped:
        _stopped(study, outer)
        raise
    reporter.phase("evaluating")
    reason = epochs_done(trained.epochs, stopped_early=trained.stopped_early)
    return _result(study, trained, network, reason, outer.result, open_test=True)


def _searched(
    shared: SearchRows, study: Study, search: Callable[..., Any], **own: Any
) -> tuple[FoldTraining, Network]:
    """Search, and refit the best trial on all rows: that training, and its network."""
    spec = study.spec
    study.reporter.phase("training the trials")
    if study.reporter.executor is not None:
        # scikit-learn then finds them done, as after an interruption
        train_all(shared, study)
    searching = search(
        classifier(spec, study),
        **own,
        scoring=study.score,
        cv=study.pool.folds(spec.folds),
        refit=study.choose,
        # in threads: half of a short training is compiled code, during which another one can run
        n_jobs=usable_threads(),
        error_score="raise",
        return_train_score=True,
    )
    with joblib.parallel_config(backend="threading"):
        searching.fit(np.arange(len(study.pool.y))[:, None], study.pool.y, **published(study))
    if study.refitted is None:
        raise RuntimeError("scikit-learn did not refit the best trial")
    return study.refitted


def parameters(spec: CrossValidatedSpec, adapt: Callable[[Any], Any]) -> dict[str, Any]:
    """The space under scikeras' names, each dimension as `adapt` makes it for scikit-learn."""
    space = {}
    for name, dimension in spec.vary.items():
        values = adapt(dimension)
        if name == "class_weight":
            values = [None if value == "none" else value for value in values]
        space[parameter(name, as_published=spec.protocol == "as_published")] = values
    return space


def _plan(study: Study) -> Plan:
    trials, folds = study.trials, study.spec.folds
    epochs = [trial.epochs_planned for trial in trials.all]
    times = 1 + study.spec.outer_folds
    return Plan(
        trials=len(epochs),
        trainings=(len(epochs) * folds + 1) * times,
        epochs=(sum(epochs) * folds + max(epochs)) * times,
    )


def _notes(study: Study) -> None:
    if not study.published:
        study.reporter.note(
            f"The training and validation sets are cross-validated together: {len(study.pool.y):,}"
            f" rows in {study.spec.folds} {_folds(study.spec)}."
        )
    if before := study.trials.restored:
        study.reporter.note(f"{before:,} trials were done before.")


def _folds(spec: CrossValidatedSpec) -> str:
    if spec.order is not None:
        return f"folds in the order of {shown(spec.order)}, each after what is learnt from"
    return "stratified folds" + (f" by {shown(spec.group)}" if spec.group is not None else "")


def _stopped(study: Study, outer: OuterFolds) -> None:
    """Report what the finished trials came to, if there are any, and raise `Stopped`."""
    trials = study.trials
    trials.stop()
    if study.reporter.interrupted:
        raise Stopped
    if study.refitted is not None:
        reason = f"stopped by request after {outer.reached}"
        study.reporter.finished(
            _result(study, *study.refitted, reason, outer.result, open_test=False)
        )
        raise stopped(reason, "the test set stays held out")
    reason = f"stopped by request after {len(trials.finished):,} of {len(trials.all):,} trials"
    if trials.best is None:
        raise stopped(reason, "none has a score yet")
    trained = study.first_of_best(trials.best) or first_again(study, trials.best)
    if trained is None:
        raise stopped(reason, "their scores are kept")
    network = study.rebuilt(trained)
    which = f"{reason}; the network is the best trial's of the first fold"
    study.reporter.finished(_result(study, trained, network, which, None, open_test=False))
    raise stopped(reason, "the test set stays held out")


def _result(
    study: Study, trained: FoldTraining, network: Network, reason: str,
    nested: Nested | None, *, open_test: bool,
) -> SearchResult:  # fmt: skip
    best, finished, names = study.trials.best, study.trials.finished, list(study.spec.vary)
    if best is None:
        raise ValueError("no trial has a score")
    idle = without_effect(names) if study.published else []
    # without the settings that had no effect: whatever they went with is chance
    effective = [trial.settings | dict.fromkeys(idle, 0) for trial in finished]
    # scikeras hands the size of a batch to fit: it is no setting of the network
    used = {"batch_size": best.effective_settings["batch_size"]}
    spec = trained.network.model_copy(update=used)
    return SearchResult(
        **network_fields(
            spec, network, study.pool.datasets(trained.rows), study.reporter,
            epochs=trained.epochs, open_test=open_test,
        ),
        kind=study.spec.kind,
        **best.chosen(),
        selection_score=best.mean,
        importances=importances(names, effective, [trial.mean for trial in finished]),
        epochs_spent=study.epochs_spent,
        epochs_run=trained.epochs,
        epoch_kept=trained.epoch_kept,
        stop_reason=reason,
        note=_note(idle, names, finished),
        nested=nested,
    )  # fmt: skip


def _named(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _note(idle: Sequence[str], varied: Sequence[str], finished: Sequence[TrialProgress]) -> str:
    """What a search as published comes to: `idle` settings were requested and had no effect."""
    if not idle:
        return ""
    rates = {trial.effective_settings["learning_rate"] for trial in finished}
    sizes = {trial.effective_settings["batch_size"] for trial in finished}
    if len(rates) > 1 or len(sizes) > 1:
        raise RuntimeError("settings that should have had no effect had one")
    if set(idle) == set(varied):
        return (
            f"All trials were the same network: {_named(idle)} had no effect, because the"
            " model comes compiled and fit is given its own epochs and batch size. The ranking"
            " is chance."
        )
    return f"As published {_named(idle)} had no effect: all trials were trained alike in that."
