"""A network of the post over many splits and seeds, trained as a fleet: its accuracies alone."""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from engine.data.datasets import Dataset, PreprocessedData, preprocess
from engine.data.table import Table
from engine.environment.machine import usable_threads
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.row_weights import weighted_rows
from engine.jobs.reproduction.steps import Step
from engine.jobs.trials.progress import TrialProgress
from engine.jobs.trials.subruns import SubrunReporter
from engine.keras_adapter.build import fleet_member
from engine.runs.reporter import Reporter
from engine.specs.kinds.train import TrainSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import train_fleet
from engine.trainer.prediction import padded, predict
from engine.trainer.training import Training


def train_networks(steps: Sequence[Step], table: Table, reporter: Reporter) -> list[TrialProgress]:
    """Train a network for each step, to the bit as its own run does, and evaluate it.

    Each has a split of its own, which is not counted as an evaluation of its test rows: its
    settings are fixed, and nothing is chosen by them. What was done before an interruption is not
    done again. Raises `Stopped` after a stop was requested.
    """
    fleet = _Fleet(steps, table, reporter)
    train_fleet(
        [fleet.member(at) for at in fleet.todo],
        threads=usable_threads(),
        callbacks=lambda i: fleet.started(fleet.todo[i]),
        on_end=lambda i, training: fleet.ended(fleet.todo[i], training),
    )
    reporter.check()
    return fleet.trials


class _Fleet:
    """The networks of some steps; its methods are called in the threads that train them."""

    def __init__(self, steps: Sequence[Step], table: Table, reporter: Reporter) -> None:
        self._table, self._reporter = table, reporter
        self._specs = [cast(TrainSpec, step.spec) for step in steps]
        earlier = reporter.resume_state.state
        new = [
            TrialProgress(step.number, step.settings, spec.epochs, step.part.name)
            for step, spec in zip(steps, self._specs, strict=True)
        ]
        self.trials = [trial.restored(earlier) or trial for trial in new]
        # positions among the steps
        self.todo = [at for at, trial in enumerate(self.trials) if trial.status == "running"]
        self._running: dict[int, tuple[PreprocessedData, ReportEpochs, EarlyStopping]] = {}

    def member(self, at: int) -> Callable[[], Training]:
        """Preprocesses the split of a step, and begins the training of its network."""
        spec = self._specs[at]

        def begin() -> Training:
            prepared = preprocess(self._table, spec)
            # the figures of a subrun's epochs stay behind
            own = SubrunReporter(self._reporter, self.trials[at].number)
            report = ReportEpochs(own, 0)
            self._running[at] = (prepared, report, EarlyStopping(spec.early_stopping))
            rows = weighted_rows(spec, prepared)
            return fleet_member(spec.network, *prepared.sizes, *rows)()

        return begin

    def started(self, at: int) -> list[Callback]:
        """Report a start; returns what watches the training."""
        _, report, stopping = self._running[at]
        self._reporter.emit(self.trials[at].start_event())
        return [report, stopping]

    def ended(self, at: int, training: Training) -> None:
        """Evaluate a network that was trained to its end, and report what came of it."""
        prepared, report, stopping = self._running.pop(at)
        trial = self.trials[at]
        trial.add(training, report)
        if trial.status == "running":
            whole = training.epoch == training.plan.epochs or stopping.stopped_early
            trial.status = "finished" if whole else "stopped"
        if trial.status == "finished":
            trial.train[0] = _accuracy(training, prepared.train)
            if prepared.validation is not None:
                trial.validation[0] = _accuracy(training, prepared.validation)
            trial.test[0] = _accuracy(training, prepared.test.open(lambda _: None))
        self._reporter.emit(trial.end_event())


def _accuracy(training: Training, rows: Dataset) -> float:
    parameters = padded(training.config, training.weights())
    probabilities = predict(training.config, parameters, Rows.of(rows.x, rows.y))
    return float(np.mean(probabilities.argmax(axis=1) == rows.y))
