"""One setting over its values, several seeds each; the choice is evaluated once at the end."""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.data.datasets import PreprocessedData, preprocess
from engine.data.types import Check, unheeded
from engine.jobs.phases.artefacts import network_fields
from engine.jobs.phases.endings import epochs_done
from engine.jobs.phases.epoch_reports import ReportEpochs, StopByRequest
from engine.jobs.phases.read_data import data_ready, read_and_preprocess
from engine.jobs.phases.row_weights import weighted_rows
from engine.jobs.trials.kept_accuracies import KeptAccuracies
from engine.jobs.trials.progress import TrialProgress
from engine.planning import sweep as sweeps
from engine.results.search import SweepResult
from engine.runs.events import EpochBlock, Event, Plan, training_key
from engine.runs.executor import Outlet, perform
from engine.runs.figures import COLUMNS
from engine.runs.reporter import Diverged, Reporter, Stopped
from engine.runs.state import RunState, fold
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.network import NetworkSpec
from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import Member, train_fleet
from engine.trainer.network import Network, fleet_member
from engine.trainer.training import Figures, Training


def run(spec: SweepSpec, reporter: Reporter) -> SweepResult:
    """Train a network for every value and seed as one fleet, then evaluate the chosen value's.

    The chosen network, of the first seed that was not skipped, is trained once more (it comes
    out the same to the bit) and is the only one that is evaluated on the test set. A sweep
    that was interrupted keeps its finished trainings. Raises `Diverged` where every value has
    a seed that diverged: nothing is chosen then.
    """
    prepared = read_and_preprocess(spec, reporter)
    splits = Splits(spec, prepared)
    state = _train_all(spec, splits, reporter)
    found = sweeps.points(spec, state)
    best, chosen = sweeps.best(found), sweeps.choose(spec, found)
    if best is None or chosen is None:
        raise Diverged(
            "Every value has a seed that diverged: none is chosen, and the test set stays held out."
        )
    setting, _ = sweeps.swept(spec)
    seed = sweeps.first_seed(spec, state, chosen.value)
    network = with_settings(spec.network, {setting: chosen.value, "seed": seed})
    return SweepResult(
        **_chosen_network(network, splits.of(seed, reporter.check), reporter),
        setting=setting,
        points=found,
        best=best.value,
        chosen=chosen.value,
    )


@dataclass
class Splits:
    """The data of each seed: the same for all, or split and preprocessed for each by itself.

    One split beside the first is kept at a time, as a thousand might not fit.
    """

    spec: SweepSpec
    first: PreprocessedData

    def of(self, seed: int, check: Check = unheeded) -> PreprocessedData:
        """What the networks of a seed learn from."""
        if self.spec.repeats_over == "seeds" or seed == self.spec.seed:
            return self.first
        return preprocess(self.first.table, self.spec, check, seed - self.spec.seed)

    def groups(self, todo: Sequence[TrialProgress]) -> list[list[TrialProgress]]:
        """The trials that share their rows, those of one split after those of another."""
        found: dict[int, list[TrialProgress]] = {}
        for trial in todo:
            split = trial.settings["seed"] if self.spec.repeats_over == "splits" else 0
            found.setdefault(split, []).append(trial)
        return list(found.values())


def _train_all(spec: SweepSpec, splits: Splits, reporter: Reporter) -> RunState:
    """Train what an interrupted sweep has not done; the state folded from all trials."""
    trials = [
        TrialProgress(number, own, with_settings(spec.network, own).epochs)
        for number, own in enumerate(sweeps.trial_settings(spec))
    ]
    epochs = sum(trial.epochs_planned for trial in trials)
    reporter.emit(Plan(trials=len(trials), trainings=len(trials), epochs=epochs))
    reporter.phase("training")
    earlier = fold(reporter.resume_state.state, [data_ready(splits.first)])
    todo = [trial for trial in trials if not _is_done(trial, earlier)]
    if before := len(trials) - len(todo):
        reporter.note(f"{before:,} trainings were done before.")
    watch = SweepWatch(reporter, earlier)
    perform(train_trials, splits, todo, watch, reporter)
    if reporter.stopping:
        done = sum(trial.status == "finished" for trial in watch.state.trials.values())
        raise Stopped(f"Stopped after {done:,} of {len(trials):,} trainings; those are kept.")
    return watch.state


def train_trials(
    splits: Splits, trials: Sequence[TrialProgress], outlet: Outlet["SweepWatch"], threads: int
) -> None:
    """Train the networks of some trials, those that share their rows as one fleet."""
    for group in splits.groups(trials):
        if outlet.reporter.stopping:
            return
        prepared = splits.of(group[0].settings["seed"], outlet.reporter.check)
        # a skip that was requested while nothing was running means none of these
        outlet.reporter.take_skip()
        networks = [with_settings(splits.spec.network, trial.settings) for trial in group]
        fleet = _Fleet(sweeps.ends(splits.spec), group, networks, outlet)
        train_fleet(
            _members(networks, prepared),
            threads=threads,
            callbacks=fleet.started,
            on_end=fleet.ended,
        )


def _is_done(trial: TrialProgress, earlier: RunState) -> bool:
    before = trial.restored(earlier)
    if before is None:
        return False
    return before.status != "finished" or before.epochs == len(earlier.curve_of(trial.number))


def _members(networks: Sequence[NetworkSpec], prepared: PreprocessedData) -> list[Member]:
    # the networks share the rows, except where it is the rows' weights that are swept
    of_each = {network.class_weight: network for network in networks}
    rows = {weight: weighted_rows(network, prepared) for weight, network in of_each.items()}
    return [fleet_member(n, *prepared.sizes, *rows[n.class_weight]) for n in networks]


@dataclass
class _Fleet:
    """Networks that are trained together; its methods are called in the threads that train them."""

    ends: Sequence[int]
    trials: Sequence[TrialProgress]
    networks: Sequence[NetworkSpec]
    outlet: Outlet["SweepWatch"]
    _running: dict[int, tuple[ReportEpochs, EarlyStopping, KeptAccuracies]] = field(
        default_factory=dict
    )

    def started(self, at: int) -> list[Callback]:
        """Report a trial's start; returns what watches its training."""
        reporter, trial = self.outlet.reporter, self.trials[at]
        report = ReportEpochs(reporter, training_key(trial.number), reporter.take_skip)
        stopping = EarlyStopping(self.networks[at].early_stopping)
        kept = KeptAccuracies(self.ends, stopping)
        self._running[at] = (report, stopping, kept)
        self.outlet.report(SweepWatch.started, trial)
        return [report, stopping, kept]

    def ended(self, at: int, training: Training) -> None:
        """Report what came of a trial."""
        trial = self.trials[at]
        report, stopping, kept = self._running.pop(at)
        trial.add(training, report)
        trial.train_by_epochs = kept.by_epochs
        if trial.status == "running":
            _settle(trial, training, report, stopping)
        self.outlet.report(SweepWatch.ended, trial, _block(trial.number, report.figures))


@dataclass
class SweepWatch:
    """Reports trials, and folds what it reports: points are read from the same state.

    Its methods are called from several threads.
    """

    reporter: Reporter
    state: RunState
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, trial: TrialProgress) -> None:
        """A trial begins."""
        with self._lock:
            self._report(trial.start_event())

    def ended(self, trial: TrialProgress, epochs: Sequence[EpochBlock]) -> None:
        """A trial has come to this."""
        with self._lock:
            self.state = fold(self.state, epochs)
            self._report(trial.end_event())

    def _report(self, event: Event) -> None:
        self.reporter.emit(event)
        self.state = fold(self.state, [event])


def _settle(
    trial: TrialProgress, training: Training, report: ReportEpochs, stopping: EarlyStopping
) -> None:
    """Note whether a training was done, and the accuracies of the epoch that it has kept."""
    if training.epoch < training.plan.epochs and not stopping.stopped_early:
        trial.status = "stopped"
        return
    trial.status = "finished"
    trial.train[0] = training.accuracy(training.parameters)
    trial.validation[0] = report.figures[stopping.epoch_kept(training) - 1].val_accuracy


def _block(index: int, figures: Sequence[Figures]) -> list[EpochBlock]:
    # how long the epochs took is no part of any point
    rows = [tuple(named.get(name, math.nan) for name in COLUMNS)
            for named in (own.by_name() for own in figures)]  # fmt: skip
    return [EpochBlock.of(training_key(index), 1, rows)] if rows else []


def _chosen_network(
    spec: NetworkSpec, prepared: PreprocessedData, reporter: Reporter
) -> dict[str, Any]:
    """Train the chosen network again and evaluate it: what the result has of it."""
    reporter.phase("training the chosen network and evaluating it once")
    network = Network.build(spec, *prepared.sizes)
    stopping = EarlyStopping(spec.early_stopping)
    training = network.train(
        *weighted_rows(spec, prepared),
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        callbacks=[StopByRequest(reporter), stopping],
    )
    reporter.check()
    fields = network_fields(
        spec, network, prepared, reporter, epochs=training.epoch, open_test=True
    )
    return fields | {
        "epochs_run": training.epoch,
        "epoch_kept": stopping.epoch_kept(training),
        "stop_reason": epochs_done(training.epoch, stopped_early=stopping.stopped_early),
    }
