"""Many trials for a few epochs, the best for more: Keras Tuner's Hyperband (Li et al. 2018)."""

import math
import time
from dataclasses import dataclass, field
from typing import Any

from engine.data.load import Table
from engine.data.preprocess import Prepared
from engine.errors import EngineError
from engine.jobs.shared.artefacts import network_fields
from engine.jobs.shared.checkpoint import TrainState
from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.effective import relevant
from engine.jobs.shared.epochs import ReportEpochs
from engine.jobs.shared.promotions import (
    Promotions,
    RetainedTrial,
    retained_before,
    retained_now,
)
from engine.jobs.shared.resume import DONE, completed_trial, progress_of
from engine.jobs.shared.tempdirs import temporary_folder
from engine.jobs.shared.trials import TrialProgress, plain_settings
from engine.jobs.shared.weights import weighted_rows
from engine.keras_adapter.build import build
from engine.keras_adapter.keras_tuner import Hyperband
from engine.keras_adapter.model_pool import ModelPool
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.planning.importance import importances
from engine.results import Importance, SearchResult
from engine.runs.events import Plan, TrialStarted, training_key
from engine.runs.reporter import Reporter, Stopped
from engine.runs.state import Trial
from engine.specs import HyperbandSpec, NetworkSpec, with_settings
from engine.specs.hyperband_schedule import Rung, rungs
from engine.trainer.early_stopping import BestEpoch, EarlyStopping
from engine.trainer.loop import Callback
from engine.trainer.seeds import CANDIDATES, TRIAL, derived_seed
from engine.trainer.training import Snapshot, Training


@dataclass
class _Search:
    """The trials of a Hyperband search as Keras Tuner asks for them, one after the other.

    strict: a promoted trial resumes exactly where it was (weights, optimizer, step and
    epoch), so it is to the bit what it would be in one training. A trial that was done
    before the search was interrupted is not trained again.
    as_published: as Keras Tuner's own, it begins with the weights of the best
    epoch, a new optimizer and a learning-rate schedule at its start.
    """

    spec: HyperbandSpec
    prepared: Prepared
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


def run(spec: HyperbandSpec, reporter: Reporter) -> SearchResult:
    """Search with Keras Tuner's Hyperband, then evaluate the best trial's network once.

    The validation set steers, the network is that of the best trial's best
    epoch. Raises `Stopped` after a partial result, its test set held out.
    """
    table, prepared = read_and_prepare(spec, reporter)
    trials = _plan(spec, reporter)
    resumes = _resumes(reporter)
    reporter.phase("training the trials")
    pool = ModelPool(len(prepared.feature_names), len(prepared.class_names))
    promotions = Promotions(spec, pool, reporter)
    search = _Search(spec, prepared, reporter, pool, promotions, resumes=resumes)
    try:
        _run_tuner(spec, search)
    except Stopped:
        if reporter.interrupted:
            raise
        finished = sum(c.status == "finished" for c in search.done.values())
        reason = f"stopped by request after {finished:,} of {trials:,} trials"
        if promotions.best is None:
            raise Stopped(f"{_capital(reason)}; none has a score yet.") from None
        reporter.finished(_result(spec, table, search, promotions.best, reason, open_test=False))
        raise Stopped(f"{_capital(reason)}; the test part stays sealed.") from None
    if promotions.best is None:
        raise EngineError(
            "No candidate has a score: all of them diverged or were skipped.",
            "Try lower learning rates or other ranges.",
        )
    reporter.phase("scoring")
    reason = f"all {len(search.done):,} trials done"
    return _result(spec, table, search, promotions.best, reason, open_test=True)


def _plan(spec: HyperbandSpec, reporter: Reporter) -> int:
    """Report how much there is to do; returns the number of trials."""
    work = spec.workload
    reporter.emit(
        Plan(at=time.time(), trials=work.trials, trainings=work.trainings, epochs=work.epochs)
    )
    drawn = sum(r.trials for r in rungs(spec.max_epochs, spec.factor) if r.number == 0)
    possible = spec.combinations
    if possible is not None and possible < drawn:
        reporter.warn(
            f"Hyperband draws {drawn:,} different trials, and there are only {possible:,}:"
            " it ends early. Vary more settings or widen a range."
        )
    return work.trials


def _run_tuner(spec: HyperbandSpec, search: _Search) -> None:
    with temporary_folder() as folder:
        Hyperband(
            search.train,
            spec.vary,
            max_epochs=spec.max_epochs,
            factor=spec.factor,
            seed=derived_seed(spec.seed, CANDIDATES),
            folder=folder,
        ).run()


def _resumes(reporter: Reporter) -> bool:
    """Whether the search keeps what it did before it was interrupted; notes how much that is."""
    earlier = reporter.resume_state
    trials = earlier.state.trials.values()
    done = sum(trial.status in DONE for trial in trials)
    finished = any(trial.status == "finished" for trial in trials)
    if finished and not earlier.checkpoints:
        reporter.note("The networks to resume from are not kept any more: the search begins again.")
        return False
    if done:
        reporter.note(f"{done:,} trials were done before.")
    return True


def _result(
    spec: HyperbandSpec,
    table: Table,
    search: _Search,
    winner: RetainedTrial,
    reason: str,
    *,
    open_test: bool,
) -> SearchResult:
    prepared, candidate = search.prepared, search.done[winner.number]
    sizes = (len(prepared.feature_names), len(prepared.class_names))
    network = build(winner.spec, *sizes)
    network.set_weights(winner.best_weights(network))
    fields = network_fields(
        table, prepared, network, search.reporter,
        batch_size=winner.spec.batch_size, open_test=open_test,
    )  # fmt: skip
    return SearchResult(
        **fields,
        kind="hyperband",
        best_trial=candidate.number,
        best_settings=plain_settings(candidate.settings),
        effective_settings=relevant(candidate.effective_settings, candidate.settings),
        selection_score=winner.score,
        selection_std=None,
        importances=_importances(spec, search),
        epochs_spent=sum(c.epochs for c in search.done.values()),
        epochs_run=int(candidate.effective_settings["epochs"]),
        epoch_kept=winner.epoch + 1,
        stop_reason=reason,
        note=_note(spec),
    )


def _note(spec: HyperbandSpec) -> str:
    if spec.protocol == "strict" or spec.schedule.name == "constant":
        return ""
    return (
        "As published each rung begins with a new optimizer: the learning-rate schedule starts"
        " again in every rung."
    )


def _importances(spec: HyperbandSpec, search: _Search) -> tuple[Importance, ...]:
    """Over the largest set of trials with the same budget: others cannot be compared."""
    groups: dict[Rung, list[TrialProgress]] = {}
    for number, candidate in search.done.items():
        if candidate.status == "finished":
            groups.setdefault(search.rung_of[number], []).append(candidate)
    rung, largest = max(groups.items(), key=lambda item: len(item[1]))
    found = importances(list(spec.vary), [c.settings for c in largest], [c.mean for c in largest])
    over = f" (over {len(largest)} trials of bracket {rung.bracket}, rung {rung.number})"
    return tuple(item.model_copy(update={"method": item.method + over}) for item in found)


def _group(rung: Rung) -> str:
    return f"bracket {rung.bracket}, rung {rung.number}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
