"""The trials of a Hyperband search: trained, promoted, or taken from an interrupted search."""

from typing import Any

from engine.data.datasets import PreprocessedData
from engine.jobs.phases.checkpoint import TrainState
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.row_weights import weighted_rows
from engine.jobs.rungs.promotions import Promotions
from engine.jobs.rungs.rung_trial import RungTrial
from engine.keras_adapter.model_pool import ModelPool
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.runs.events import training_key
from engine.runs.reporter import Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.hyperband_schedule import Rung
from engine.specs.kinds.searches import HyperbandSpec
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
        self.done: dict[int, RungTrial] = {}
        self._spec, self._resumes = spec, resumes
        self._pool = ModelPool(*prepared.sizes)
        self.promotions = Promotions(spec, self._pool, reporter)

    @property
    def finished(self) -> list[RungTrial]:
        """The trials that have a score."""
        return [trial for trial in self.done.values() if trial.status == "finished"]

    def train(self, number: int, settings: dict[str, Any], rung: Rung, parent: int | None) -> float:
        """Train one trial up to its rung's epochs; NaN where it has no score."""
        self.reporter.check()
        spec = with_settings(self._spec.network, settings)
        group = f"bracket {rung.bracket}, rung {rung.number}"
        trial = RungTrial(number, settings, rung.epochs, group, parent, spec=spec, rung=rung)
        earlier = self.reporter.resume_state
        before = trial.restored(earlier.state, folds=1) if self._resumes else None
        if before is not None:
            return self._restore(before, earlier.checkpoints.get(number, b""))
        self.reporter.take_skip()
        self.reporter.emit(trial.start_event())
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
        trial.live = (network, best)
        trial.add(training, report)
        self._ended(trial, best)
        self.reporter.check()
        return trial.score

    def _ended(self, trial: RungTrial, best: BestEpoch) -> None:
        """Keep the network of a trial that has a score, and report its end."""
        if trial.status == "running" and self.reporter.stopping:
            trial.status = "stopped"
        if trial.status == "running":
            trial.finish(best)
            self.promotions.keep(trial)
        else:
            self.promotions.release(trial)
        self.done[trial.number] = trial.without_network()
        if trial.status == "stopped":
            # it begins again from what it has begun from
            self.reporter.emit(trial.end_event())
        else:
            self.promotions.report(trial)

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

    def _promoted(self, promoted: RungTrial) -> tuple[XlaSequential, int]:
        if promoted.live is not None:
            return promoted.live[0], promoted.last_epoch
        network = self._pool.acquire(promoted.spec, promoted.spec.seed)
        state = TrainState.from_bytes(promoted.body, network)
        network.restore(state.snapshot)
        return network, state.epoch

    def _restore(self, trial: RungTrial, body: bytes) -> float:
        """Take in a completed trial; Keras Tuner gets its score as if it had been trained."""
        self.done[trial.number] = trial
        if trial.parent is not None:
            self.promotions.release(self.promotions.take(trial.parent))
        if trial.status == "finished":
            if body:
                trial.take_checkpoint(body)
            self.promotions.keep(trial)
        return trial.score
