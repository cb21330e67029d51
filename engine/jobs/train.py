"""One network, trained live and scored once at the end."""

import math
import time
from typing import Any

import keras

from engine.data.preprocess import Prepared
from engine.jobs.shared.artefacts import class_weights, keep
from engine.jobs.shared.checkpoint import Checkpoints, TrainState
from engine.jobs.shared.data import read_and_prepare
from engine.jobs.shared.scoring import score
from engine.keras_adapter.build import layer_table
from engine.keras_adapter.loop import Progress
from engine.keras_adapter.model_pool import lender
from engine.keras_adapter.network import Network
from engine.results import TrainResult
from engine.runs.events import NetworkReady, TrialEnded, TrialStarted
from engine.runs.reporter import Diverged, Reporter, Stopped
from engine.specs import EarlyStopping, TrainSpec

TRIAL = 0


def run(spec: TrainSpec, reporter: Reporter) -> TrainResult:
    """Train the network of `spec`, keep it, and score every part of the data.

    A stopped run is scored on what it learnt from; its test part stays sealed.
    A run that was cut off goes on from its last checkpoint.
    """
    table, prepared = read_and_prepare(spec, reporter)
    reporter.phase("building the network")
    networks = lender(len(prepared.feature_names), len(prepared.class_names))
    network = networks.lend(spec.network, spec.network.seed)
    layers = layer_table(network)
    parameters = sum(layer.parameters for layer in layers)
    steps = math.ceil(len(prepared.train.y) / spec.batch_size)
    reporter.emit(NetworkReady(layers=layers, parameters=parameters, steps_per_epoch=steps))
    earlier = _earlier(network, reporter)
    reporter.check()
    reporter.phase("training")
    reporter.emit(TrialStarted(at=time.time(), trial=TRIAL, settings={}, epochs=spec.epochs))
    live = _Live(reporter, TRIAL, earlier)
    callbacks: list[keras.callbacks.Callback] = [live]
    stopper = _early_stopping(spec.early_stopping)
    if stopper is not None:
        callbacks.append(stopper)
    callbacks.append(Checkpoints(reporter, TRIAL, stopper, earlier))
    _fit(network, spec, prepared, callbacks, live.epochs)
    if reporter.interrupted:
        raise Stopped
    if live.diverged_at:
        _end_trial(reporter, live, "diverged")
        raise Diverged(f"The loss was no longer a number in epoch {live.diverged_at}.")
    _end_trial(reporter, live, "stopped" if reporter.stopping else "finished")
    reporter.phase("scoring")
    kept, reason = _ending(spec, live, stopper, reporter.stopping)
    scored = score(table, prepared, network.predict, reporter, open_test=not reporter.stopping)
    keep(network, prepared, reporter)
    networks.give_back(spec.network, network)
    result = TrainResult(
        **scored,
        layers=layers,
        parameters=parameters,
        epochs_run=live.epochs,
        epoch_kept=kept,
        stop_reason=reason,
    )
    if result.scores.test is None:
        reporter.finished(result)
        raise Stopped(f"{reason[:1].upper()}{reason[1:]}; the test part stays sealed.")
    return result


class _Live(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports every epoch, and ends training when asked to or when the loss is no number."""

    # several short epochs may be trained in one call; this is told of each of them
    reads_logs_only = True

    def __init__(self, reporter: Reporter, trial: int, earlier: TrainState | None) -> None:
        super().__init__()
        self.epochs = earlier.epoch if earlier else 0
        self.diverged_at = 0
        self.last = reporter.resume_state.state.curve.at(self.epochs) or {}
        self._reporter = reporter
        self._trial = trial
        self._begun = time.perf_counter()
        self._seconds = 0.0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.diverged_at:
            return
        figures = dict(logs or {}) | {"seconds": self._seconds}
        self.epochs = epoch + 1
        self.last = figures
        self._reporter.epoch(self._trial, epoch + 1, figures)
        if not math.isfinite(figures["loss"]):
            self.diverged_at = epoch + 1
            self.model.stop_training = True

    def on_call_end(self, progress: Progress) -> None:
        done = progress.epoch - self.epochs
        now = time.perf_counter()
        if done:
            # the epochs of one call share its time
            self._seconds = (now - self._begun) / done
            self._begun = now
        self._reporter.wait_while_paused()
        # a pause is no part of any epoch
        self._begun += time.perf_counter() - now
        if self._reporter.stopping or self.diverged_at:
            self.model.stop_training = True


def _earlier(network: Network, reporter: Reporter) -> TrainState | None:
    """Where the training was cut off, the network brought there; None for a new one."""
    body = reporter.resume_state.checkpoints.get(TRIAL)
    if body is None:
        return None
    earlier = TrainState.from_bytes(body, network)
    network.restore(earlier.snapshot)
    reporter.note(f"Goes on after epoch {earlier.epoch:,}.")
    return earlier


def _fit(
    network: Network,
    spec: TrainSpec,
    prepared: Prepared,
    callbacks: list[keras.callbacks.Callback],
    initial_epoch: int,
) -> None:
    steering = prepared.steering
    network.fit(
        prepared.train.x,
        prepared.train.y,
        validation_data=(steering.x, steering.y),
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        class_weight=class_weights(spec, prepared.train.y, len(prepared.class_names)),
        callbacks=callbacks,
        initial_epoch=initial_epoch,
        verbose=0,
    )


def _early_stopping(spec: EarlyStopping | None) -> keras.callbacks.EarlyStopping | None:
    if spec is None:
        return None
    return keras.callbacks.EarlyStopping(
        monitor=spec.monitor,
        min_delta=spec.min_delta,
        patience=spec.patience,
        restore_best_weights=spec.restore_best,
        mode="max" if spec.monitor.endswith("accuracy") else "min",
    )


def _ending(
    spec: TrainSpec,
    live: _Live,
    stopper: keras.callbacks.EarlyStopping | None,
    stopped: bool,
) -> tuple[int, str]:
    """The epoch (from 1) whose weights were kept, and why training ended, in words."""
    kept = live.epochs
    if stopper is not None and spec.early_stopping is not None and spec.early_stopping.restore_best:
        kept = stopper.best_epoch + 1
    if stopped:
        return kept, f"stopped by request after epoch {live.epochs}"
    if stopper is not None and stopper.stopped_epoch:
        monitor = spec.early_stopping.monitor if spec.early_stopping else ""
        return kept, f"early stopping after epoch {live.epochs}: {monitor} no longer improved"
    return kept, f"all {spec.epochs:,} epochs done"


def _end_trial(reporter: Reporter, live: _Live, status: Any) -> None:
    used = {"epochs": live.epochs, "learning_rate": live.last.get("learning_rate")}
    reporter.emit(
        TrialEnded(
            at=time.time(), trial=TRIAL, status=status, effective_settings=used, epochs=live.epochs
        )
    )
