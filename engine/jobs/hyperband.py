"""Many candidates for a few epochs, the best for more: Keras Tuner's Hyperband (Li et al. 2018)."""

import math
import os
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

from engine.data.load import Table
from engine.data.prepare import Prepared
from engine.errors import EngineError
from engine.events import Plan, TrialStarted, training_key
from engine.jobs.candidates import Live, Tried, network_fields, plain_settings
from engine.jobs.data import read_and_prepare
from engine.jobs.kept import class_weights
from engine.network.build import build
from engine.network.network import Network, Snapshot
from engine.network.reuse import Networks, no_slots
from engine.network.seeds import CANDIDATES, TRIAL, derived_seed
from engine.network.tuning import Hyperband
from engine.network.watched import Best, Stopper, settings_shown
from engine.reporter import Reporter, Stopped
from engine.results import Influence, SearchResult
from engine.searches import Rung, combinations, influences, rungs, workload
from engine.specs import HyperbandSpec, NetworkSpec, with_settings


@dataclass(frozen=True)
class _Kept:
    """A trained network that can still be promoted."""

    rung: Rung
    spec: NetworkSpec
    network: Network
    best: Best


class _Waiting:
    """The trials that can still be promoted; the networks of all others are lent again."""

    def __init__(self, spec: HyperbandSpec, networks: Networks) -> None:
        self._networks = networks
        self._kept: dict[int, _Kept] = {}
        rows = rungs(spec.max_epochs, spec.factor)
        # how many of a rung the next one takes
        self._most = {(r.bracket, r.number - 1): r.trials for r in rows if r.number}

    def keep(self, number: int, kept: _Kept) -> None:
        """Trial `number` has finished its rung; the last of the worst goes where there is no room.

        Keras Tuner promotes the first of equals.
        """
        rung = kept.rung
        if rung.number == 0:
            # what is behind belongs to complete brackets
            for other in [n for n, k in self._kept.items() if k.rung.bracket != rung.bracket]:
                self._drop(other)
        self._kept[number] = kept
        same = [n for n, k in self._kept.items() if k.rung == rung]
        if len(same) > self._most.get((rung.bracket, rung.number), 0):
            self._drop(min(same, key=lambda n: (self._kept[n].best.score, -n)))

    def take(self, number: int) -> _Kept:
        """Trial `number` is promoted."""
        return self._kept.pop(number)

    def _drop(self, number: int) -> None:
        kept = self._kept.pop(number)
        self._networks.give_back(kept.spec, kept.network)


@dataclass
class _Search:
    """The trials of a Hyperband search as Keras Tuner asks for them, one after the other.

    strict: a promoted trial goes on exactly where it was (weights, optimizer,
    step and epoch), so it is to the bit what it would be in one training.
    as_published: as Keras Tuner's own, it begins with the weights of the best
    epoch, a new optimizer and a learning-rate schedule at its start.
    """

    spec: HyperbandSpec
    prepared: Prepared
    reporter: Reporter
    live: Live
    networks: Networks
    waiting: _Waiting
    done: dict[int, Tried] = field(default_factory=dict)
    rung_of: dict[int, Rung] = field(default_factory=dict)
    best: "_Winner | None" = None

    def train(self, number: int, settings: dict[str, Any], rung: Rung, parent: int | None) -> float:
        """Train one trial up to its rung's epochs; NaN where it has no score."""
        reporter, spec = self.reporter, self.spec
        reporter.check()
        reporter.take_skip()
        now = Tried(number, settings, rung.epochs)
        self.rung_of[number] = rung
        started = TrialStarted(
            at=time.time(),
            trial=number,
            settings=plain_settings(settings),
            epochs=rung.epochs,
            group=f"bracket {rung.bracket}, rung {rung.number}",
            parent=parent,
        )
        reporter.emit(started)
        own = with_settings(spec.network, settings)
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
        if now.status == "finished":
            now.train, now.validation = {0: best.train_accuracy}, {0: best.score}
            if self.best is None or best.rank > self.best.best.rank:
                self.best = _Winner(now, own, best, rung)
            self.waiting.keep(number, _Kept(rung, own, network, best))
        else:
            self.networks.give_back(own, network)
        reporter.emit(now.event())
        self.done[number] = now
        reporter.check()
        return best.score if now.status == "finished" else math.nan

    def _network(
        self, own: NetworkSpec, rung: Rung, number: int, parent: int | None
    ) -> tuple[Network, int]:
        """The network to train and the epoch (from 0) it begins at."""
        published = self.spec.protocol == "as_published"
        if parent is not None and not published:
            network = self.waiting.take(parent).network
            training = network.training
            return network, training.epoch if training is not None else rung.begun
        seed = derived_seed(own.seed, TRIAL, number) if published else own.seed
        network = self.networks.lend(own, seed)
        if parent is not None:
            kept = self.waiting.take(parent)
            network.restore(Snapshot(kept.best.weights(), no_slots(network), 0))
            self.networks.give_back(kept.spec, kept.network)
        return network, rung.begun


@dataclass(frozen=True)
class _Winner:
    candidate: Tried
    network: NetworkSpec
    best: Best
    rung: Rung


def run(spec: HyperbandSpec, reporter: Reporter) -> SearchResult:
    """Search with Keras Tuner's Hyperband, then score the best trial's network once.

    The validation part steers, the network is that of the best trial's best
    epoch. Raises `Stopped` after a partial result, its test part sealed.
    """
    table, prepared = read_and_prepare(spec, reporter)
    work = workload(spec)
    reporter.emit(
        Plan(at=time.time(), trials=work.trials, trainings=work.trainings, epochs=work.epochs)
    )
    drawn = sum(r.trials for r in rungs(spec.max_epochs, spec.factor) if r.number == 0)
    possible = combinations(spec)
    if possible is not None and possible < drawn:
        reporter.warn(
            f"Hyperband draws {drawn:,} different candidates, and there are only {possible:,}:"
            " it ends early. Vary more settings or widen a range."
        )
    reporter.phase("training the trials")
    networks = Networks(len(prepared.feature_names), len(prepared.class_names))
    search = _Search(spec, prepared, reporter, Live(reporter), networks, _Waiting(spec, networks))
    with tempfile.TemporaryDirectory(prefix=f"penguin-tui-{os.getpid()}-") as folder:
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
            finished = sum(c.status == "finished" for c in search.done.values())
            reason = f"stopped by request after {finished:,} of {work.trials:,} trials"
            if search.best is None:
                raise Stopped(f"{_capital(reason)}; none has a score yet.") from None
            reporter.finished(_result(spec, table, search, search.best, reason, open_test=False))
            raise Stopped(f"{_capital(reason)}; the test part stays sealed.") from None
    if search.best is None:
        raise EngineError(
            "No candidate has a score: all of them diverged or were skipped.",
            "Try lower learning rates or other ranges.",
        )
    reporter.phase("scoring")
    reason = f"all {len(search.done):,} trials done"
    return _result(spec, table, search, search.best, reason, open_test=True)


def _result(
    spec: HyperbandSpec,
    table: Table,
    search: _Search,
    winner: _Winner,
    reason: str,
    *,
    open_test: bool,
) -> SearchResult:
    prepared, candidate = search.prepared, winner.candidate
    sizes = (len(prepared.feature_names), len(prepared.class_names))
    network = build(winner.network, *sizes)
    network.set_weights(winner.best.weights())
    fields = network_fields(
        table, prepared, network, search.reporter,
        batch_size=winner.network.batch_size, open_test=open_test,
    )  # fmt: skip
    return SearchResult(
        **fields,
        kind="hyperband",
        best_trial=candidate.number,
        best_settings=plain_settings(candidate.settings),
        settings_used=settings_shown(candidate.settings_used, candidate.settings),
        selection_score=winner.best.score,
        selection_std=None,
        influences=_influences(spec, search),
        epochs_spent=sum(c.epochs for c in search.done.values()),
        epochs_run=int(candidate.settings_used["epochs"]),
        epoch_kept=winner.best.epoch + 1,
        stopped_because=reason,
        note=_note(spec),
    )


def _note(spec: HyperbandSpec) -> str:
    if spec.protocol == "strict" or spec.schedule.name == "constant":
        return ""
    return (
        "As published each rung begins with a new optimizer: the learning-rate schedule starts"
        " again in every rung."
    )


def _influences(spec: HyperbandSpec, search: _Search) -> tuple[Influence, ...]:
    """Over the largest set of trials with the same budget: others cannot be compared."""
    groups: dict[Rung, list[Tried]] = {}
    for number, candidate in search.done.items():
        if candidate.status == "finished":
            groups.setdefault(search.rung_of[number], []).append(candidate)
    rung, largest = max(groups.items(), key=lambda item: len(item[1]))
    found = influences(list(spec.vary), [c.settings for c in largest], [c.mean for c in largest])
    over = f" (over {len(largest)} trials of bracket {rung.bracket}, rung {rung.number})"
    return tuple(item.model_copy(update={"method": item.method + over}) for item in found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
