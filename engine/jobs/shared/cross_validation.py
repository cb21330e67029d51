"""Random and grid search: scikit-learn's own searches over scikeras' classifier."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import joblib
import numpy as np

from engine.data.folds import Pool, PublishedPool, StrictPool
from engine.data.load import Table
from engine.data.preprocess import PreprocessedData
from engine.environment.machine import usable_threads
from engine.jobs.shared.artefacts import network_fields
from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.effective import relevant
from engine.jobs.shared.study import Study
from engine.jobs.shared.trials import TrialProgress, named, plain_settings
from engine.keras_adapter.sklearn_classifier import (
    Classifier,
    IgnoredOptimizer,
    model_function,
    parameter,
    without_effect,
)
from engine.planning.importance import importances
from engine.results import SearchResult
from engine.runs.events import Plan
from engine.runs.reporter import Reporter, Stopped
from engine.specs.searches import CrossValidatedSpec
from engine.trainer.seeds import FOLDS, derived_seed


def run(
    spec: CrossValidatedSpec, reporter: Reporter, candidates: Sequence[Mapping[str, Any]],
    search: Callable[..., Any], **own: Any,
) -> SearchResult:  # fmt: skip
    """Search with scikit-learn's `search(estimator, …, **own)`; evaluate the refitted best once.

    `candidates` are the settings it is going to try, for the plan. Raises `Stopped`
    after a partial result, in which the test set stays held out.
    """
    table, prepared = read_and_prepare(spec, reporter)
    study = Study(spec, prepared, _pool(spec, table, prepared), reporter, candidates)
    reporter.emit(_plan(spec, candidates))
    _notes(study)
    reporter.phase("training the trials")
    searching = search(
        _classifier(spec, study),
        **own,
        scoring=study.score,
        cv=study.pool.folds(spec.folds),
        refit=study.choose,
        # in threads: half of a short training is compiled code, beside which another one can run
        n_jobs=usable_threads(),
        error_score="raise",
        return_train_score=True,
    )
    published = {"epochs": spec.epochs, "batch_size": spec.batch_size} if study.published else {}
    try:
        with joblib.parallel_config(backend="threading"):
            searching.fit(np.arange(len(study.pool.y))[:, None], study.pool.y, **published)
    except Stopped:
        _stopped(spec, table, study, len(candidates))
        raise
    return _finished(spec, table, study)


def _notes(study: Study) -> None:
    if not study.published:
        study.reporter.note(
            f"The training and validation sets are cross-validated together: {len(study.pool.y):,}"
            f" rows in {study.spec.folds} stratified folds."
        )
    before = sum(trial.restored for trial in study.trials)
    if before:
        study.reporter.note(f"{before:,} trials were done before.")


def _pool(spec: CrossValidatedSpec, table: Table, prepared: PreprocessedData) -> Pool:
    if spec.protocol == "as_published":
        return PublishedPool(prepared)
    early_stopping = spec.early_stopping is not None and spec.early_stopping.monitor.startswith(
        "val_"
    )
    seed = derived_seed(spec.split_seed, FOLDS)
    return StrictPool(table, spec, seed, early_stopping=early_stopping)


def _classifier(spec: CrossValidatedSpec, study: Study) -> Classifier:
    return Classifier(
        model=model_function,
        # the model comes compiled: what the post's way tells an optimizer goes nowhere
        optimizer=IgnoredOptimizer if study.published else None,
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        class_weight=None if spec.class_weight == "none" else spec.class_weight,
        verbose=0,
        study=study,
    )


def parameters(spec: CrossValidatedSpec, adapt: Callable[[Any], Any]) -> dict[str, Any]:
    """The space under scikeras' names, each dimension as `adapt` makes it for scikit-learn."""
    space = {}
    for name, dimension in spec.vary.items():
        values = adapt(dimension)
        if name == "class_weight":
            values = [None if value == "none" else value for value in values]
        space[parameter(name, as_published=spec.protocol == "as_published")] = values
    return space


def _plan(spec: CrossValidatedSpec, candidates: Sequence[Mapping[str, Any]]) -> Plan:
    fitted = spec.protocol == "as_published"
    epochs = [int(spec.epochs if fitted else c.get("epochs", spec.epochs)) for c in candidates]
    return Plan(
        at=time.time(),
        trials=len(candidates),
        trainings=len(candidates) * spec.folds + 1,
        epochs=sum(epochs) * spec.folds + max(epochs),
    )


def _fields(spec: CrossValidatedSpec, study: Study, best: TrialProgress) -> dict[str, Any]:
    finished = study.finished
    names, idle = list(spec.vary), without_effect(spec.vary) if study.published else []
    return {
        "kind": spec.kind,
        "best_trial": best.number,
        "best_settings": plain_settings(best.settings),
        "effective_settings": relevant(best.effective_settings, best.settings),
        "selection_score": best.mean,
        "selection_std": float(np.std(best.scores)),
        "importances": importances(
            names, [_effective(c, idle) for c in finished], [c.mean for c in finished]
        ),
        "epochs_spent": study.epochs_spent,
        "note": _note(study, finished),
    }


def _effective(trial: TrialProgress, idle: Sequence[str]) -> dict[str, Any]:
    """The settings without those that had no effect: whatever they went with is chance."""
    return trial.settings | dict.fromkeys(idle, 0)


def _note(study: Study, finished: Sequence[TrialProgress]) -> str:
    """What the post's way comes to: settings that were asked for and had no effect."""
    idle = without_effect(study.spec.vary) if study.published else []
    if not idle:
        return ""
    rates = {c.effective_settings["learning_rate"] for c in finished}
    sizes = {c.effective_settings["batch_size"] for c in finished}
    if len(rates) > 1 or len(sizes) > 1:
        raise RuntimeError("settings that should have had no effect had one")
    if set(idle) == set(study.spec.vary):
        return (
            f"All trials were the same network: {named(idle)} had no effect, because the"
            " model comes compiled and fit is given its own epochs and batch size. The ranking"
            " is chance."
        )
    return f"As published {named(idle)} had no effect: all trials were trained alike in that."


def _finished(spec: CrossValidatedSpec, table: Table, study: Study) -> SearchResult:
    if study.refitted is None or study.best is None:
        raise RuntimeError("scikit-learn did not refit the best trial")
    study.reporter.phase("evaluating")
    trained, network = study.refitted
    best = study.best
    early = f"early stopping after epoch {trained.epochs}"
    return SearchResult(
        **_fields(spec, study, best),
        **network_fields(
            table, study.pool.parts(trained.rows), network, study.reporter,
            batch_size=best.effective_settings["batch_size"], open_test=True,
        ),
        epochs_run=trained.epochs,
        epoch_kept=trained.epoch_kept,
        stop_reason=early if trained.stopped_early else f"all {trained.epochs:,} epochs done",
    )  # fmt: skip


def _stopped(spec: CrossValidatedSpec, table: Table, study: Study, candidates: int) -> None:
    """Report what the finished trials came to, if there are any, and raise `Stopped`."""
    study.stop()
    if study.reporter.interrupted:
        raise Stopped
    reason = f"stopped by request after {len(study.finished):,} of {candidates:,} trials"
    best = study.best
    if best is None:
        raise Stopped(f"{reason[:1].upper()}{reason[1:]}; none has a score yet.")
    trained = study.first_of_best()
    if trained is None:
        raise Stopped(f"{reason[:1].upper()}{reason[1:]}; their scores are kept.")
    result = SearchResult(
        **_fields(spec, study, best),
        **network_fields(
            table, study.pool.parts(trained.rows), study.rebuilt(trained), study.reporter,
            batch_size=best.effective_settings["batch_size"], open_test=False,
        ),
        epochs_run=trained.epochs,
        epoch_kept=trained.epoch_kept,
        stop_reason=f"{reason}; the network is the best trial's of the first fold",
    )  # fmt: skip
    study.reporter.finished(result)
    raise Stopped(f"{reason[:1].upper()}{reason[1:]}; the test set stays held out.")
