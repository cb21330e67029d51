"""What a job reports to, and through which it learns that it is to end.

The job's thread puts things in, the host's thread takes them out and writes
them. This object is the only state the two share, and its lock guards all of it.
"""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from engine.results.base import RunResult
from engine.runs.events import EpochBlock, Event, Finished, Note, Phase
from engine.runs.figures import COLUMNS
from engine.runs.held_out_rows import HeldOutRows
from engine.runs.state import RunState


class Stopped(Exception):
    """Raised inside a job at the next check after a stop was requested.

    A job that has a partial result reports it first, and says so in the message.
    """


class Diverged(Exception):
    """Raised by a job whose figures are no longer numbers."""


class Interrupted(Exception):
    """Raised through a job whose cluster is gone; what the run has done so far is kept.

    `hint` says how it is resumed, with RUN for its number.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file that is stored with the run."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class TestEvaluated:
    """The held-out test set was evaluated: counted, and shown with every test figure."""

    held_out: HeldOutRows


@dataclass(frozen=True, slots=True)
class DataUsed:
    """The file the run learnt from, by its content; `body` where a copy is to be kept.

    `test_sha256` is of the test file, where there is one.
    """

    sha256: str
    body: bytes | None
    test_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a training after `epoch` epochs: all it takes to resume from there.

    What was reported before it is in the store when it is.
    """

    trial: int
    epoch: int
    body: bytes


@dataclass(frozen=True, slots=True)
class CheckpointDropped:
    """A trial's checkpoint is no longer needed."""

    trial: int


@dataclass(frozen=True, slots=True)
class ResumeState:
    """What a run had come to before its interruption; empty for a new run.

    `state` holds its trials and epochs, the ones after the last checkpoint as
    well; `checkpoints` the newest one of each trial that has one.
    """

    state: RunState = field(default_factory=RunState)
    checkpoints: Mapping[int, bytes] = field(default_factory=dict)


class EpochRow(NamedTuple):
    """The figures of epoch `number` (from 1) of one training, in the order of `COLUMNS`.

    The reporter gathers those that follow each other into an `EpochBlock`.
    """

    training_key: int
    number: int
    figures: tuple[float, ...]

    def follows(self, other: "EpochRow") -> bool:
        """Whether this is the next epoch of the same training."""
        return (self.training_key, self.number) == (other.training_key, other.number + 1)


class Executor(Protocol):
    """Where the trials of a run are trained; jobs use it by `engine.runs.executor.perform`."""

    def run(
        self, work: Callable[..., None], shared: Any, tasks: Sequence[Any], watch: Any,
        reporter: "Reporter", trial_of: Callable[[Any], object],
    ) -> None:  # fmt: skip
        """Do `tasks`; one that is skipped takes with it those of the same trial."""


# what is drained, and what a job may emit
Reported = Event | Artefact | TestEvaluated | DataUsed | Checkpoint | CheckpointDropped
Emitted = Reported | EpochRow
# of what is kept in memory while the store cannot be written, some 30 MB; then the job waits
UNWRITTEN_ITEMS = 200_000


class Reporter:
    """One run's way out (events, artefacts) and in (stop, skip, what was before).

    `wake` is called from the job's thread when there is something to drain, once
    for each drain.
    """

    def __init__(
        self, resume_state: ResumeState | None = None, wake: Callable[[], object] = lambda: None
    ) -> None:
        self.resume_state = resume_state or ResumeState()
        self._warned = set(self.resume_state.state.warnings)
        # None: this process
        self.executor: Executor | None = None
        self._on_request: Callable[[], object] = lambda: None
        self._wake = wake
        self._lock = threading.Condition()
        self._reported: list[Emitted] = []
        self._stop = threading.Event()
        self._interrupt = threading.Event()
        self._skip = threading.Event()

    # -- for the job ----------------------------------------------------------------------

    def emit(self, item: Emitted) -> None:
        """Report an event, an artefact or an evaluation of the test set.

        An epoch waits while there are too many that could not be written yet.
        """
        with self._lock:
            if isinstance(item, EpochRow):
                self._lock.wait_for(lambda: len(self._reported) < UNWRITTEN_ITEMS or self.stopping)
            first = not self._reported
            if isinstance(item, Checkpoint):
                # many would gather while the store cannot be written, and only the newest counts
                self._reported = [it for it in self._reported if not _older(it, item)]
            self._reported.append(item)
        if first:
            self._wake()

    def phase(self, name: str) -> None:
        """Say what the run is busy with."""
        self.emit(Phase(name=name))

    def note(self, text: str) -> None:
        """Add a line to the run's log."""
        self.emit(Note(level="info", text=text))

    def warn(self, text: str) -> None:
        """Report, once a run, what matters to its figures; shown where the person looks."""
        with self._lock:
            known = text in self._warned
            self._warned.add(text)
        if not known:
            self.emit(Note(level="warning", text=text))

    def epoch(self, trial: int, number: int, figures: Mapping[str, float]) -> None:
        """Report the figures of epoch `number` (from 1), by names of `COLUMNS`."""
        row = tuple(float(figures.get(name, math.nan)) for name in COLUMNS)
        self.emit(EpochRow(trial, number, row))

    def finished(self, result: RunResult) -> None:
        """Report what the run came to."""
        self.emit(Finished(result=result))

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    @property
    def interrupted(self) -> bool:
        """Whether the job ends to be resumed later: nothing is worth evaluating now."""
        return self._interrupt.is_set()

    def take_skip(self) -> bool:
        """Whether the running trial is to be skipped; true once for each request."""
        requested = self._skip.is_set()
        self._skip.clear()
        return requested

    def on_request(self, heed: Callable[[], object]) -> None:
        """Have `heed` called, by the thread that requests something; for a job that waits."""
        self._on_request = heed

    def check(self) -> None:
        """Raise `Stopped` after a stop was requested. Call it often."""
        if self._stop.is_set():
            raise Stopped

    # -- for the host -----------------------------------------------------------------------

    def request_stop(self) -> None:
        """Make the job's next check raise."""
        with self._lock:
            self._stop.set()
            self._lock.notify_all()
        self._on_request()

    def request_interrupt(self) -> None:
        """Make the job end at once, where it can be resumed later."""
        self._interrupt.set()
        self.request_stop()

    def request_skip(self) -> None:
        """Let the job skip to its next trial."""
        self._skip.set()
        self._on_request()

    @property
    def pending(self) -> bool:
        """Whether `drain` has something to take."""
        return bool(self._reported)

    def drain(self) -> list[Reported]:
        """Take what has been reported since the last call, epochs gathered into blocks."""
        with self._lock:
            taken, self._reported = self._reported, []
            self._lock.notify_all()
        drained: list[Reported] = []
        rows: list[EpochRow] = []
        for item in (*taken, None):
            if rows and not (isinstance(item, EpochRow) and item.follows(rows[-1])):
                figures = [row.figures for row in rows]
                drained.append(EpochBlock.of(rows[0].training_key, rows[0].number, figures))
                rows = []
            if isinstance(item, EpochRow):
                rows.append(item)
            elif item is not None:
                drained.append(item)
        return drained


def _older(item: Emitted, newest: Checkpoint) -> bool:
    """Whether an item is a checkpoint that `newest` takes the place of."""
    return isinstance(item, Checkpoint) and item.trial == newest.trial
