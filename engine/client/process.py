"""The engine's process seen from outside: start it, read its status, end it."""

import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.environment.isolation import engine_environment
from engine.environment.machine import usable_threads
from engine.environment.memory import LIGHT, refuse_too_little
from engine.errors import EngineError
from engine.store.control import tell_engine
from engine.store.engine_record import EngineRecord
from engine.store.heartbeat import Heartbeat, last_heartbeat
from engine.store.home import log_path, private_file
from engine.store.locks import engine_alive, refuse_elsewhere, signal_holder, without_engine
from engine.store.queries import open_queries
from engine.store.store import Store
from engine.store.store_file import HEARTBEAT_SECONDS
from engine.store.wake import Waiter
from engine.version import __version__

START_SECONDS = 20.0
# an engine that ends while it starts is not started over and over again
STARTS = 3
STARTS_SECONDS = 120.0
LAST_WORDS_BYTES = 4096
# an engine ends within two seconds of a request; one that hangs is killed then
END_SECONDS, KILL_SECONDS = 10.0, 3.0


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """The engine's status in a word and a sentence, and how much it has to do."""

    state: Literal["stopped", "starting", "loading", "ready"]
    detail: str
    running: int
    queue: tuple[int, ...]
    record: EngineRecord | None
    # whole seconds since when two signs of life are missing, and the moment of the last one
    silent_for: int = 0
    silent_since: float | None = None
    # whole seconds since when nothing could be saved, and why
    unsaved_for: int = 0
    unsaved_cause: str = ""

    @property
    def queued(self) -> int:
        """How many runs are in the queue, whose numbers are in `queue` in their order."""
        return len(self.queue)

    @property
    def busy(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.running or self.queue)

    @property
    def places(self) -> int:
        """How many runs the engine works on at once; 0 where that is not known."""
        return self.record.places if self.record is not None else 0


def ensure_engine(store: Store) -> None:
    """Start an engine when none is alive; returns when it has come up, before it has loaded.

    When many start at once, one engine gets the lock and the others end at once.
    Raises `EngineError` when it cannot be started, with the cause, or when one
    of another version has running runs.
    """
    home = store.home
    refuse_elsewhere(home)
    if engine_alive(home) and not _closing(store) and not _replaced_other_version(store):
        return
    # an engine that is closing lets go of its lock within moments
    if not wait_for_end(home, START_SECONDS):
        raise EngineError(
            "The engine is ending but does not end.", "Try 'penguin-tui engine stop'."
        )
    refuse_too_little(LIGHT, usable_threads())
    starts = _starts.setdefault(home, _Starts())
    cause = starts.given_up(store)
    if not cause:
        starts.at.append(time.monotonic())
        starts.logged = _log_size(home)
        cause = starts.cause = _start(home)
    if cause:
        raise EngineError(f"The engine cannot be started: {cause}", _fate_of_queued(store))


def _fate_of_queued(store: Store) -> str:
    queued = [str(record.id) for record in store.live_runs() if record.status == "queued"]
    if not queued:
        return "'penguin-tui engine start' tries again; 'penguin-tui engine log' has the details."
    runs = f"Run {queued[0]} stays" if len(queued) == 1 else f"{len(queued):,} runs stay"
    return f"{runs} queued until an engine can start: 'penguin-tui engine start' tries again."


def _start(home: Path) -> str:
    """Start the process; returns why it has not come up, empty where it has."""
    try:
        log = private_file(log_path(home)).open("ab")
    except OSError as error:
        return f"its log {log_path(home)} cannot be written: {error.strerror}."
    with log:
        starter = subprocess.Popen(
            [sys.executable, "-m", "engine.worker", "--home", str(home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            cwd=home,
            env=engine_environment(),
        )
    # it forks at once and ends when the engine is up, so that the engine is nobody's child
    try:
        said, _ = starter.communicate(timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    if starter.returncode == 0:
        return ""
    return said.strip() or f"its process ended with code {starter.returncode}."


@dataclass
class _Starts:
    """The starts of one home folder's engine by this process, so that failing ones have an end.

    `at` is when, of those that came to nothing; `cause` why the last one failed
    before the engine had come up; `logged` where the log ended before it.
    """

    at: list[float] = field(default_factory=list)
    cause: str = ""
    logged: int = 0

    def given_up(self, store: Store) -> str:
        """Why the engine is not started once more; empty where it is."""
        last = store.engine()
        if not self.cause and (last is None or last.state != "loading"):
            # it had loaded: whatever ended it, it was not its start
            self.at = []
        self.at = [at for at in self.at if time.monotonic() - at < STARTS_SECONDS]
        if len(self.at) < STARTS:
            return ""
        beat = last_heartbeat(store.home)
        reason = self.cause or (beat.cause if beat else "") or self._last_words(store.home)
        return f"it has ended {STARTS} times while it was starting. Last cause: {reason}"

    def _last_words(self, home: Path) -> str:
        """The end of what the last start has left in the log."""
        try:
            with log_path(home).open("rb") as log:
                log.seek(max(self.logged, _log_size(home) - LAST_WORDS_BYTES))
                lines = log.read().decode(errors="replace").split("\n")
        except OSError as error:
            return f"not known, the log cannot be read ({error.strerror})."
        return next((line for line in reversed(lines) if line.strip()), "not known.")


_starts: dict[Path, _Starts] = {}


def _log_size(home: Path) -> int:
    try:
        return log_path(home).stat().st_size
    except OSError:
        return 0


def other_version(store: Store) -> EngineRecord | None:
    """The engine that is alive here, if it is one of another version of this program."""
    if not engine_alive(store.home):
        return None
    record = store.engine()
    return None if record is None or record.version == __version__ else record


def _replaced_other_version(store: Store) -> bool:
    """Ask an engine of another version to end; false when there is none.

    Raises `EngineError` when it has running runs.
    """
    record = other_version(store)
    if record is None:
        return False
    if any(live.status != "queued" for live in store.live_runs()):
        raise EngineError(
            f"An engine of penguin-tui {record.version} has running runs here; this is"
            f" {__version__}.",
            "Wait until its runs have ended, or end it with 'penguin-tui engine stop'; what it"
            " interrupts can be resumed.",
        )
    store.request(None, "shutdown")
    return True


def _closing(store: Store) -> bool:
    record = store.engine()
    return record is not None and record.state == "closing"


def engine_status(store: Store) -> EngineStatus:
    """The status of this home folder's engine."""
    live = store.live_runs()
    queue = tuple(record.id for record in live if record.status == "queued")
    running = sum(record.at_work for record in live)
    record = store.engine()
    if not engine_alive(store.home):
        beat = last_heartbeat(store.home)
        cause = beat.cause if beat is not None else ""
        return EngineStatus("stopped", "not running", running, queue, None, unsaved_cause=cause)
    if record is None or record.state == "closing":
        return EngineStatus("starting", "starting", 0, queue, record)
    beat = last_heartbeat(store.home) or Heartbeat(beat=time.monotonic())
    return EngineStatus(
        record.state,
        record.detail,
        running,
        queue,
        record,
        silent_for=int(beat.silent_for),
        silent_since=beat.at if beat.silent_for else None,
        unsaved_for=int(beat.unsaved_for),
        unsaved_cause=beat.cause,
    )


def stop_engine(home: Path, seconds: float = END_SECONDS) -> Literal["ended", "killed", ""]:
    """End the engine, with the store or without; returns how it ended, empty where it has not.

    Running runs are marked as interrupted. An engine that does not end on
    request (stopped, or stuck) is killed, if the system proves which process it
    is; its runs are lost then, and can be resumed as well.
    """
    if not engine_alive(home):
        return "ended"
    if not tell_engine(home, None, "shutdown"):
        signal_holder(home, signal.SIGTERM)
    if wait_for_end(home, seconds):
        return "ended"
    signal_holder(home, signal.SIGKILL)
    return "killed" if wait_for_end(home, KILL_SECONDS) else ""


def wait_for_end(home: Path, seconds: float) -> bool:
    """Wait until no engine is alive; returns whether it came to that within `seconds`."""
    deadline = time.monotonic() + seconds
    with closing(Waiter(home)) as waiter:
        while engine_alive(home):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            waiter.wait(min(left, HEARTBEAT_SECONDS))
    return True


def reconcile(store: Store) -> None:
    """Without an engine, mark what claims to be running as lost, and start one for what waits.

    A paused run needs no engine, unless there is a request to it.
    """
    store.check_file()
    if store.unwritable:
        # nothing can be marked, and no engine could do anything
        return
    if engine_alive(store.home):
        return
    live = store.live_runs()
    running = any(record.status in ("running", "stopping") for record in live)
    requested = any(record.status == "paused" for record in live) and store.open_requests()
    if running or requested:
        with without_engine(store.home) as alone:
            if alone:
                from engine.store.recovery import mark_lost_runs

                mark_lost_runs(store)
        live = store.live_runs()
    if open_queries(store) or any(record.status == "queued" for record in live):
        ensure_engine(store)
