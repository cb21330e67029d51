"""The trainings of a rung as tasks, each a pure function of what it begins from."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from engine.data.datasets import PreprocessedData
from engine.jobs.phases.checkpoint import TrainState
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.row_weights import weighted_rows
from engine.jobs.rungs.promotions import Promotions
from engine.jobs.rungs.rung_trial import RungTrial
from engine.runs.events import training_key
from engine.runs.executor import Outlet
from engine.runs.reporter import Reporter
from engine.specs.kinds.searches import HyperbandSpec
from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import BestEpoch, EarlyStopping
from engine.trainer.fleet import train_fleet
from engine.trainer.network import Network
from engine.trainer.seeds import TRIAL, derived_seed
from engine.trainer.training import Snapshot, Training


@dataclass(frozen=True, eq=False)
class SearchedRows:
    """What all trainings of a search share."""

    spec: HyperbandSpec
    prepared: PreprocessedData


@dataclass(frozen=True, eq=False)
class RungTask:
    """The training of a trial, from the network of the one that it was promoted from, if any."""

    trial: RungTrial
    parent: bytes | None = None


@dataclass
class RungWatch:
    """Reports trials, and keeps what they have come to; called from several threads."""

    reporter: Reporter
    promotions: Promotions
    done: dict[int, RungTrial] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, trial: RungTrial) -> None:
        """A trial begins."""
        self.reporter.emit(trial.start_event())

    def ended(self, trial: RungTrial) -> None:
        """A trial has come to this."""
        with self._lock:
            self.done[trial.number] = trial.without_network()
            if trial.status == "stopped":
                # it begins again from what it has begun from
                self.reporter.emit(trial.end_event())
            else:
                self.promotions.take_in(trial)
                self.promotions.report(trial)


def train_rung(
    shared: SearchedRows, tasks: Sequence[RungTask], outlet: Outlet[RungWatch], threads: int
) -> None:
    """Train some trials of a rung as a fleet; raises `Stopped`.

    strict: a promoted trial resumes exactly where it was (weights, optimizer, step and epoch), so
    it is to the bit what it would be in one training.
    as_published: as Keras Tuner's own, it begins with the weights of the best epoch, a new
    optimizer and a learning-rate schedule at its start.
    """
    fleet = _Fleet(shared, tasks, outlet)
    train_fleet(
        [partial(fleet.begin, task) for task in tasks],
        threads=threads, callbacks=fleet.started, on_end=fleet.ended,
    )  # fmt: skip


class _Fleet:
    """The networks of some trials; its methods are called in the threads that train them."""

    def __init__(
        self, shared: SearchedRows, tasks: Sequence[RungTask], outlet: Outlet[RungWatch]
    ) -> None:
        self._shared, self._tasks, self._outlet = shared, tasks, outlet
        self._running: dict[int, tuple[ReportEpochs, BestEpoch, EarlyStopping]] = {}

    def begin(self, task: RungTask) -> Training:
        """Begin the training of a trial."""
        self._outlet.reporter.check()
        network, first_epoch = self._network(task)
        trial, prepared = task.trial, self._shared.prepared
        return network.begin(
            *weighted_rows(trial.spec, prepared),
            epochs=trial.rung.epochs, batch_size=trial.spec.batch_size, initial_epoch=first_epoch,
        )  # fmt: skip

    def _network(self, task: RungTask) -> tuple[Network, int]:
        """The network to train and the epoch (from 0) it begins at."""
        trial, sizes = task.trial, self._shared.prepared.sizes
        published = self._shared.spec.protocol == "as_published"
        own = trial.spec.seed
        seed = derived_seed(own, TRIAL, trial.number) if published else own
        network = Network.build(trial.spec, *sizes, seed)
        if task.parent is None:
            return network, trial.rung.begun
        state = TrainState.from_bytes(task.parent, network)
        if published:
            network.restore(Snapshot(state.best_weights or []))
            return network, trial.rung.begun
        network.restore(state.snapshot)
        return network, state.epoch

    def started(self, at: int) -> list[Callback]:
        """Report a trial's start; returns what watches its training."""
        reporter, trial, spec = self._outlet.reporter, self._tasks[at].trial, self._shared.spec
        report = ReportEpochs(reporter, training_key(trial.number), reporter.take_skip)
        best = BestEpoch(by_loss=spec.protocol == "strict")
        rule = spec.early_stopping
        # whichever epoch is the best one, a promoted trial resumes from the last
        lasting = rule.model_copy(update={"restore_best": False}) if rule is not None else None
        stopping = EarlyStopping(lasting)
        self._running[at] = (report, best, stopping)
        self._outlet.report(RungWatch.started, trial)
        return [report, best, stopping]

    def ended(self, at: int, training: Training) -> None:
        """Report what came of a trial."""
        report, best, stopping = self._running.pop(at)
        # a copy: the task is kept until all are done, the network only where it may be promoted
        trial = replace(self._tasks[at].trial)
        trial.add(training, report)
        if trial.status == "running":
            if training.epoch == training.plan.epochs or stopping.stopped_early:
                trial.finish(training, best)
            else:
                trial.status = "stopped"
        self._outlet.report(RungWatch.ended, trial)
