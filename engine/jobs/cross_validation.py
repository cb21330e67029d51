"""Random and grid search: scikit-learn's own searches over scikeras' classifier.

scikit-learn clones, fits, scores and refits; a `Study` is what it fits with: it
prepares each fold's rows once, builds networks, reports, and heeds stop and skip.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from engine.data.load import Table
from engine.data.pool import Pool, Portion, PublishedPool, StrictPool
from engine.data.prepare import Prepared
from engine.errors import EngineError
from engine.events import Plan, TrialStarted, training_key
from engine.jobs.candidates import (
    Candidate,
    Live,
    named,
    network_fields,
    plain_settings,
    settle,
)
from engine.jobs.data import read_and_prepare
from engine.network.build import build
from engine.network.network import Network
from engine.network.reuse import Networks
from engine.network.seeds import FOLDS, TRIAL, derived_seed
from engine.network.space_adapters import plain
from engine.network.tuning import Classifier, Idle, parameter, without_effect
from engine.network.tuning import network as model_function
from engine.network.watched import Stopper, settings_shown
from engine.reporter import Diverged, Reporter, Stopped
from engine.results import SearchResult
from engine.searches import influences
from engine.specs import GridSearchSpec, NetworkSpec, RandomSearchSpec, with_settings

Array = np.ndarray[Any, Any]
Spec = RandomSearchSpec | GridSearchSpec
NO_SCORE = math.nan


@dataclass(frozen=True)
class Trained:
    """A network with the pool rows it was trained on, and how its training went."""

    network: NetworkSpec
    weights: list[Array]
    rows: Array
    epochs: int
    epoch_kept: int
    stopped_early: bool


class Study:
    """What a search fits its candidates with; scikit-learn calls it, fold by fold.

    Candidates are taken one after the other, each over all folds, and the best
    once more over the whole pool: the order in which scikit-learn works with
    `n_jobs=1`.
    """

    def __init__(self, spec: Spec, prepared: Prepared, pool: Pool, reporter: Reporter) -> None:
        self.spec, self.pool, self.reporter = spec, pool, reporter
        self.published = spec.protocol == "as_published"
        self.done: list[Candidate] = []
        self.best: tuple[Candidate, Trained] | None = None
        self.refitted: Trained | None = None
        self.epochs_spent = 0
        self.live = Live(reporter)
        self.stopper = Stopper(spec.early_stopping) if spec.early_stopping else None
        self._sizes = (len(prepared.feature_names), len(prepared.class_names))
        self._networks = Networks(*self._sizes)
        self._spec = spec.network
        self._names = {parameter(n, as_published=self.published): n for n in spec.vary}
        self._now: Candidate | None = None
        self._chosen: Candidate | None = None
        self._first: Trained | None = None
        self._rows: Array = np.empty(0, np.int64)
        self._trainings = 0

    def __sklearn_clone__(self) -> Self:
        return self

    # -- called by the classifier -----------------------------------------------------------------

    def begin(self, rows: Array, params: Mapping[str, Any]) -> Portion | None:
        """The rows of the training that begins; None where its candidate has no score already."""
        self.reporter.check()
        fold = self._trainings % self.spec.folds
        if self._chosen is not None:
            key = training_key(self._chosen.number, self.spec.folds)
        else:
            if fold == 0:
                self._start(params)
            key = training_key(len(self.done), fold)
            if self._now is None or self._now.status != "running":
                self._trainings += 1
                return None
        self._trainings += 1
        self._rows = rows
        portion = self.pool.portion(rows)
        self.live.begin(key, 0)
        return portion

    def build(self, settings: Mapping[str, Any]) -> Network:
        """The network of a candidate; as published each training begins from other weights."""
        self._spec = with_settings(self.spec.network, settings)
        seed = self.spec.seed
        if self.published:
            seed = derived_seed(seed, TRIAL, self._trainings)
        return self._networks.fresh(self._spec, seed)

    def rebuilt(self, trained: Trained) -> Network:
        """A network with the weights of a training."""
        network = build(trained.network, *self._sizes)
        network.set_weights(trained.weights)
        return network

    def ended(self, network: Network) -> None:
        """Take in a training; raises `Stopped` when somebody asked for it."""
        epochs = self.live.epochs
        self.epochs_spent += epochs
        stopper = self.stopper
        keeps = stopper is not None and bool(
            self.spec.early_stopping and self.spec.early_stopping.restore_best
        )
        trained = Trained(
            self._spec,
            network.get_weights(),
            self._rows,
            epochs,
            stopper.best_epoch + 1 if stopper is not None and keeps else epochs,
            stopper is not None and stopper.stopped_early,
        )
        if self._now is not None:
            self._now.trained(network, self.live)
            if not settle(self.live, self._now):
                self._end()
            elif self._first is None:
                self._first = trained
        elif self.live.diverged:
            raise Diverged("The refit of the best candidate diverged: its loss was no number.")
        else:
            self.refitted = trained
        self.reporter.check()

    def stop(self) -> None:
        """The candidate at work, if there is one, ends without a score."""
        if self._now is not None and self._now.status == "running":
            self._now.status = "stopped"
            self._end()

    # -- called by scikit-learn -----------------------------------------------------------------

    def score(self, estimator: Classifier, rows: Array, y: Array) -> float:
        """Accuracy: of each training first on the fold held out, then on its own rows."""
        now = self._now
        if now is None or now.status != "running":
            return NO_SCORE
        hits = float(np.mean(estimator.predict(rows) == y))
        if len(now.validation) == len(now.train):
            now.validation.append(hits)
            return hits
        now.train.append(hits)
        if len(now.train) == self.spec.folds:
            now.status = "finished"
            self._end()
        return hits

    def choose(self, results: Mapping[str, Any]) -> int:
        """The place of the best candidate by mean validation accuracy, the first of equals."""
        means = np.asarray(results["mean_test_score"], np.float64)
        if np.isnan(means).all():
            raise EngineError(
                "No candidate has a score: all of them diverged or were skipped.",
                "Try lower learning rates or other ranges.",
            )
        best = int(np.nanargmax(means))
        self._chosen, self._now = self.done[best], None
        self.reporter.phase("training the best candidate on all rows but the test part")
        return best

    def _start(self, params: Mapping[str, Any]) -> None:
        settings = {self._names[n]: plain(v) for n, v in params.items() if n in self._names}
        if settings.get("class_weight", "none") is None:
            settings["class_weight"] = "none"
        self._now, self._first = Candidate(len(self.done), settings), None
        # asked for while nothing was at work
        self.reporter.take_skip()
        epochs = self.spec.epochs if self.published else params["epochs"]
        self.reporter.emit(
            TrialStarted(
                at=time.time(),
                trial=self._now.number,
                settings=plain_settings(settings),
                epochs=int(epochs),
            )
        )

    def _end(self) -> None:
        now = self._now
        if now is None:
            return
        self.reporter.emit(now.ended())
        self.done.append(now)
        better = now.status == "finished" and (self.best is None or now.mean > self.best[0].mean)
        if better and self._first is not None:
            self.best = (now, self._first)


def run(
    spec: Spec, reporter: Reporter, candidates: Sequence[Mapping[str, Any]],
    search: Callable[..., Any], **own: Any,
) -> SearchResult:  # fmt: skip
    """Search with scikit-learn's `search(estimator, …, **own)`, then score the refitted best once.

    `candidates` are what it is going to try, for the plan. Raises `Stopped`
    after a partial result, in which the test part stays sealed.
    """
    table, prepared = read_and_prepare(spec, reporter)
    study = Study(spec, prepared, _pool(spec, table, prepared), reporter)
    reporter.emit(_plan(spec, candidates))
    folds = study.pool.folds(spec.folds)
    smallest = int(np.bincount(study.pool.y).min())
    if smallest < spec.folds:
        reporter.warn(
            f"The smallest class has {smallest} rows for {spec.folds} folds: some folds lack it."
        )
    if not study.published:
        reporter.note(
            f"The training and validation parts are cross-validated together: {len(study.pool.y):,}"
            f" rows in {spec.folds} stratified folds."
        )
    reporter.phase("training the candidates")
    searching = search(
        _classifier(spec, study),
        **own,
        scoring=study.score,
        cv=folds,
        refit=study.choose,
        n_jobs=1,
        error_score="raise",
        return_train_score=True,
    )
    published = {"epochs": spec.epochs, "batch_size": spec.batch_size} if study.published else {}
    try:
        searching.fit(np.arange(len(study.pool.y))[:, None], study.pool.y, **published)
    except Stopped:
        _stopped(spec, table, study, len(candidates))
        raise
    return _finished(spec, table, study)


def _pool(spec: Spec, table: Table, prepared: Prepared) -> Pool:
    if spec.protocol == "as_published":
        return PublishedPool(prepared)
    steered = spec.early_stopping is not None and spec.early_stopping.monitor.startswith("val_")
    seed = derived_seed(spec.split_seed, FOLDS)
    return StrictPool(table, spec, seed, steered=steered)


def _classifier(spec: Spec, study: Study) -> Classifier:
    callbacks: list[Any] = [study.live]
    if study.stopper is not None:
        callbacks.append(study.stopper)
    return Classifier(
        model=model_function,
        # the model comes compiled: what the post's way tells an optimizer goes nowhere
        optimizer=Idle if study.published else None,
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        class_weight=None if spec.class_weight == "none" else spec.class_weight,
        callbacks=callbacks,
        verbose=0,
        study=study,
    )


def parameters(spec: Spec, adapt: Callable[[Any], Any]) -> dict[str, Any]:
    """The space under scikeras' names, each dimension as `adapt` makes it for scikit-learn."""
    space = {}
    for name, dimension in spec.vary.items():
        values = adapt(dimension)
        if name == "class_weight":
            values = [None if value == "none" else value for value in values]
        space[parameter(name, as_published=spec.protocol == "as_published")] = values
    return space


def _plan(spec: Spec, candidates: Sequence[Mapping[str, Any]]) -> Plan:
    fitted = spec.protocol == "as_published"
    epochs = [int(spec.epochs if fitted else c.get("epochs", spec.epochs)) for c in candidates]
    return Plan(
        at=time.time(),
        trials=len(candidates),
        trainings=len(candidates) * spec.folds + 1,
        epochs=sum(epochs) * spec.folds + max(epochs),
    )


def _fields(spec: Spec, study: Study, best: Candidate) -> dict[str, Any]:
    finished = [c for c in study.done if c.status == "finished"]
    names, idle = list(spec.vary), without_effect(spec.vary) if study.published else []
    return {
        "kind": spec.kind,
        "best_trial": best.number,
        "best_settings": plain_settings(best.settings),
        "settings_used": settings_shown(best.used, best.settings),
        "selection_score": best.mean,
        "selection_std": float(np.std(best.validation)),
        "influences": influences(
            names, [_effective(c, idle) for c in finished], [c.mean for c in finished]
        ),
        "epochs_spent": study.epochs_spent,
        "note": _note(study, finished),
    }


def _effective(candidate: Candidate, idle: Sequence[str]) -> dict[str, Any]:
    """The settings without those that had no effect: whatever they went with is chance."""
    return candidate.settings | dict.fromkeys(idle, 0)


def _note(study: Study, finished: Sequence[Candidate]) -> str:
    """What the post's way comes to: settings that were asked for and had no effect."""
    idle = without_effect(study.spec.vary) if study.published else []
    if not idle:
        return ""
    rates = {c.used["learning_rate"] for c in finished}
    sizes = {c.used["batch_size"] for c in finished}
    if len(rates) > 1 or len(sizes) > 1:
        raise RuntimeError("settings that should have had no effect had one")
    if set(idle) == set(study.spec.vary):
        return (
            f"All candidates were the same network: {named(idle)} had no effect, because the"
            " model comes compiled and fit is given its own epochs and batch size. The ranking"
            " is chance."
        )
    return f"As published {named(idle)} had no effect: all candidates were trained alike in that."


def _finished(spec: Spec, table: Table, study: Study) -> SearchResult:
    trained = study.refitted
    if trained is None or study.best is None:
        raise RuntimeError("scikit-learn did not refit the best candidate")
    study.reporter.phase("scoring")
    best = study.best[0]
    early = f"early stopping after epoch {trained.epochs}"
    return SearchResult(
        **_fields(spec, study, best),
        **network_fields(
            table, study.pool.parts(trained.rows), study.rebuilt(trained), study.reporter,
            batch_size=best.used["batch_size"], open_test=True,
        ),
        epochs_run=trained.epochs,
        epoch_kept=trained.epoch_kept,
        stopped_because=early if trained.stopped_early else f"all {trained.epochs:,} epochs done",
    )  # fmt: skip


def _stopped(spec: Spec, table: Table, study: Study, candidates: int) -> None:
    """Report what the finished candidates came to, if there are any, and raise `Stopped`."""
    study.stop()
    done = sum(c.status == "finished" for c in study.done)
    reason = f"stopped by request after {done:,} of {candidates:,} candidates"
    if study.best is None:
        raise Stopped(f"{reason[:1].upper()}{reason[1:]}; none has a score yet.")
    best, trained = study.best
    result = SearchResult(
        **_fields(spec, study, best),
        **network_fields(
            table, study.pool.parts(trained.rows), study.rebuilt(trained), study.reporter,
            batch_size=best.used["batch_size"], open_test=False,
        ),
        epochs_run=trained.epochs,
        epoch_kept=trained.epoch_kept,
        stopped_because=f"{reason}; the network is the best candidate's of the first fold",
    )  # fmt: skip
    study.reporter.finished(result)
    raise Stopped(f"{reason[:1].upper()}{reason[1:]}; the test part stays sealed.")
