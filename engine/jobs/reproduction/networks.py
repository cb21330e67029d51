"""A network of the post over many splits and seeds, trained as a fleet: its accuracies alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from engine.data.datasets import Dataset, PreprocessedData, preprocess
from engine.data.table import Table
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.row_weights import weighted_rows
from engine.jobs.reproduction.steps import Step
from engine.jobs.trials.progress import TrialProgress
from engine.jobs.trials.subruns import SubrunReporter
from engine.runs.executor import Outlet, perform
from engine.runs.reporter import Reporter
from engine.specs.kinds.train import TrainSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import train_fleet
from engine.trainer.network import fleet_member
from engine.trainer.prediction import predict
from engine.trainer.training import Training


@dataclass(frozen=True)
class _Steps:
    """What all trainings share: the table, and the network and split of each trial, by number."""

    specs: Mapping[int, TrainSpec]
    table: Table


def train_networks(steps: Sequence[Step], table: Table, reporter: Reporter) -> list[TrialProgress]:
    """Train a network for each step, to the bit as its own run does, and evaluate it.

    Each has a split of its own, which is not counted as an evaluation of its test rows: its
    settings are fixed, and nothing is chosen by them. What was done before an interruption is not
    done again. Raises `Stopped` after a stop was requested.
    """
    specs = {step.number: cast(TrainSpec, step.spec) for step in steps}
    new = [
        TrialProgress(step.number, step.settings, specs[step.number].epochs, step.part.name)
        for step in steps
    ]
    known = [trial.restored(reporter.resume_state.state) or trial for trial in new]
    watch = _Watch(reporter, {trial.number: trial for trial in known})
    todo = [trial for trial in known if trial.status == "running"]
    perform(train_steps, _Steps(specs, table), todo, watch, reporter)
    reporter.check()
    return list(watch.trials.values())


@dataclass(frozen=True)
class _Watch:
    """Reports trials, and keeps them as they ended; called from several threads."""

    reporter: Reporter
    trials: dict[int, TrialProgress]

    def started(self, trial: TrialProgress) -> None:
        """A trial begins."""
        self.reporter.emit(trial.start_event())

    def ended(self, trial: TrialProgress) -> None:
        """A trial has come to this."""
        self.trials[trial.number] = trial
        self.reporter.emit(trial.end_event())


def train_steps(
    shared: _Steps, trials: Sequence[TrialProgress], outlet: Outlet[_Watch], threads: int
) -> None:
    """Train the networks of some trials as a fleet, each on its own split."""
    fleet = _Fleet(shared, trials, outlet)
    train_fleet(
        [fleet.member(at) for at in range(len(trials))],
        threads=threads,
        callbacks=fleet.started,
        on_end=fleet.ended,
    )


class _Fleet:
    """The networks of some steps; its methods are called in the threads that train them."""

    def __init__(
        self, shared: _Steps, trials: Sequence[TrialProgress], outlet: Outlet[_Watch]
    ) -> None:
        self._shared, self._trials, self._outlet = shared, trials, outlet
        self._running: dict[int, tuple[PreprocessedData, ReportEpochs, EarlyStopping]] = {}

    def member(self, at: int) -> Callable[[], Training]:
        """Preprocesses the split of a step, and begins the training of its network."""
        number = self._trials[at].number
        spec = self._shared.specs[number]

        def begin() -> Training:
            self._outlet.reporter.check()
            prepared = preprocess(self._shared.table, spec)
            # the figures of a subrun's epochs stay behind
            report = ReportEpochs(SubrunReporter(self._outlet.reporter, number), 0)
            self._running[at] = (prepared, report, EarlyStopping(spec.early_stopping))
            rows = weighted_rows(spec, prepared)
            return fleet_member(spec.network, *prepared.sizes, *rows)()

        return begin

    def started(self, at: int) -> list[Callback]:
        """Report a start; returns what watches the training."""
        _, report, stopping = self._running[at]
        self._outlet.report(_Watch.started, self._trials[at])
        return [report, stopping]

    def ended(self, at: int, training: Training) -> None:
        """Evaluate a network that was trained to its end, and report what came of it."""
        prepared, report, stopping = self._running.pop(at)
        trial = self._trials[at]
        trial.add(training, report)
        if trial.status == "running":
            whole = training.epoch == training.plan.epochs or stopping.stopped_early
            trial.status = "finished" if whole else "stopped"
        if trial.status == "finished":
            trial.train[0] = _accuracy(training, prepared.train)
            if prepared.validation is not None:
                trial.validation[0] = _accuracy(training, prepared.validation)
            trial.test[0] = _accuracy(training, prepared.test.open(lambda _: None))
        self._outlet.report(_Watch.ended, trial)


def _accuracy(training: Training, rows: Dataset) -> float:
    probabilities = predict(training.config, training.parameters, Rows.of(rows.x, rows.y))
    return float(np.mean(probabilities.argmax(axis=1) == rows.y))
