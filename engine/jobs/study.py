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

from engine.data.pool import Pool, Portion
from engine.data.prepare import Prepared
from engine.errors import EngineError
from engine.events import TrialStarted, training_key
from engine.jobs.candidates import Live, Trained, Tried, plain_settings
from engine.network.build import build
from engine.network.network import Network
from engine.network.reuse import Networks
from engine.network.seeds import TRIAL, derived_seed
from engine.network.space_adapters import plain
from engine.network.tuning import Classifier, parameter
from engine.network.watched import Stopper
from engine.reporter import Diverged, Reporter
from engine.specs import GridSearchSpec, NetworkSpec, RandomSearchSpec, with_settings

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


class Study:
    """All trainings of a random or grid search; its methods may be called by several threads."""

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
        folds = pool.folds(spec.folds).split(np.zeros(len(pool.y)), pool.y)
        self._folds = {rows.tobytes(): fold for fold, (rows, _) in enumerate(folds)}
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
    def best(self) -> Tried | None:
        """The candidate with the highest mean so far, the first of equals."""
        return max(self.finished, key=lambda tried: (tried.mean, -tried.number), default=None)

    @property
    def epochs_spent(self) -> int:
        """Epochs trained so far, the refit's included."""
        return sum(tried.epochs for tried in self.tried) + self._refit_epochs

    # -- called by the classifier ----------------------------------------------------------------

    def begin(self, classifier: Classifier, rows: Array) -> Fitting | None:
        """A training on `rows` begins; None where its candidate is to have no score."""
        self.reporter.check()
        with self._changed:
            tried, fold = self._place(classifier.get_params(), rows)
            if tried.status != "running" and fold >= 0:
                return None
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
                tried.status = "finished"
            self._done(fitting)
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
        epochs = self.spec.epochs if self.published else params.get("epochs", self.spec.epochs)
        return Tried(number, self._settings(params), int(epochs))

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


def _trained(fitting: Fitting, spec: Spec, weights: list[Array]) -> Trained:
    epochs, stopper, stopping = fitting.live.epochs, fitting.stopper, spec.early_stopping
    if stopper is None or stopping is None:
        return Trained(fitting.spec, weights, fitting.rows, epochs, epochs, False)
    kept = stopper.best_epoch + 1 if stopping.restore_best else epochs
    return Trained(fitting.spec, weights, fitting.rows, epochs, kept, stopper.stopped_early)
