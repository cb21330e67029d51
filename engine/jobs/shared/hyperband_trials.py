"""The trials of a Hyperband search: trained, promoted, or taken from an interrupted search."""

import math
import time
from dataclasses import dataclass, field
from typing import Any

from engine.data.preprocess import PreprocessedData
from engine.jobs.shared.checkpoint import TrainState
from engine.jobs.shared.epochs import ReportEpochs
from engine.jobs.shared.promotions import (
    Promotions,
    RetainedTrial,
    retained_before,
    retained_now,
)
from engine.jobs.shared.resume import completed_trial, progress_of
from engine.jobs.shared.trials import TrialProgress, plain_settings
from engine.jobs.shared.weights import weighted_rows
from engine.keras_adapter.model_pool import ModelPool
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.events import TrialStarted, training_key
from engine.runs.reporter import Reporter
from engine.runs.state import Trial
from engine.specs import HyperbandSpec, NetworkSpec, with_settings
from engine.specs.hyperband_schedule import Rung
from engine.trainer.early_stopping import BestEpoch, EarlyStopping
from engine.trainer.loop import Callback
from engine.trainer.seeds import TRIAL, derived_seed
from engine.trainer.training import Snapshot, Training


@dataclass
class HyperbandTrials:
    """The trials of a Hyperband search as Keras Tuner asks for them, one after the other.

    strict: a promoted trial resumes exactly where it was (weights, optimizer, step and
    epoch), so it is to the bit what it would be in one training. A trial that was done
    before the search was interrupted is not trained again.
    as_published: as Keras Tuner's own, it begins with the weights of the best
    epoch, a new optimizer and a learning-rate schedule at its start.
    """

    spec: HyperbandSpec
    prepared: PreprocessedData
    reporter: Reporter
    pool: ModelPool
    promotions: Promotions
    done: dict[int, TrialProgress] = field(default_factory=dict)
    rung_of: dict[int, Rung] = field(default_factory=dict)
    # what was done before is kept, as long as its networks are
    resumes: bool = True

    def train(self, number: int, settings: dict[str, Any], rung: Rung, parent: int | None) -> float:
        """Train one trial up to its rung's epochs; NaN where it has no score."""
        self.reporter.check()
        self.rung_of[number] = rung
        own = with_settings(self.spec.network, settings)
        before = self._completed(number, settings, rung, parent)
        if before is not None:
            return self._restore(progress_of(before, settings), own, rung, parent)
        self.reporter.take_skip()
        progress = TrialProgress(number, settings, rung.epochs)
        self.reporter.emit(
            TrialStarted(
                at=time.time(),
                trial=number,
                settings=plain_settings(settings),
                epochs=rung.epochs,
                group=_group(rung),
                parent=parent,
            )
        )
        network, first_epoch = self._network(own, rung, number, parent)
        best = BestEpoch(by_loss=self.spec.protocol == "strict")
        report = ReportEpochs(self.reporter, training_key(number), self.reporter.take_skip)
        training = self._fit(network, own, rung, first_epoch, [report, best])
        progress.add(0, training, report)
        if progress.status == "running":
            progress.status = "stopped" if self.reporter.stopping else "finished"
        self._ended(progress, own, rung, network, best)
        self.reporter.check()
        return best.score if progress.status == "finished" else math.nan

    def _fit(
        self,
        network: XlaSequential,
        own: NetworkSpec,
        rung: Rung,
        first_epoch: int,
        callbacks: list[Callback],
    ) -> Training:
        if self.spec.early_stopping is not None:
            # whichever epoch is the best one, a promoted trial resumes from the last
            lasting = self.spec.early_stopping.model_copy(update={"restore_best": False})
            callbacks = [*callbacks, EarlyStopping(lasting)]
        return network.train(
            *weighted_rows(own, self.prepared),
            epochs=rung.epochs,
            batch_size=own.batch_size,
            callbacks=callbacks,
            initial_epoch=first_epoch,
        )

    def _ended(
        self,
        progress: TrialProgress,
        own: NetworkSpec,
        rung: Rung,
        network: XlaSequential,
        best: BestEpoch,
    ) -> None:
        """Keep the network of a trial that has a score, and report its end."""
        retained = None
        if progress.status == "finished":
            progress.train, progress.validation = {0: best.train_accuracy}, {0: best.score}
            retained = retained_now(progress.number, rung, own, network, best)
            self.promotions.keep(retained)
        else:
            self.pool.release(own, network)
        self.done[progress.number] = progress
        if progress.status == "stopped":
            # it begins again from what it has begun from
            self.reporter.emit(progress.event())
        else:
            self.promotions.report(progress.event(), retained)

    def _network(
        self, own: NetworkSpec, rung: Rung, number: int, parent: int | None
    ) -> tuple[XlaSequential, int]:
        """The network to train and the epoch (from 0) it begins at."""
        published = self.spec.protocol == "as_published"
        promoted = self.promotions.take(parent) if parent is not None else None
        if promoted is not None and not published:
            return self._promoted(promoted)
        seed = derived_seed(own.seed, TRIAL, number) if published else own.seed
        network = self.pool.acquire(own, seed)
        if promoted is not None:
            network.restore(Snapshot(promoted.best_weights(network)))
            self.promotions.release(promoted)
        return network, rung.begun

    def _promoted(self, promoted: RetainedTrial) -> tuple[XlaSequential, int]:
        if promoted.live is not None:
            network = promoted.live[0]
            training = network.training
            return network, training.epoch if training is not None else promoted.rung.epochs
        network = self.pool.acquire(promoted.spec, promoted.spec.seed)
        state = TrainState.from_bytes(promoted.body, network)
        network.restore(state.snapshot)
        return network, state.epoch

    # -- before the search was interrupted -------------------------------------------------------

    def _completed(
        self, number: int, settings: dict[str, Any], rung: Rung, parent: int | None
    ) -> Trial | None:
        if not self.resumes:
            return None
        before = self.reporter.resume_state
        return completed_trial(before, number, settings, group=_group(rung), parent=parent, folds=1)

    def _restore(
        self, progress: TrialProgress, own: NetworkSpec, rung: Rung, parent: int | None
    ) -> float:
        """Take in a completed trial; Keras Tuner gets its score as if it had been trained."""
        number = progress.number
        self.done[number] = progress
        if parent is not None:
            self.promotions.release(self.promotions.take(parent))
        if progress.status != "finished":
            return math.nan
        score, checkpoints = progress.validation[0], self.reporter.resume_state.checkpoints
        body = checkpoints.get(number, b"")
        self.promotions.keep(retained_before(number, rung, own, score, body))
        return score


def _group(rung: Rung) -> str:
    return f"bracket {rung.bracket}, rung {rung.number}"
