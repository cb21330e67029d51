"""Runs other jobs as subruns of one run."""

import json
import threading
from collections.abc import Callable
from typing import Any

from engine.errors import EngineError
from engine.jobs import run_job
from engine.jobs.trials.progress import TrialProgress
from engine.kinds import read_result
from engine.results.base import RunResult
from engine.results.scores import Scored
from engine.runs.events import training_key
from engine.runs.figures import COLUMNS
from engine.runs.reporter import (
    Checkpoint,
    DataUsed,
    Diverged,
    Emitted,
    EpochRow,
    Reporter,
    ResumeState,
    Stopped,
)
from engine.runs.state import Trial
from engine.specs.run_spec import RunSpec


class InnerReporter(Reporter):
    """Passes on the epochs alone, and heeds what is requested of the whole run."""

    def __init__(self, whole: Reporter) -> None:
        super().__init__()
        self.executor = whole.executor
        self._whole = whole

    def emit(self, item: Emitted) -> None:
        """Pass on an epoch; drop the rest."""
        if isinstance(item, EpochRow):
            self._whole.emit(item)

    @property
    def stopping(self) -> bool:
        """Whether a stop of the whole run was requested."""
        return self._whole.stopping

    @property
    def interrupted(self) -> bool:
        """Whether the whole run ends to be resumed later."""
        return self._whole.interrupted

    def on_request(self, heed: Callable[[], object]) -> None:
        """Requests are made to the whole run."""
        self._whole.on_request(heed)

    def check(self) -> None:
        """Stop with the whole run."""
        self._whole.check()

    def take_skip(self) -> bool:
        """Whether the running trial is to be skipped; true once for each request."""
        return self._whole.take_skip()


class SubrunReporter(InnerReporter):
    """Passes on what concerns the whole run: stop, which data it learns from, how far it is.

    The epochs of a subrun's trainings are numbered one after another as those of trial `number`
    of the whole run, with the time that they took and no figures. Its trials, notes and files stay
    behind; its spec and seed bring them back at any time. Its test evaluations are not counted:
    its settings are fixed, so that nothing is chosen by them.
    """

    def __init__(self, whole: Reporter, number: int) -> None:
        super().__init__(whole)
        self.epochs = 0
        self._number = number
        self._counting = threading.Lock()

    def emit(self, item: Emitted) -> None:
        """Report the data and that an epoch has been trained; drop the rest."""
        if isinstance(item, DataUsed):
            self._whole.emit(item)
        elif isinstance(item, EpochRow):
            seconds = item.figures[COLUMNS.index("seconds")]
            with self._counting:
                self.epochs += 1
                key = training_key(self._number)
                self._whole.epoch(key, self.epochs, {"seconds": seconds})

    def take_skip(self) -> bool:
        """Skip nothing: a subrun without a network would have no figures."""
        return False


def run_subrun(
    spec: RunSpec, whole: Reporter, number: int, group: str, settings: dict[str, Any]
) -> RunResult | None:
    """Do one job as trial `number` of the whole run; None when its network diverged.

    One that was done before the run was interrupted is not done again. Until the
    whole run has ended a subrun's result is kept as its checkpoint, without the
    list of misclassified rows.
    """
    whole.check()
    earlier = whole.resume_state
    trial = TrialProgress(number, settings, spec.epochs_planned or 0, group)
    before = trial.restored(earlier.state)
    if before is not None and _is_kept(before, earlier):
        return None if before.status == "diverged" else _read(earlier.checkpoints[number])
    whole.emit(trial.start_event())
    result: RunResult | None = None
    reporter = SubrunReporter(whole, number)
    trial.status = "finished"
    try:
        result = run_job(spec, reporter)
    except Diverged:
        trial.status = "diverged"
        whole.note(f"{group}, {settings}: the network diverged.")
    except Stopped:
        trial.status = "stopped"
        whole.emit(trial.end_event())
        raise
    trial.epochs = reporter.epochs
    if result is not None:
        _keep(result, trial, whole)
    whole.emit(trial.end_event())
    whole.check()
    return result


def _keep(result: RunResult, trial: TrialProgress, whole: Reporter) -> None:
    """Keep the result of a subrun, and its accuracies with its trial."""
    if isinstance(result, Scored):
        for name in ("train", "validation", "test"):
            score = getattr(result.scores, name)
            if score is not None:
                getattr(trial, name)[0] = score.accuracy.value
        # the rows are many, and not needed to compare subruns
        result = result.model_copy(update={"misclassified": ()})
    whole.emit(Checkpoint(trial.number, trial.epochs, result.model_dump_json().encode()))


def _is_kept(trial: Trial | TrialProgress, earlier: ResumeState) -> bool:
    return trial.status == "diverged" or trial.number in earlier.checkpoints


def _read(body: bytes) -> RunResult:
    try:
        return read_result(json.loads(body))
    except ValueError as error:
        raise EngineError(
            "The result of a part of this run cannot be read.",
            "Rerun it from its beginning (r on the Runs screen).",
        ) from error
