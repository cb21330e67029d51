"""What the searches share: a candidate watched while it trains, and the result's common fields."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import keras

from engine.data.load import Table
from engine.data.prepare import Prepared
from engine.events import NetworkReady, TrialEnded, TrialStatus
from engine.jobs.kept import keep
from engine.jobs.scored import score
from engine.network.build import layer_table
from engine.network.loop import Progress
from engine.network.network import Network
from engine.network.watched import settings_shown, settings_used
from engine.reporter import Reporter


class Live(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports every epoch of a training under `key`; heeds stop, pause and skip between calls."""

    # several short epochs may be trained in one call; this is told of each of them
    reads_logs_only = True

    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self._reporter = reporter
        self.begin(0, 0)

    def __sklearn_clone__(self) -> Self:
        return self

    def begin(self, key: int, epoch: int) -> None:
        """Another training, from `epoch` (from 0) on, is about to begin."""
        self.key, self.epochs, self._done = key, 0, epoch
        self.skipped = self.diverged = False
        self._begun, self._seconds = time.perf_counter(), 0.0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report the epoch."""
        if self.diverged:
            return
        figures = dict(logs or {}) | {"seconds": self._seconds}
        self.epochs += 1
        self._reporter.epoch(self.key, epoch + 1, figures)
        self.diverged = not math.isfinite(figures["loss"])

    def on_call_end(self, progress: Progress) -> None:
        """Wait while paused; end the training where somebody asked for it or it diverged."""
        done, now = progress.epoch - self._done, time.perf_counter()
        if done:
            # the epochs of one call share its time
            self._seconds, self._begun = (now - self._begun) / done, now
            self._done = progress.epoch
        self._reporter.wait_while_paused()
        self._begun += time.perf_counter() - now
        self.skipped = self.skipped or self._reporter.take_skip()
        if self._reporter.stopping or self.skipped or self.diverged:
            self.model.stop_training = True


@dataclass
class Candidate:
    """A candidate at work: one figure for each fold it was scored on."""

    number: int
    settings: dict[str, Any]
    status: TrialStatus = "running"
    validation: list[float] = field(default_factory=list)
    train: list[float] = field(default_factory=list)
    epochs: int = 0
    used: dict[str, Any] = field(default_factory=dict)

    def trained(self, network: Network, live: Live) -> None:
        """Take in a training: what it used, of several the longest one's epochs and steps.

        `epochs_at_most` is what `fit` was given, by its own account.
        """
        used = settings_used(network) | {"epochs_at_most": live.params["epochs"]}
        for name in ("epochs", "steps"):
            used[name] = max(used[name], self.used.get(name, 0))
        self.used = used
        self.epochs += live.epochs

    @property
    def mean(self) -> float:
        """The mean validation accuracy over the folds."""
        return math.fsum(self.validation) / len(self.validation)

    def ended(self) -> TrialEnded:
        """The event; a candidate that has not finished has no scores."""
        scores = {"train": tuple(self.train), "validation": tuple(self.validation)}
        return TrialEnded(
            at=time.time(),
            trial=self.number,
            status=self.status,
            settings_used=settings_shown(self.used, self.settings),
            scores=scores if self.status == "finished" else {},
            epochs=self.epochs,
        )


def settle(live: Live, candidate: Candidate) -> bool:
    """Whether the training that has just ended counts; says why in the status if not."""
    if live.diverged:
        candidate.status = "diverged"
    elif live.skipped:
        candidate.status = "skipped"
    return candidate.status == "running"


def network_fields(
    table: Table,
    prepared: Prepared,
    network: Network,
    reporter: Reporter,
    *,
    batch_size: int,
    open_test: bool,
) -> dict[str, Any]:
    """Layers and scores of the chosen network, which is kept as an artefact."""
    layers = layer_table(network)
    parameters = sum(layer.parameters for layer in layers)
    steps = math.ceil(len(prepared.train.y) / batch_size)
    reporter.emit(NetworkReady(layers=layers, parameters=parameters, steps_per_epoch=steps))
    scored = score(table, prepared, network.predict, reporter, open_test=open_test)
    keep(network, prepared, reporter)
    return {**scored, "layers": layers, "parameters": parameters}


def named(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def plain_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with lists for tuples, as JSON has them."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in settings.items()}
