"""The trials of a Hyperband search: trained, promoted, or taken from an interrupted search."""

import math
from typing import Any

from engine.data.datasets import PreprocessedData
from engine.jobs.phases.checkpoint import TrainState
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.row_weights import weighted_rows
from engine.jobs.rungs.promotions import Promotions, RetainedTrial, RungTrial, retained_before
from engine.jobs.trials.progress import TrialProgress
from engine.jobs.trials.resume import completed_trial, progress_of
from engine.keras_adapter.model_pool import ModelPool
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.events import training_key
from engine.runs.reporter import Reporter
from engine.runs.state import Trial
from engine.specs.derived_settings import with_settings
from engine.specs.hyperband_schedule import Rung
from engine.specs.searches import HyperbandSpec
from engine.trainer.early_stopping import BestEpoch, EarlyStopping
from engine.trainer.seeds import TRIAL, derived_seed
from engine.trainer.training import Snapshot


class HyperbandTrials:
    """The trials of a Hyperband search as Keras Tuner requests them, one after the other.

    strict: a promoted trial resumes exactly where it was (weights, optimizer, step and
    epoch), so it is to the bit what it would be in one training. A trial that was done
    before the search was interrupted is not trained again, where `resumes` says that its
    networks are still kept.
    as_published: as Keras Tuner's own, it begins with the weights of the best
    epoch, a new optimizer and a learning-rate schedule at its start.
    """

    def __init__(
        self, spec: HyperbandSpec, prepared: PreprocessedData, reporter: Reporter, *, resumes: bool
    ) -> None:
        self.prepared, self.reporter = prepared, reporter
        self.done: dict[int, TrialProgress] = {}
        self._spec, self._resumes = spec, resumes
        self._pool = ModelPool(*prepared.sizes)
        self.promotions = Promotions(spec, self._pool, reporter)

    @property
    def finished(self) -> list[TrialProgress]:
        """The trials that have a score."""
        return [trial for trial in self.done.values() if trial.status == "finished"]

    def train(self, number: int, settings: dict[str, Any], rung: Rung, parent: int | None) -> float:
        """Train one trial up to its rung's epochs; NaN where it has no score."""
        self.reporter.check()
        spec = with_settings(self._spec.network, settings)
        trial = RungTrial(number, settings, spec, rung, parent)
        before = self._completed(trial)
        if before is not None:
            return self._restore(trial, progress_of(before, settings))
        self.reporter.take_skip()
        progress = TrialProgress(number, settings, rung.epochs, trial.group)
        self.reporter.emit(progress.start_event(parent))
        network, first_epoch = self._network(trial)
        report = ReportEpochs(self.reporter, training_key(number), self.reporter.take_skip)
        best = BestEpoch(by_loss=self._spec.protocol == "strict")
        rule = self._spec.early_stopping
        # whichever epoch is the best one, a promoted trial resumes from the last
        lasting = rule.model_copy(update={"restore_best": False}) if rule is not None else None
        training = network.train(
            *weighted_rows(spec, self.prepared),
            epochs=rung.epochs,
            batch_size=spec.batch_size,
            callbacks=[report, best, EarlyStopping(lasting)],
            initial_epoch=first_epoch,
        )
        progress.add(0, training, report)
        if progress.status == "running":
            progress.status = "stopped" if self.reporter.stopping else "finished"
        self._ended(progress, RetainedTrial(trial, best.rank, best.epoch, (network, best)))
        self.reporter.check()
        return best.score if progress.status == "finished" else math.nan

    def _ended(self, progress: TrialProgress, trained: RetainedTrial) -> None:
        """Keep the network of a trial that has a score, and report its end."""
        self.done[progress.number] = progress
        finished = progress.status == "finished"
        if finished and trained.live is not None:
            train_accuracy = trained.live[1].train_accuracy
            progress.train, progress.validation = {0: train_accuracy}, {0: trained.score}
            self.promotions.keep(trained)
        else:
            self.promotions.release(trained)
        if progress.status == "stopped":
            # it begins again from what it has begun from
            self.reporter.emit(progress.end_event())
        else:
            self.promotions.report(progress.end_event(), trained if finished else None)

    def _network(self, trial: RungTrial) -> tuple[XlaSequential, int]:
        """The network to train and the epoch (from 0) it begins at."""
        published = self._spec.protocol == "as_published"
        promoted = self.promotions.take(trial.parent) if trial.parent is not None else None
        if promoted is not None and not published:
            return self._promoted(promoted)
        own = trial.spec.seed
        seed = derived_seed(own, TRIAL, trial.number) if published else own
        network = self._pool.acquire(trial.spec, seed)
        if promoted is not None:
            network.restore(Snapshot(promoted.best_weights(network)))
            self.promotions.release(promoted)
        return network, trial.rung.begun

    def _promoted(self, promoted: RetainedTrial) -> tuple[XlaSequential, int]:
        if promoted.live is not None:
            return promoted.live[0], promoted.last_epoch
        spec = promoted.trial.spec
        network = self._pool.acquire(spec, spec.seed)
        state = TrainState.from_bytes(promoted.body, network)
        network.restore(state.snapshot)
        return network, state.epoch

    # -- before the search was interrupted -------------------------------------------------------

    def _completed(self, trial: RungTrial) -> Trial | None:
        if not self._resumes:
            return None
        return completed_trial(
            self.reporter.resume_state.state, trial.number, trial.settings,
            group=trial.group, parent=trial.parent, folds=1,
        )  # fmt: skip

    def _restore(self, trial: RungTrial, progress: TrialProgress) -> float:
        """Take in a completed trial; Keras Tuner gets its score as if it had been trained."""
        self.done[trial.number] = progress
        if trial.parent is not None:
            self.promotions.release(self.promotions.take(trial.parent))
        if progress.status != "finished":
            return math.nan
        score = progress.validation[0]
        body = self.reporter.resume_state.checkpoints.get(trial.number, b"")
        self.promotions.keep(retained_before(trial, score, body))
        return score
