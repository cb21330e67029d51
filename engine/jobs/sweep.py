"""One setting over its values, several seeds each; the choice is scored once at the end."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.data.load import Table
from engine.data.preprocess import Prepared
from engine.environment.machine import usable_threads
from engine.errors import EngineError
from engine.jobs.shared.artefacts import figures_by_name, keep, row_weights, used_settings
from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.scoring import score
from engine.keras_adapter.build import layer_table
from engine.keras_adapter.fleet import Member, Trained, train_fleet
from engine.planning import sweep as sweeps
from engine.results import Point, SweepResult
from engine.runs.events import (
    EpochBlock,
    NetworkReady,
    Plan,
    TrialEnded,
    TrialStarted,
    training_key,
)
from engine.runs.reporter import Reporter, Stopped
from engine.runs.state import RunState, fold
from engine.specs import SweepSpec, with_settings
from engine.trainer.batching import Rows
from engine.trainer.training import Figures


def run(spec: SweepSpec, reporter: Reporter) -> SweepResult:
    """Train a network for every value and seed as one fleet, then score the chosen value's.

    The chosen network, of the first seed that has figures, is trained once more
    (they come out the same to the bit) and is the only one that the test part is
    opened for. A sweep that was cut off keeps its finished trainings.
    """
    table, prepared = read_and_prepare(spec, reporter)
    settings = sweeps.trial_settings(spec)
    members = _members(spec, prepared, settings)
    epochs = sum(member.network.epochs for member in members)
    reporter.emit(Plan(at=time.time(), trials=len(members), trainings=len(members), epochs=epochs))
    reporter.phase("training")
    watch = _Watch(reporter, settings, reporter.resume_state.state)
    todo = _not_done_yet(reporter.resume_state.state, settings)
    if len(todo) < len(members):
        reporter.note(f"{len(members) - len(todo):,} trainings were done before.")
    train_fleet(
        [members[index] for index in todo],
        threads=usable_threads(),
        on_start=lambda at: watch.started(todo[at], members[todo[at]].network.epochs),
        on_epoch=lambda at, figures: watch.epoch(todo[at], figures),
        keep_on=lambda at: watch.keep_on(todo[at]),
        on_end=lambda at, trained: watch.ended(todo[at], trained),
    )
    found = sweeps.points(spec, watch.state)
    if reporter.stopping:
        done = sum(trial.status == "finished" for trial in watch.state.trials.values())
        raise Stopped(f"Stopped after {done:,} of {len(members):,} trainings; those are kept.")
    if not found:
        raise EngineError(
            "Every network of the sweep diverged.", "Try lower learning rates or other values."
        )
    return _result(spec, table, prepared, found, watch.state, reporter)


def _not_done_yet(earlier: RunState, settings: Sequence[Mapping[str, Any]]) -> list[int]:
    """The trials that are still to be trained, after what was done before the sweep was cut off."""
    done = {
        number
        for number, trial in earlier.trials.items()
        if trial.status in ("finished", "diverged", "skipped")
        and (trial.status != "finished" or trial.epochs == len(earlier.curve_of(number)))
        and number < len(settings)
        and trial.settings == dict(settings[number])
    }
    return [index for index in range(len(settings)) if index not in done]


def _members(
    spec: SweepSpec, prepared: Prepared, settings: Sequence[Mapping[str, Any]]
) -> list[Member]:
    features, classes = len(prepared.feature_names), len(prepared.class_names)
    weights = row_weights(spec, prepared.train.y, classes)
    train = Rows.of(prepared.train.x, prepared.train.y, weights)
    steering = Rows.of(prepared.steering.x, prepared.steering.y)
    return [
        Member(with_settings(spec.network, own), features, classes, train, steering)
        for own in settings
    ]


@dataclass
class _Watch:
    """Reports the fleet, and folds what it reports: points are read from the same state.

    `train_fleet` calls its methods one at a time.
    """

    reporter: Reporter
    settings: Sequence[Mapping[str, Any]]
    state: RunState = field(default_factory=RunState)
    _last: dict[int, float] = field(default_factory=dict)
    _rows: dict[int, list[tuple[float, ...]]] = field(default_factory=dict)
    _skipped: set[int] = field(default_factory=set)
    _diverged: set[int] = field(default_factory=set)

    def started(self, index: int, epochs: int) -> None:
        event = TrialStarted(
            at=time.time(), trial=index, settings=dict(self.settings[index]), epochs=epochs
        )
        self._last[index] = time.perf_counter()
        self._rows[index] = []
        self.reporter.emit(event)
        self.state = fold(self.state, [event])

    def epoch(self, index: int, figures: Figures) -> None:
        now = time.perf_counter()
        row = figures_by_name(figures) | {"seconds": now - self._last[index]}
        self._last[index] = now
        if index in self._diverged:
            return
        if not math.isfinite(figures.loss):
            self._diverged.add(index)
        self.reporter.epoch(training_key(index), figures.epoch + 1, row)
        self._rows[index].append(tuple(row.values()))

    def keep_on(self, index: int) -> bool:
        self.reporter.wait_while_paused()
        if self.reporter.take_skip():
            self._skipped.add(index)
        return not (self.reporter.stopping or index in self._skipped | self._diverged)

    def ended(self, index: int, trained: Trained) -> None:
        status, scores = self._outcome(index, trained)
        event = TrialEnded(
            at=time.time(),
            trial=index,
            status=status,
            effective_settings=used_settings(trained),
            scores=scores,
            epochs=len(trained.figures),
        )
        self.reporter.emit(event)
        self.state = fold(self.state, [*_block(index, self._rows.pop(index)), event])

    def _outcome(self, index: int, trained: Trained) -> tuple[Any, dict[str, Any]]:
        if index in self._diverged:
            return "diverged", {}
        if index in self._skipped:
            return "skipped", {}
        if trained.stopped:
            return "stopped", {}
        kept = trained.figures[trained.epoch_kept]
        validation = math.nan if kept.val_accuracy is None else kept.val_accuracy
        scores = {"train": (kept.accuracy,), "validation": (validation,)}
        return "finished", scores


def _block(index: int, rows: list[tuple[float, ...]]) -> list[EpochBlock]:
    return [EpochBlock.of(training_key(index), 1, rows)] if rows else []


def _result(
    spec: SweepSpec,
    table: Table,
    prepared: Prepared,
    found: Sequence[Point],
    state: RunState,
    reporter: Reporter,
) -> SweepResult:
    setting, _ = sweeps.swept(spec)
    chosen = sweeps.choose(spec, found)
    reporter.phase("training the chosen network and scoring it once")
    # with another seed the same settings may have diverged
    seed = sweeps.first_seed(spec, state, chosen.value)
    (member,) = _members(spec, prepared, [{setting: chosen.value, "seed": seed}])
    (trained,) = train_fleet([member], threads=1, keep_on=lambda _: not reporter.stopping)
    reporter.check()
    network = trained.model()
    layers = layer_table(network)
    parameters = sum(layer.parameters for layer in layers)
    steps = math.ceil(len(prepared.train.y) / member.network.batch_size)
    reporter.emit(NetworkReady(layers=layers, parameters=parameters, steps_per_epoch=steps))
    scored = score(table, prepared, network.predict, reporter, open_test=True)
    keep(network, prepared, reporter)
    epochs = len(trained.figures)
    return SweepResult(
        **scored,
        layers=layers,
        parameters=parameters,
        epochs_run=epochs,
        epoch_kept=trained.epoch_kept + 1,
        stop_reason=(
            f"early stopping after epoch {epochs}"
            if trained.stopped_early
            else f"all {epochs:,} epochs done"
        ),
        setting=setting,
        points=tuple(found),
        best=sweeps.best(found).value,
        chosen=chosen.value,
    )
