"""What the searches share: a candidate watched while it trains, and the result's common fields."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import keras
import numpy as np

from engine.data.load import Table
from engine.data.preprocess import Prepared
from engine.jobs.shared.artefacts import keep
from engine.jobs.shared.scoring import score
from engine.keras_adapter.build import layer_table
from engine.keras_adapter.callbacks import effective_settings, settings_shown
from engine.keras_adapter.loop import Progress
from engine.keras_adapter.network import Network
from engine.runs.events import NetworkReady, TrialEnded, TrialStatus
from engine.runs.reporter import Reporter
from engine.specs import NetworkSpec

Array = np.ndarray[Any, Any]


class Live(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports every epoch of a training under `key`; heeds stop, pause and skip between calls."""

    # several short epochs may be trained in one call; this is told of each of them
    reads_logs_only = True

    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self._reporter = reporter
        self.begin(0, 0)

    def __sklearn_clone__(self) -> Self:
        return type(self)(self._reporter)

    def begin(self, key: int, epoch: int, given_up: Callable[[], bool] = lambda: False) -> None:
        """Another training, from `epoch` (from 0) on, is about to begin.

        It ends as skipped once `given_up` says so, too.
        """
        self._given_up = given_up
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
        self.skipped = self.skipped or self._reporter.take_skip() or self._given_up()
        if self._reporter.stopping or self.skipped or self.diverged:
            self.model.stop_training = True


@dataclass(frozen=True)
class Trained:
    """What came of a training on the pool rows `rows`."""

    network: NetworkSpec
    weights: list[Array]
    rows: Array
    epochs: int
    epoch_kept: int
    stopped_early: bool


@dataclass
class Tried:
    """A candidate. What its folds came to is kept by their numbers: they end in any order."""

    number: int
    settings: dict[str, Any]
    epochs_planned: int
    status: TrialStatus = "running"
    begun: set[int] = field(default_factory=set)
    at_work: int = 0
    used: dict[int, dict[str, Any]] = field(default_factory=dict)
    epochs: int = 0
    validation: dict[int, float] = field(default_factory=dict)
    train: dict[int, float] = field(default_factory=dict)
    first: Trained | None = None
    ended: bool = False
    # it was done before the run was cut off
    recalled: bool = False

    @property
    def scores(self) -> tuple[float, ...]:
        """Validation accuracies, fold by fold."""
        return tuple(self.validation[fold] for fold in sorted(self.validation))

    @property
    def mean(self) -> float:
        """The mean validation accuracy over the folds."""
        return math.fsum(self.validation.values()) / len(self.validation)

    @property
    def effective_settings(self) -> dict[str, Any]:
        """What the first fold used; epochs and steps are the longest fold's."""
        used = [self.used[fold] for fold in sorted(self.used)]
        longest = {name: max(u[name] for u in used) for name in ("epochs", "steps") if used}
        return (used[0] if used else {}) | longest

    def take_in(self, fold: int, network: Network, live: Live) -> None:
        """Keep what a training used; a candidate that diverged or was skipped is no longer running.

        `epochs_at_most` is what `fit` was given, by its own account.
        """
        self.used[fold] = effective_settings(network) | {"epochs_at_most": live.params["epochs"]}
        self.epochs += live.epochs
        if self.status == "running" and (live.diverged or live.skipped):
            self.status = "diverged" if live.diverged else "skipped"

    def event(self) -> TrialEnded:
        """How it ended; without scores unless it has finished."""
        train = tuple(self.train[fold] for fold in sorted(self.train))
        finished = self.status == "finished"
        return TrialEnded(
            at=time.time(),
            trial=self.number,
            status=self.status,
            effective_settings=settings_shown(self.effective_settings, self.settings),
            scores={"train": train, "validation": self.scores} if finished else {},
            epochs=self.epochs,
        )


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
