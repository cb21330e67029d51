"""One setting over its values, several seeds each; the choice is evaluated once at the end."""

import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.data.load import Table
from engine.data.preprocess import PreprocessedData
from engine.environment.machine import usable_threads
from engine.errors import EngineError
from engine.jobs.shared.artefacts import evaluate_and_keep, report_network
from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.effective import effective_settings, relevant
from engine.jobs.shared.epochs import ReportEpochs
from engine.jobs.shared.weights import weighted_rows
from engine.keras_adapter.build import build, fleet_member
from engine.planning import sweep as sweeps
from engine.results import Point, SweepResult
from engine.runs.events import (
    EpochBlock,
    Plan,
    TrialEnded,
    TrialStarted,
    TrialStatus,
    training_key,
)
from engine.runs.figures import COLUMNS
from engine.runs.reporter import Reporter, Stopped
from engine.runs.state import RunState, fold
from engine.specs import NetworkSpec, SweepSpec, with_settings
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import Member, train_fleet
from engine.trainer.loop import Callback
from engine.trainer.training import Figures, Training


def run(spec: SweepSpec, reporter: Reporter) -> SweepResult:
    """Train a network for every value and seed as one fleet, then evaluate the chosen value's.

    The chosen network, of the first seed that has figures, is trained once more
    (they come out the same to the bit) and is the only one that is evaluated
    on the test set. A sweep that was interrupted keeps its finished trainings.
    """
    table, prepared = read_and_prepare(spec, reporter)
    settings = sweeps.trial_settings(spec)
    networks = [with_settings(spec.network, own) for own in settings]
    members = _members(networks, prepared)
    epochs = sum(network.epochs for network in networks)
    reporter.emit(Plan(at=time.time(), trials=len(members), trainings=len(members), epochs=epochs))
    reporter.phase("training")
    watch = _Watch(reporter, settings, reporter.resume_state.state)
    todo = _not_done_yet(reporter.resume_state.state, settings)
    if len(todo) < len(members):
        reporter.note(f"{len(members) - len(todo):,} trainings were done before.")
    train_fleet(
        [members[index] for index in todo],
        threads=usable_threads(),
        callbacks=lambda at: watch.started(todo[at], networks[todo[at]]),
        on_end=lambda at, training: watch.ended(todo[at], training),
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
    """The trials that are still to be trained: those that an interrupted sweep has not done."""
    done = {
        number
        for number, trial in earlier.trials.items()
        if trial.status in ("finished", "diverged", "skipped")
        and (trial.status != "finished" or trial.epochs == len(earlier.curve_of(number)))
        and number < len(settings)
        and trial.settings == dict(settings[number])
    }
    return [index for index in range(len(settings)) if index not in done]


def _members(networks: Sequence[NetworkSpec], prepared: PreprocessedData) -> list[Member]:
    sizes = (len(prepared.feature_names), len(prepared.class_names))
    # the networks share the rows, except where it is the rows' weights that are swept
    of_each = {n.class_weight: n for n in networks}
    rows = {weight: weighted_rows(network, prepared) for weight, network in of_each.items()}
    return [fleet_member(n, *sizes, *rows[n.class_weight]) for n in networks]


@dataclass
class _Trial:
    """One training of the sweep."""

    report: ReportEpochs
    stopping: EarlyStopping | None

    @property
    def figures(self) -> list[Figures]:
        """Those of every epoch reported."""
        return self.report.figures


@dataclass
class _Watch:
    """Reports the fleet, and folds what it reports: points are read from the same state.

    `train_fleet` calls its methods from several threads.
    """

    reporter: Reporter
    settings: Sequence[Mapping[str, Any]]
    state: RunState = field(default_factory=RunState)
    _trials: dict[int, _Trial] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, index: int, network: NetworkSpec) -> list[Callback]:
        """Report a trial's start; returns what watches its training."""
        event = TrialStarted(
            at=time.time(), trial=index, settings=dict(self.settings[index]), epochs=network.epochs
        )
        report = ReportEpochs(self.reporter, training_key(index), self.reporter.take_skip)
        spec = network.early_stopping
        trial = _Trial(report, EarlyStopping(spec) if spec is not None else None)
        with self._lock:
            self._trials[index] = trial
            self.reporter.emit(event)
            self.state = fold(self.state, [event])
        stopping = [trial.stopping] if trial.stopping is not None else []
        return [report, *stopping]

    def ended(self, index: int, training: Training) -> None:
        """Report what came of a trial."""
        with self._lock:
            trial = self._trials.pop(index)
            status, scores = self._outcome(trial, training)
            event = TrialEnded(
                at=time.time(),
                trial=index,
                status=status,
                effective_settings=relevant(effective_settings(training), self.settings[index]),
                scores=scores,
                epochs=len(trial.figures),
            )
            self.reporter.emit(event)
            self.state = fold(self.state, [*_block(index, trial.figures), event])

    def _outcome(self, trial: _Trial, training: Training) -> tuple[TrialStatus, dict[str, Any]]:
        if trial.report.diverged_at:
            return "diverged", {}
        if trial.report.skipped:
            return "skipped", {}
        early = trial.stopping is not None and trial.stopping.stopped_early
        if training.epoch < training.plan.epochs and not early:
            return "stopped", {}
        kept = trial.figures[_epoch_kept(trial.stopping, training) - 1]
        return "finished", {"train": (kept.accuracy,), "validation": (kept.val_accuracy,)}


def _epoch_kept(stopping: EarlyStopping | None, training: Training) -> int:
    return training.epoch if stopping is None else stopping.epoch_kept(training)


def _block(index: int, figures: Sequence[Figures]) -> list[EpochBlock]:
    # how long the epochs took is no part of any point
    rows = [tuple(own.by_name().get(name, math.nan) for name in COLUMNS) for own in figures]
    return [EpochBlock.of(training_key(index), 1, rows)] if rows else []


class _StopByRequest(Callback):
    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        training.stop_requested = training.stop_requested or self._reporter.stopping


def _result(
    spec: SweepSpec,
    table: Table,
    prepared: PreprocessedData,
    found: Sequence[Point],
    state: RunState,
    reporter: Reporter,
) -> SweepResult:
    setting, _ = sweeps.swept(spec)
    chosen = sweeps.choose(spec, found)
    reporter.phase("training the chosen network and evaluating it once")
    # with another seed the same settings may have diverged
    seed = sweeps.first_seed(spec, state, chosen.value)
    chosen_spec = with_settings(spec.network, {setting: chosen.value, "seed": seed})
    network = build(chosen_spec, len(prepared.feature_names), len(prepared.class_names))
    stopping = EarlyStopping(spec.early_stopping) if spec.early_stopping is not None else None
    watching = [_StopByRequest(reporter), *([stopping] if stopping is not None else [])]
    training = network.train(
        *weighted_rows(chosen_spec, prepared),
        epochs=chosen_spec.epochs,
        batch_size=chosen_spec.batch_size,
        callbacks=watching,
    )
    reporter.check()
    shown = report_network(network, prepared, chosen_spec.batch_size, reporter)
    scored = evaluate_and_keep(table, prepared, network, reporter, open_test=True)
    early = stopping is not None and stopping.stopped_early
    return SweepResult(
        **scored,
        **shown,
        epochs_run=training.epoch,
        epoch_kept=_epoch_kept(stopping, training),
        stop_reason=(
            f"early stopping after epoch {training.epoch}"
            if early
            else f"all {training.epoch:,} epochs done"
        ),
        setting=setting,
        points=tuple(found),
        best=sweeps.best(found).value,
        chosen=chosen.value,
    )
