"""Many candidates for a few epochs, the best for more: Keras Tuner's Hyperband (Li et al. 2018)."""

import math
import time
from dataclasses import dataclass, field
from typing import Any

from engine.data.load import Table
from engine.data.preprocess import Prepared
from engine.errors import EngineError
from engine.jobs.shared.artefacts import class_weights
from engine.jobs.shared.checkpoint import TrainState
from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.promotions import Kept, Promotions, kept_before, kept_now
from engine.jobs.shared.resume import DONE, as_tried, recalled
from engine.jobs.shared.tempdirs import temporary_folder
from engine.jobs.shared.trials import Live, Tried, network_fields, plain_settings
from engine.keras_adapter.build import build
from engine.keras_adapter.callbacks import Best, Stopper, settings_shown
from engine.keras_adapter.model_pool import Networks, no_slots
from engine.keras_adapter.network import Network, Snapshot
from engine.keras_adapter.tuning import Hyperband
from engine.planning.importance import importances
from engine.results import Importance, SearchResult
from engine.runs.events import Plan, TrialStarted, training_key
from engine.runs.reporter import Reporter, Stopped
from engine.runs.state import Trial
from engine.specs import HyperbandSpec, NetworkSpec, with_settings
from engine.specs.hyperband_schedule import Rung, rungs
from engine.trainer.seeds import CANDIDATES, TRIAL, derived_seed


@dataclass
class _Search:
    """The trials of a Hyperband search as Keras Tuner asks for them, one after the other.

    strict: a promoted trial goes on exactly where it was (weights, optimizer,
    step and epoch), so it is to the bit what it would be in one training.
    A trial that was done before the search was cut off is not trained again.
    as_published: as Keras Tuner's own, it begins with the weights of the best
    epoch, a new optimizer and a learning-rate schedule at its start.
    """

    spec: HyperbandSpec
    prepared: Prepared
    reporter: Reporter
    live: Live
    networks: Networks
    promotions: Promotions
    done: dict[int, Tried] = field(default_factory=dict)
    rung_of: dict[int, Rung] = field(default_factory=dict)
    # nothing of it is repeated where its networks are still kept
    goes_on: bool = True

    def train(self, number: int, settings: dict[str, Any], rung: Rung, parent: int | None) -> float:
        """Train one trial up to its rung's epochs; NaN where it has no score."""
        reporter, spec = self.reporter, self.spec
        reporter.check()
        self.rung_of[number] = rung
        own = with_settings(spec.network, settings)
        before = self._recalled(number, settings, rung, parent)
        if before is not None:
            return self._recall(as_tried(before, settings), own, rung, parent)
        reporter.take_skip()
        now = Tried(number, settings, rung.epochs)
        started = TrialStarted(
            at=time.time(),
            trial=number,
            settings=plain_settings(settings),
            epochs=rung.epochs,
            group=_group(rung),
            parent=parent,
        )
        reporter.emit(started)
        network, begun = self._network(own, rung, number, parent)
        best = Best(by_loss=spec.protocol == "strict")
        callbacks: list[Any] = [self.live, best]
        if spec.early_stopping is not None:
            lasting = spec.early_stopping.model_copy(update={"restore_best": False})
            callbacks.append(Stopper(lasting))
        self.live.begin(training_key(number), begun)
        steering, train = self.prepared.steering, self.prepared.train
        network.fit(
            train.x,
            train.y,
            validation_data=(steering.x, steering.y),
            batch_size=own.batch_size,
            epochs=rung.epochs,
            initial_epoch=begun,
            class_weight=class_weights(own, train.y, len(self.prepared.class_names)),
            callbacks=callbacks,
            verbose=0,
        )
        now.take_in(0, network, self.live)
        if now.status == "running":
            now.status = "stopped" if reporter.stopping else "finished"
        kept = None
        if now.status == "finished":
            now.train, now.validation = {0: best.train_accuracy}, {0: best.score}
            kept = kept_now(number, rung, own, network, best)
            self.promotions.keep(kept)
        else:
            self.networks.give_back(own, network)
        self.done[number] = now
        if now.status == "stopped":
            # it begins again from what it has begun from
            reporter.emit(now.event())
        else:
            self.promotions.report(now.event(), kept)
        reporter.check()
        return best.score if now.status == "finished" else math.nan

    def _network(
        self, own: NetworkSpec, rung: Rung, number: int, parent: int | None
    ) -> tuple[Network, int]:
        """The network to train and the epoch (from 0) it begins at."""
        published = self.spec.protocol == "as_published"
        kept = self.promotions.take(parent) if parent is not None else None
        if kept is not None and not published:
            return self._promoted(kept)
        seed = derived_seed(own.seed, TRIAL, number) if published else own.seed
        network = self.networks.lend(own, seed)
        if kept is not None:
            network.restore(Snapshot(kept.best_weights(network), no_slots(network), 0))
            self.promotions.give_back(kept)
        return network, rung.begun

    def _promoted(self, kept: Kept) -> tuple[Network, int]:
        if kept.live is not None:
            network = kept.live[0]
            training = network.training
            return network, training.epoch if training is not None else kept.rung.epochs
        network = self.networks.lend(kept.spec, kept.spec.seed)
        state = TrainState.from_bytes(kept.body, network)
        network.restore(state.snapshot)
        return network, state.epoch

    # -- before the search was cut off -----------------------------------------------------------

    def _recalled(
        self, number: int, settings: dict[str, Any], rung: Rung, parent: int | None
    ) -> Trial | None:
        if not self.goes_on:
            return None
        earlier = self.reporter.resume_state
        return recalled(earlier, number, settings, group=_group(rung), parent=parent, folds=1)

    def _recall(self, tried: Tried, own: NetworkSpec, rung: Rung, parent: int | None) -> float:
        """Take in a trial as it was; Keras Tuner is told its score as if it had been trained."""
        number = tried.number
        self.done[number] = tried
        if parent is not None:
            self.promotions.give_back(self.promotions.take(parent))
        if tried.status != "finished":
            return math.nan
        body = self.reporter.resume_state.checkpoints.get(number, b"")
        self.promotions.keep(kept_before(number, rung, own, tried.validation[0], body))
        return tried.validation[0]


def run(spec: HyperbandSpec, reporter: Reporter) -> SearchResult:
    """Search with Keras Tuner's Hyperband, then score the best trial's network once.

    The validation part steers, the network is that of the best trial's best
    epoch. Raises `Stopped` after a partial result, its test part sealed.
    """
    table, prepared = read_and_prepare(spec, reporter)
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
    goes_on = _goes_on(reporter)
    reporter.phase("training the trials")
    networks = Networks(len(prepared.feature_names), len(prepared.class_names))
    promotions = Promotions(spec, networks, reporter)
    search = _Search(
        spec, prepared, reporter, Live(reporter), networks, promotions, goes_on=goes_on
    )
    with temporary_folder() as folder:
        tuner = Hyperband(
            search.train,
            spec.vary,
            max_epochs=spec.max_epochs,
            factor=spec.factor,
            seed=derived_seed(spec.seed, CANDIDATES),
            folder=folder,
        )
        try:
            tuner.run()
        except Stopped:
            if reporter.interrupted:
                raise
            finished = sum(c.status == "finished" for c in search.done.values())
            reason = f"stopped by request after {finished:,} of {work.trials:,} trials"
            if promotions.best is None:
                raise Stopped(f"{_capital(reason)}; none has a score yet.") from None
            reporter.finished(
                _result(spec, table, search, promotions.best, reason, open_test=False)
            )
            raise Stopped(f"{_capital(reason)}; the test part stays sealed.") from None
    if promotions.best is None:
        raise EngineError(
            "No candidate has a score: all of them diverged or were skipped.",
            "Try lower learning rates or other ranges.",
        )
    reporter.phase("scoring")
    reason = f"all {len(search.done):,} trials done"
    return _result(spec, table, search, promotions.best, reason, open_test=True)


def _goes_on(reporter: Reporter) -> bool:
    """Whether the search keeps what it did before it was cut off; says how much that is."""
    earlier = reporter.resume_state
    trials = earlier.state.trials.values()
    done = sum(trial.status in DONE for trial in trials)
    finished = any(trial.status == "finished" for trial in trials)
    if finished and not earlier.checkpoints:
        reporter.note("The networks to go on from are not kept any more: the search begins again.")
        return False
    if done:
        reporter.note(f"{done:,} trials were done before.")
    return True


def _result(
    spec: HyperbandSpec,
    table: Table,
    search: _Search,
    winner: Kept,
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
        effective_settings=settings_shown(candidate.effective_settings, candidate.settings),
        selection_score=winner.score,
        selection_std=None,
        importances=_influences(spec, search),
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


def _influences(spec: HyperbandSpec, search: _Search) -> tuple[Importance, ...]:
    """Over the largest set of trials with the same budget: others cannot be compared."""
    groups: dict[Rung, list[Tried]] = {}
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
