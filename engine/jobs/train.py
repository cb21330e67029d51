"""One network, trained live and evaluated once at the end."""

from engine.environment import clock
from engine.jobs.phases.artefacts import evaluate_and_keep, report_network
from engine.jobs.phases.checkpoint import Checkpoints, TrainState
from engine.jobs.phases.endings import epochs_done, stopped
from engine.jobs.phases.epoch_reports import ReportEpochs
from engine.jobs.phases.read_data import read_and_preprocess
from engine.jobs.phases.row_weights import weighted_rows
from engine.planning.stopping_rule import StoppingState
from engine.results.scores import TrainResult
from engine.runs.events import TrialEnded, TrialStarted, TrialStatus
from engine.runs.reporter import Diverged, Reporter, Stopped
from engine.specs.kinds.train import TrainSpec
from engine.trainer.early_stopping import EarlyStopping
from engine.trainer.network import Network
from engine.trainer.training import Training

TRIAL = 0


def run(spec: TrainSpec, reporter: Reporter) -> TrainResult:
    """Train the network of `spec`, keep it, and evaluate it on every set of the data.

    A stopped run is evaluated on what it learnt from; its test set stays held out.
    A run that was interrupted resumes from its last checkpoint.
    """
    prepared = read_and_preprocess(spec, reporter)
    reporter.phase("building the network")
    network = Network.build(spec.network, *prepared.sizes)
    shown = report_network(spec.network, prepared, reporter)
    begun, stopping = _resumed(spec, network, reporter)
    reporter.check()
    reporter.phase("training")
    reporter.emit(TrialStarted(steady=clock.steady(), trial=TRIAL, settings={}, epochs=spec.epochs))
    report = ReportEpochs(reporter, TRIAL)
    training = network.train(
        *weighted_rows(spec, prepared),
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        callbacks=[report, stopping, Checkpoints(reporter, TRIAL, stopping)],
        initial_epoch=begun,
    )
    if reporter.interrupted:
        raise Stopped
    epochs = begun + len(report.figures)
    _end_trial(reporter, report, epochs)
    reporter.phase("evaluating")
    reason = _reason(training, stopping, reporter)
    scored = evaluate_and_keep(
        spec.network, network, prepared, reporter,
        epochs=epochs, open_test=not reporter.stopping,
    )  # fmt: skip
    kept = stopping.epoch_kept(training)
    result = TrainResult(**scored, **shown, epochs_run=epochs, epoch_kept=kept, stop_reason=reason)
    if result.scores.test is None:
        reporter.finished(result)
        raise stopped(reason, "the test set stays held out")
    return result


def _resumed(spec: TrainSpec, network: Network, reporter: Reporter) -> tuple[int, EarlyStopping]:
    """The epoch (from 0) to begin with and early stopping, as they were when interrupted."""
    body = reporter.resume_state.checkpoints.get(TRIAL)
    if body is None:
        return 0, EarlyStopping(spec.early_stopping)
    earlier = TrainState.from_bytes(body, network)
    network.restore(earlier.snapshot)
    reporter.note(f"Resumes after epoch {earlier.epoch:,}.")
    state = StoppingState(**(earlier.stopping or {}))
    return earlier.epoch, EarlyStopping(spec.early_stopping, state, earlier.best_weights)


def _reason(training: Training, stopping: EarlyStopping, reporter: Reporter) -> str:
    """Why training ended, in words."""
    if reporter.stopping:
        # the network is that of the moment, also in the middle of a long epoch
        when = (
            f"in epoch {training.epoch + 1}" if training.step else f"after epoch {training.epoch}"
        )
        return f"stopped by request {when}"
    if stopping.spec is not None and stopping.stopped_early:
        ended = epochs_done(training.epoch, stopped_early=True)
        return f"{ended}: {stopping.spec.monitor} no longer improved"
    return epochs_done(training.plan.epochs, stopped_early=False)


def _end_trial(reporter: Reporter, report: ReportEpochs, epochs: int) -> None:
    """Report the end of the training; raises `Diverged` where its loss is no number."""
    status: TrialStatus = "stopped" if reporter.stopping else "finished"
    last = reporter.resume_state.state.curve.at(epochs) or {}
    newest = report.figures[-1].by_name() if report.figures else last
    reporter.emit(
        TrialEnded(
            steady=clock.steady(),
            trial=TRIAL,
            status="diverged" if report.diverged_at else status,
            effective_settings={"epochs": epochs, "learning_rate": newest.get("learning_rate")},
            epochs=epochs,
        )
    )
    if report.diverged_at:
        raise Diverged(f"The loss was no longer a number in epoch {report.diverged_at}.")
