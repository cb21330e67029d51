"""What scikit-learn's searches fit their trials with.

scikit-learn clones, fits, scores and refits, some trainings at once; a `Study`
preprocesses each fold's rows once, hands out networks, reports, and heeds stop and skip.
"""

from collections.abc import Mapping
from typing import Any, Final, Self

import numpy as np

from engine.data.splits.folds import FoldData, Pool
from engine.jobs.cross_validation.fitting import Fitting
from engine.jobs.cross_validation.search_trials import SearchTrials
from engine.jobs.cross_validation.trial import CrossValidatedTrial, FoldTraining, read_fold
from engine.jobs.phases.endings import no_score
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.keras_adapter.sklearn_classifier import Classifier, parameter
from engine.runs.events import training_key
from engine.runs.reporter import Diverged, Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.searches import CrossValidatedSpec
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.network import Network
from engine.trainer.seeds import GRID_TRIAL, TRIAL, derived_seed
from engine.trainer.training import Snapshot, Training

Array = np.ndarray[Any, Any]
# as published, the two searches train the same networks: with the same seeds they would be one
TRIALS: Final = {"random_search": TRIAL, "grid_search": GRID_TRIAL}


class Study:
    """All trainings of a random or grid search; its methods may be called by several threads.

    The first fold's network of the best trial is kept as a checkpoint, for
    the result of a search that is stopped.
    """

    def __init__(
        self,
        spec: CrossValidatedSpec,
        pool: Pool,
        reporter: Reporter,
        drawn: Mapping[int, Mapping[str, Any]],
    ) -> None:
        self.spec, self.pool, self.reporter, self.drawn = spec, pool, reporter, drawn
        self.published = spec.protocol == "as_published"
        self.refitted: tuple[FoldTraining, Network] | None = None
        self._sizes = pool.sizes
        folds = list(pool.folds(spec.folds).split(np.zeros(len(pool.y)), pool.y))
        self.rows = [rows for rows, _ in folds]
        self._held_out = [rows for _, rows in folds]
        self.trials = SearchTrials(spec, reporter, drawn, self.rows)
        self._refit_epochs = 0

    def __sklearn_clone__(self) -> Self:
        return self

    @property
    def epochs_spent(self) -> int:
        """Epochs trained so far, the refit's included."""
        return sum(trial.epochs for trial in self.trials.all) + self._refit_epochs

    # -- called by the classifier ----------------------------------------------------------------

    def begin(self, classifier: Classifier, rows: Array) -> Fitting:
        """A training on `rows` begins, unless its trial has its scores or is to have none."""
        self.reporter.check()
        with self.trials.changed:
            trial, fold = self.trials.place(classifier.get_params(), rows)
            trains = fold < 0 or self.trials.begin(trial, fold)
            portion = self.pool.portion(rows) if trains else None
        report = ReportEpochs(
            self.reporter,
            training_key(trial.number, fold if fold >= 0 else self.spec.folds),
            # one fold that is skipped skips them all; the refit is no trial that could be
            lambda: fold >= 0 and (self.reporter.take_skip() or trial.status == "skipped"),
        )
        stopping = EarlyStopping(self.spec.early_stopping)
        return Fitting(trial, fold, rows, portion, report, stopping, self.spec.network)

    def build(self, fitting: Fitting, settings: Mapping[str, Any]) -> Network:
        """The network of a training; as published each begins from other weights."""
        spec = with_settings(self.spec.network, settings)
        if self.published:
            training = fitting.trial.number * (self.spec.folds + 1) + fitting.fold + 1
            seed = derived_seed(spec.seed, TRIALS[self.spec.kind], training)
            spec = spec.model_copy(update={"seed": seed})
        fitting.spec = spec
        network = Network.build(spec, *self._sizes)
        network.watchers = (fitting.report, fitting.stopping)
        return network

    def ended(self, fitting: Fitting, network: Network) -> None:
        """Take in a training that has ended; raises `Stopped` after a stop was requested."""
        trial, fold, training = fitting.trial, fitting.fold, network.training
        if training is None or fitting.portion is None:
            raise RuntimeError("scikeras has fitted another network than it was given")
        if fold < 0:
            self._refit_ended(fitting, network, training)
            return
        with self.trials.changed:
            trial.add(training, fitting.report, fold)
        stopping = self.reporter.stopping
        if trial.status == "running" and not stopping:
            validation = self._accuracy(network, fitting.portion, self._held_out[fold])
            train = self._accuracy(network, fitting.portion, fitting.rows)
            with self.trials.changed:
                trial.validation[fold], trial.train[fold] = validation, train
                if fold == 0:
                    trial.first = fitting.result(training, list(network.weights))
        with self.trials.changed:
            self.trials.end(trial)
        if stopping:
            self.reporter.check()

    def _refit_ended(self, fitting: Fitting, network: Network, training: Training) -> None:
        self._refit_epochs += len(fitting.report.figures)
        # one that was cut short is not the network that was chosen
        self.reporter.check()
        if fitting.report.diverged_at:
            raise Diverged("The refit of the best trial diverged: its loss is not a number.")
        self.refitted = (fitting.result(training, []), network)

    def _accuracy(self, network: Network, portion: FoldData, rows: Array) -> float:
        found = network.predict(portion.x.take(rows)).argmax(axis=1)
        return float(np.mean(found == self.pool.y[rows]))

    # -- called by scikit-learn ------------------------------------------------------------------

    def score(self, classifier: Classifier, rows: Array, y: Array) -> float:
        """Accuracy: of each training first on the fold held out, then on its own rows."""
        fitting: Fitting = classifier.fitting_
        return fitting.score()

    def choose(self, results: Mapping[str, Any]) -> int:
        """The number of the best trial by mean validation accuracy, the first of equals."""
        if self.trials.best is None:
            raise no_score()
        self.reporter.phase("training the best trial on all rows but the test set")
        return self.trials.best.number

    # -- after a stop ------------------------------------------------------------------------------

    def first_of_best(self, best: CrossValidatedTrial) -> FoldTraining | None:
        """The best trial's training on the first fold; None where it is not kept any more."""
        body = self.reporter.resume_state.checkpoints.get(best.number)
        if best.first is not None or body is None:
            return best.first
        own = {
            name: value
            for name, value in best.settings.items()
            if parameter(name, as_published=self.published).startswith("model__")
        }
        spec = with_settings(self.spec.network, own)
        return read_fold(body, spec, Network.build(spec, *self._sizes), self.rows[0])

    def rebuilt(self, trained: FoldTraining) -> Network:
        """A network with the weights of a training."""
        network = Network.build(trained.network, *self._sizes)
        network.restore(Snapshot(trained.weights))
        return network
