"""The trainings of row influence as tasks: each leaves out another part of the training rows."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.data.datasets import PreprocessedData
from engine.environment import clock
from engine.jobs.phases.epoch_reports import StopByRequest
from engine.jobs.phases.left_out import LeftOut
from engine.jobs.phases.row_weights import weighted_rows
from engine.runs.executor import Outlet
from engine.runs.reporter import Checkpoint, Diverged, Reporter
from engine.specs.derived_settings import with_settings
from engine.specs.kinds.influence import MOST_LEFT_OUT_ALONE, InfluenceSpec
from engine.trainer.batching import Rows
from engine.trainer.callbacks import Callback
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.fleet import train_fleet
from engine.trainer.network import fleet_member
from engine.trainer.prediction import predict
from engine.trainer.training import Figures, Training

CHECKPOINT_SECONDS, PHASE_SECONDS = 5.0, 1.0


@dataclass(frozen=True)
class WithoutParts:
    """What all trainings of a repeat share: each leaves out another of `parts`."""

    spec: InfluenceSpec
    prepared: PreprocessedData
    repeat: int
    parts: Sequence[npt.NDArray[np.int64]]


@dataclass
class LeftOutWatch:
    """Takes in the trainings of one repeat; its methods are called from several threads."""

    of: WithoutParts
    known: LeftOut
    reporter: Reporter
    _phase_at: float = 0.0
    _checkpoint_at: float = field(default_factory=clock.steady)

    def ended(self, part: int, probabilities: npt.NDArray[np.float32], loss: float) -> None:
        """A training without a part has said this of the part's rows, and of the others."""
        self.known.add(part, self.of.parts[part], probabilities, loss)
        self.report()

    def report(self, epoch: str = "") -> None:
        """Show how far it is, and keep it, where it is time to; of a long training the `epoch`."""
        now, of = clock.steady(), self.of
        if now - self._phase_at >= PHASE_SECONDS:
            self._phase_at = now
            alone = len(of.prepared.train.y) <= MOST_LEFT_OUT_ALONE
            what = "another row" if alone else "another fold"
            self.reporter.phase(
                f"repeat {of.repeat + 1} of {of.spec.repeats}: {self.known.done:,} of"
                f" {len(of.parts):,} trainings, each without {what}{epoch}"
            )
        if now - self._checkpoint_at >= CHECKPOINT_SECONDS:
            self._checkpoint_at = now
            self.keep()

    def keep(self) -> None:
        """Keep what is done so far."""
        self.reporter.emit(Checkpoint(self.of.repeat, self.known.done, self.known.to_bytes()))


def train_without(
    shared: WithoutParts, todo: Sequence[int], outlet: Outlet[LeftOutWatch], threads: int
) -> None:
    """Train without each of some parts."""
    spec, prepared = shared.spec, shared.prepared
    network = with_settings(spec.network, {"seed": spec.seed + shared.repeat})
    all_rows, validation = weighted_rows(spec, prepared)
    watched = validation if network.early_stopping is not None else None

    def member(part: int) -> Training:
        # made when it is its turn: thousands of weights would fill the memory
        outlet.reporter.check()
        rows = _without(all_rows, shared.parts[part])
        return fleet_member(network, *prepared.sizes, rows, watched)()

    train_fleet(
        [partial(member, part) for part in todo],
        threads=threads,
        callbacks=lambda at: [
            StopByRequest(outlet.reporter), EarlyStopping(network.early_stopping), _Epochs(outlet)
        ],
        on_end=lambda at, training: _ended(shared, todo[at], training, outlet),
    )  # fmt: skip


class _Epochs(Callback):
    """Of long trainings the epochs show that something is done."""

    def __init__(self, outlet: Outlet[LeftOutWatch]) -> None:
        self._outlet, self._reported_at = outlet, time.monotonic()

    def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
        """Report it now and then."""
        if time.monotonic() - self._reported_at >= PHASE_SECONDS:
            self._reported_at = time.monotonic()
            epoch = f", epoch {training.epoch:,} of {training.plan.epochs:,}"
            self._outlet.report(LeftOutWatch.report, epoch)


def _ended(
    shared: WithoutParts, part: int, training: Training, outlet: Outlet[LeftOutWatch]
) -> None:
    if outlet.reporter.stopping:
        return
    own, validation = shared.parts[part], shared.prepared.selection_set
    said = [
        predict(training.config, training.parameters, Rows.of(x, y))
        for x, y in (
            (shared.prepared.train.x.take(own), shared.prepared.train.y[own]),
            (validation.x, validation.y),
        )
        if len(y)
    ]
    if not all(np.isfinite(one).all() for one in said):
        raise Diverged("The loss was no longer a number: lower the learning rate.")
    outlet.report(LeftOutWatch.ended, part, said[0], _log_loss(said[-1], validation.y))


def _without(rows: Rows, part: npt.NDArray[np.int64]) -> Rows:
    """The same rows, of which some count for nothing."""
    weights = rows.weights.copy()
    weights[part] = 0.0
    return replace(rows, weights=weights)


def _log_loss(probabilities: npt.NDArray[np.float32], y: npt.NDArray[np.int32]) -> float:
    own = probabilities[np.arange(len(y)), y].astype(np.float64)
    return float(-np.log(np.maximum(own, np.finfo(np.float32).tiny)).mean())
