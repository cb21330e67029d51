"""One network, trained live and evaluated once at the end."""

import time
from typing import Any

from engine.jobs.shared.artefacts import evaluate_and_keep, report_network
from engine.jobs.shared.checkpoint import Checkpoints, TrainState
from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.epochs import ReportEpochs
from engine.jobs.shared.weights import weighted_rows
from engine.keras_adapter.model_pool import shared_pool
from engine.keras_adapter.xla_sequential import XlaSequential
from engine.planning.early_stopping import StoppingState
from engine.results import TrainResult
from engine.runs.events import TrialEnded, TrialStarted
from engine.runs.reporter import Diverged, Reporter, Stopped
from engine.specs import TrainSpec
from engine.trainer.early_stopping import EarlyStopping

TRIAL = 0


def run(spec: TrainSpec, reporter: Reporter) -> TrainResult:
    """Train the network of `spec`, keep it, and evaluate it on every set of the data.

    A stopped run is evaluated on what it learnt from; its test set stays held out.
    A run that was interrupted resumes from its last checkpoint.
    """
    table, prepared = read_and_prepare(spec, reporter)
    reporter.phase("building the network")
    pool = shared_pool(len(prepared.feature_names), len(prepared.class_names))
    network = pool.acquire(spec.network, spec.network.seed)
    shown = report_network(network, prepared, spec.batch_size, reporter)
    earlier = _restored(network, reporter)
    reporter.check()
    reporter.phase("training")
    reporter.emit(TrialStarted(at=time.time(), trial=TRIAL, settings={}, epochs=spec.epochs))
    stopping = _early_stopping(spec, earlier)
    report = ReportEpochs(reporter, TRIAL)
    watching = [report, stopping, Checkpoints(reporter, TRIAL, stopping)]
    begun = earlier.epoch if earlier else 0
    training = network.train(
        *weighted_rows(spec, prepared),
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        callbacks=[callback for callback in watching if callback is not None],
        initial_epoch=begun,
    )
    if reporter.interrupted:
        raise Stopped
    epochs = begun + len(report.figures)
    _end_trial(reporter, report, epochs)
    if report.diverged_at:
        raise Diverged(f"The loss was no longer a number in epoch {report.diverged_at}.")
    reporter.phase("evaluating")
    reason = _reason(spec, epochs, stopping, reporter.stopping)
    scored = evaluate_and_keep(table, prepared, network, reporter, open_test=not reporter.stopping)
    pool.release(spec.network, network)
    kept = stopping.epoch_kept(training) if stopping else epochs
    result = TrainResult(**scored, **shown, epochs_run=epochs, epoch_kept=kept, stop_reason=reason)
    if result.scores.test is None:
        reporter.finished(result)
        raise Stopped(f"{reason[:1].upper()}{reason[1:]}; the test set stays held out.")
    return result


def _restored(network: XlaSequential, reporter: Reporter) -> TrainState | None:
    """Where the training was interrupted, the network brought there; None for a new one."""
    body = reporter.resume_state.checkpoints.get(TRIAL)
    if body is None:
        return None
    earlier = TrainState.from_bytes(body, network)
    network.restore(earlier.snapshot)
    reporter.note(f"Resumes after epoch {earlier.epoch:,}.")
    return earlier


def _early_stopping(spec: TrainSpec, earlier: TrainState | None) -> EarlyStopping | None:
    if spec.early_stopping is None:
        return None
    if earlier is None or earlier.stopping is None:
        return EarlyStopping(spec.early_stopping)
    state = StoppingState(**earlier.stopping)
    return EarlyStopping(spec.early_stopping, state, earlier.best_weights)


def _reason(spec: TrainSpec, epochs: int, stopping: EarlyStopping | None, stopped: bool) -> str:
    """Why training ended, in words."""
    if stopped:
        return f"stopped by request after epoch {epochs}"
    if stopping is not None and stopping.stopped_early:
        monitor = stopping.spec.monitor
        return f"early stopping after epoch {epochs}: {monitor} no longer improved"
    return f"all {spec.epochs:,} epochs done"


def _end_trial(reporter: Reporter, report: ReportEpochs, epochs: int) -> None:
    status: Any = "stopped" if reporter.stopping else "finished"
    last = reporter.resume_state.state.curve.at(epochs) or {}
    newest = report.figures[-1].by_name() if report.figures else last
    reporter.emit(
        TrialEnded(
            at=time.time(),
            trial=TRIAL,
            status="diverged" if report.diverged_at else status,
            effective_settings={"epochs": epochs, "learning_rate": newest.get("learning_rate")},
            epochs=epochs,
        )
    )
