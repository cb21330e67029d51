"""What scikit-learn's searches fit their candidates with.

scikit-learn clones, fits, scores and refits, some trainings at once; a `Study`
prepares each fold's rows once, lends networks, reports, and heeds stop and skip.
"""

import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from engine.data.folds import Pool, Portion
from engine.data.preprocess import Prepared
from engine.errors import EngineError
from engine.jobs.shared.checkpoint import TrainState, noted, readable
from engine.jobs.shared.resume import as_tried, recalled
from engine.jobs.shared.trials import Live, Trained, Tried, plain_settings
from engine.keras_adapter.build import build
from engine.keras_adapter.callbacks import Stopper
from engine.keras_adapter.model_pool import Networks
from engine.keras_adapter.network import Network, Snapshot
from engine.keras_adapter.search_spaces import plain
from engine.keras_adapter.tuning import Classifier, parameter
from engine.runs.events import TrialStarted, training_key
from engine.runs.reporter import Checkpoint, CheckpointDropped, Diverged, Reporter
from engine.specs import GridSearchSpec, NetworkSpec, RandomSearchSpec, with_settings
from engine.trainer.seeds import TRIAL, derived_seed

Array = np.ndarray[Any, Any]
Spec = RandomSearchSpec | GridSearchSpec
NO_SCORE = math.nan
# how long trainings that were told to stop may take to do so
STOP_SECONDS = 1.5


@dataclass
class Fitting:
    """One training at work: of a candidate on a fold, or the refit of the best (fold -1)."""

    tried: Tried
    fold: int
    rows: Array
    portion: Portion
    live: Live
    stopper: Stopper | None
    spec: NetworkSpec
    network: Network | None = None


@dataclass
class Recalled:
    """A training of a candidate that was done before the search was cut off."""

    tried: Tried
    fold: int
    told: bool = False
    portion: None = None

    def score(self) -> float:
        """What the training came to: first on the fold held out, then on its own rows."""
        of = self.tried.train if self.told else self.tried.validation
        self.told = True
        return of[self.fold]


class Study:
    """All trainings of a random or grid search; its methods may be called by several threads.

    Candidates that were done before the search was cut off keep their scores.
    The first fold's network of the best candidate is kept as a checkpoint, for
    the result of a search that is stopped.
    """

    def __init__(
        self,
        spec: Spec,
        prepared: Prepared,
        pool: Pool,
        reporter: Reporter,
        candidates: Sequence[Mapping[str, Any]],
    ) -> None:
        self.spec, self.pool, self.reporter = spec, pool, reporter
        self.published = spec.protocol == "as_published"
        self.refitted: tuple[Trained, Network] | None = None
        self._sizes = (len(prepared.feature_names), len(prepared.class_names))
        self._networks = Networks(*self._sizes)
        self._names = {parameter(n, as_published=self.published): n for n in spec.vary}
        self.tried = [self._tried(i, params) for i, params in enumerate(candidates)]
        # the candidate with the highest mean so far, the first of equals
        self.best = max(self.finished, key=_rank, default=None)
        self._kept = set(reporter.resume_state.checkpoints)
        folds = pool.folds(spec.folds).split(np.zeros(len(pool.y)), pool.y)
        self._rows = [rows for rows, _ in folds]
        self._folds = {rows.tobytes(): fold for fold, rows in enumerate(self._rows)}
        self._chosen: Tried | None = None
        self._refit_epochs = 0
        # guards all of the above; told whenever a training has ended
        self._changed = threading.Condition(threading.RLock())

    def __sklearn_clone__(self) -> Self:
        return self

    @property
    def finished(self) -> list[Tried]:
        """The candidates that have a score."""
        return [tried for tried in self.tried if tried.status == "finished"]

    @property
    def epochs_spent(self) -> int:
        """Epochs trained so far, the refit's included."""
        return sum(tried.epochs for tried in self.tried) + self._refit_epochs

    # -- called by the classifier ----------------------------------------------------------------

    def begin(self, classifier: Classifier, rows: Array) -> Fitting | Recalled | None:
        """A training on `rows` begins; None where its candidate is to have no score."""
        self.reporter.check()
        with self._changed:
            tried, fold = self._place(classifier.get_params(), rows)
            if fold >= 0 and (tried.recalled or tried.status != "running"):
                tried.begun.add(fold)
                return Recalled(tried, fold) if tried.status == "finished" else None
            if fold >= 0:
                self._started(tried, fold)
            portion = self.pool.portion(rows)
        live, stopper = (*classifier.callbacks, None)[:2]
        number = fold if fold >= 0 else self.spec.folds
        live.begin(training_key(tried.number, number), 0, lambda: tried.status == "skipped")
        return Fitting(tried, fold, rows, portion, live, stopper, self.spec.network)

    def build(self, fitting: Fitting, settings: Mapping[str, Any]) -> Network:
        """The network of a training; as published each begins from other weights."""
        fitting.spec = with_settings(self.spec.network, settings)
        seed = self.spec.seed
        if self.published:
            seed = derived_seed(
                seed, TRIAL, fitting.tried.number * (self.spec.folds + 1) + fitting.fold + 1
            )
        fitting.network = self._networks.lend(fitting.spec, seed)
        return fitting.network

    def ended(self, fitting: Fitting, network: Network) -> None:
        """Take in a training; raises `Stopped` when somebody asked for it."""
        live, tried = fitting.live, fitting.tried
        with self._changed:
            if fitting.fold < 0:
                self._refit_epochs += live.epochs
                if live.diverged:
                    raise Diverged("The refit of the best candidate diverged: loss is no number.")
                self.refitted = (_trained(fitting, self.spec, []), network)
                return
            tried.take_in(fitting.fold, network, live)
            if tried.status == "running" and fitting.fold == 0:
                # the next training goes over this network
                tried.first = _trained(fitting, self.spec, network.get_weights())
            stopping = self.reporter.stopping
            if stopping or tried.status != "running":
                self._done(fitting)
        if stopping:
            self.reporter.check()

    # -- called by scikit-learn ------------------------------------------------------------------

    def score(self, classifier: Classifier, rows: Array, y: Array) -> float:
        """Accuracy: of each training first on the fold held out, then on its own rows."""
        fitting = classifier.fitting_
        if isinstance(fitting, Recalled):
            return fitting.score()
        if fitting is None or fitting.network is None:
            return NO_SCORE
        hits = float(np.mean(classifier.predict(rows) == y))
        tried, fold = fitting.tried, fitting.fold
        with self._changed:
            if fold not in tried.validation:
                tried.validation[fold] = hits
                return hits
            tried.train[fold] = hits
            if len(tried.train) == self.spec.folds and tried.status == "running":
                self._finished(tried)
            self._done(fitting)
            for number in sorted(self._outdated()):
                self._kept.remove(number)
                self.reporter.emit(CheckpointDropped(number))
        return hits

    def choose(self, results: Mapping[str, Any]) -> int:
        """The place of the best candidate by mean validation accuracy, the first of equals."""
        best = self.best
        if best is None:
            raise EngineError(
                "No candidate has a score: all of them diverged or were skipped.",
                "Try lower learning rates or other ranges.",
            )
        self._chosen = best
        self.reporter.phase("training the best candidate on all rows but the test part")
        return best.number

    # -- stopping --------------------------------------------------------------------------------

    def stop(self) -> None:
        """Wait for what is at work, which has been told; what is unfinished has no score."""
        with self._changed:
            self._changed.wait_for(
                lambda: not any(tried.at_work for tried in self.tried), STOP_SECONDS
            )
            for tried in self.tried:
                if tried.begun and not tried.ended:
                    tried.status = "stopped" if tried.status == "running" else tried.status
                    self._end(tried)

    def first_of_best(self) -> Trained | None:
        """The best candidate's training on the first fold; None where it is not kept any more."""
        best = self.best
        if best is None or best.first is not None:
            return best.first if best is not None else None
        body = self.reporter.resume_state.checkpoints.get(best.number)
        return None if body is None else self._brought_back(best, body)

    def _brought_back(self, best: Tried, body: bytes) -> Trained:
        names = {n for n in best.settings if self._reaches_the_model(n)}
        own = {n: best.settings[n] for n in names}
        spec = with_settings(self.spec.network, own)
        state = TrainState.from_bytes(body, build(spec, *self._sizes))
        note = noted(body)
        with readable():
            kept, early = int(note["epoch_kept"]), bool(note["stopped_early"])
        return Trained(spec, state.snapshot.weights, self._rows[0], state.epoch, kept, early)

    def _reaches_the_model(self, name: str) -> bool:
        return parameter(name, as_published=self.published).startswith("model__")

    def rebuilt(self, trained: Trained) -> Network:
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

    def _tried(self, number: int, params: Mapping[str, Any]) -> Tried:
        settings = self._settings(params)
        before = recalled(self.reporter.resume_state, number, settings, folds=self.spec.folds)
        if before is not None:
            return as_tried(before, settings)
        epochs = self.spec.epochs if self.published else params.get("epochs", self.spec.epochs)
        return Tried(number, settings, int(epochs))

    def _place(self, params: Mapping[str, Any], rows: Array) -> tuple[Tried, int]:
        """Whose training it is, and on which fold; the same settings may have been drawn twice."""
        fold = self._folds.get(rows.tobytes(), -1)
        if self._chosen is not None and fold < 0:
            return self._chosen, fold
        settings = _key(self._settings(params))
        same = [tried for tried in self.tried if _key(tried.settings) == settings]
        return next((t for t in same if fold not in t.begun), same[-1]), fold

    def _started(self, tried: Tried, fold: int) -> None:
        if not tried.begun:
            if not any(other.at_work for other in self.tried):
                # asked for while nothing was at work
                self.reporter.take_skip()
            self.reporter.emit(
                TrialStarted(
                    at=time.time(),
                    trial=tried.number,
                    settings=plain_settings(tried.settings),
                    epochs=tried.epochs_planned,
                )
            )
        tried.begun.add(fold)
        tried.at_work += 1

    def _finished(self, tried: Tried) -> None:
        """Every fold of a candidate has its scores; of all but the best they are enough."""
        tried.status = "finished"
        if self.best is not None and _rank(tried) <= _rank(self.best):
            tried.first = None
            return
        if self.best is not None:
            self.best.first = None
        self.best = tried
        if tried.first is not None:
            self._kept.add(tried.number)
            self.reporter.emit(_checkpoint(tried.number, tried.first))

    def _outdated(self) -> set[int]:
        return self._kept - ({self.best.number} if self.best is not None else set())

    def _done(self, fitting: Fitting) -> None:
        """The training's network is free; the candidate's end is told with its last training."""
        network, fitting.network = fitting.network, None
        if network is not None:
            self._networks.give_back(fitting.spec, network)
        fitting.tried.at_work -= 1
        if fitting.tried.status != "running" and not fitting.tried.at_work:
            self._end(fitting.tried)
        self._changed.notify_all()

    def _end(self, tried: Tried) -> None:
        tried.ended = True
        self.reporter.emit(tried.event())


def _key(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, sort_keys=True)


def _rank(tried: Tried) -> tuple[float, int]:
    return tried.mean, -tried.number


def _checkpoint(number: int, first: Trained) -> Checkpoint:
    note = {"epoch_kept": first.epoch_kept, "stopped_early": first.stopped_early}
    state = TrainState(first.epochs, Snapshot(first.weights, [], 0), note)
    return Checkpoint(number, first.epochs, state.to_bytes())


def _trained(fitting: Fitting, spec: Spec, weights: list[Array]) -> Trained:
    epochs, stopper, stopping = fitting.live.epochs, fitting.stopper, spec.early_stopping
    if stopper is None or stopping is None:
        return Trained(fitting.spec, weights, fitting.rows, epochs, epochs, False)
    kept = stopper.best_epoch + 1 if stopping.restore_best else epochs
    return Trained(fitting.spec, weights, fitting.rows, epochs, kept, stopper.stopped_early)
