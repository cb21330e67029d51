"""The engine process: takes queued runs and works on each in a thread of its own.

Started on demand by `client.ensure_engine`, detached from any terminal, one for
each home folder. Jobs only report; this process's main thread is the single
writer of events. TensorFlow is loaded once, after the runs that can do without
it are done, so compiled code stays warm from run to run.
"""

import argparse
import logging
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.environment import provenance
from engine.environment.machine import boot_id, usable_threads
from engine.errors import EngineError
from engine.jobs.shared.tempdirs import remove_left_behind
from engine.kinds import KINDS
from engine.runs.events import Ended, Note
from engine.runs.reporter import Reporter, ResumeState
from engine.runs.state import RunState, fold
from engine.store import VERSION, EngineRecord, RunRecord, Store
from engine.store.home import store_path
from engine.store.locks import engine_lock, sign_engine_lock
from engine.store.migration import backup_path
from engine.store.queries import open_queries
from engine.store.recovery import killed_end, mark_lost_runs, neighbour_reason, requeue
from engine.store.store import HEARTBEAT_SECONDS
from engine.store.wake import announce_engine
from engine.store.writer import (
    RunWriter,
    acknowledge,
    claim,
    close_if_idle,
    has_queued,
)
from engine.version import __version__
from engine.worker.library_loader import LIGHT_KINDS, Loader
from engine.worker.query_service import QueryService
from engine.worker.run_job import Live, interrupted_end, unexplained_end, work, write_reported

log = logging.getLogger("engine")

# what runs report is written together, at most this often
FLUSH_SECONDS = 0.05
RESTED_SECONDS = 1.0
SIGN_SECONDS = 5.0
INTERRUPT_SECONDS = 1.0
IDLE_SECONDS = float(os.environ.get("PENGUIN_TUI_IDLE_SECONDS", 15 * 60))
WORKERS = int(os.environ.get("PENGUIN_TUI_WORKERS", 2))
# the screen's process must stay responsive on a machine with few cores
NICENESS = 10
# while the store cannot be written: how long until the next try, how much is kept in memory
# before the runs have to wait, and how long an engine without work tries at all
RETRY_SECONDS = 0.5
HELD_BACK = 200_000
GIVE_UP_SECONDS = 30.0
# how long TensorFlow is held back for runs that can do without it
HOLD_SECONDS = 5.0
SLOW_STORE = (
    "The file system of this folder cannot share memory, so the store does without WAL mode:"
    " reading and writing wait for each other."
)


class Host:
    """The main thread's state: who is at work, and the store."""

    def __init__(self, home: Path, store: Store) -> None:
        self.home = home
        self.store = store
        self.live: dict[int, Live] = {}
        # woken by every change of the store, by the threads of runs, and by the loader
        self.waiter = store.waiter
        self.loader = Loader(usable_threads(), self._loaded)
        self.queries = QueryService(home, self.loader.can_answer)
        self.ending = threading.Event()
        self.record = EngineRecord(
            pid=os.getpid(),
            host=platform.node(),
            boot=boot_id(),
            started=time.time(),
            version=__version__,
            schema=VERSION,
            state="loading",
            detail=self.loader.detail,
        )
        self.provenance = provenance.current()
        self._busy_at = time.monotonic()
        self._signed_at = 0.0
        self._flushed_at = 0.0
        self._version = -1
        # since when the store cannot be written
        self._trouble: float | None = None
        self._held_since: float | None = None

    def serve(self) -> None:
        """Work until idle for long enough or asked to end."""
        self.store.set_engine(self.record)
        for name, target in (("loader", self.loader.run), ("queries", self.queries.serve)):
            threading.Thread(target=target, name=name, daemon=True).start()
        while not self.ending.is_set():
            try:
                self._turn()
                if self._idle_for_long():
                    break
            except (EngineError, OSError) as error:
                if not self._endure(error):
                    raise
                self.ending.wait(RETRY_SECONDS)
                continue
            self.waiter.wait(self._next_turn())
        self._interrupt()

    def end(self) -> None:
        """Take leave after this turn."""
        self.ending.set()
        self.waiter.poke()

    def _loaded(self) -> None:
        self.waiter.poke()
        self.queries.poke()

    def _next_turn(self) -> float:
        """Seconds until something is to be done of which nobody gives notice."""
        if any(live.reporter.pending for live in self.live.values()):
            return self._flush_due()
        return HEARTBEAT_SECONDS

    def _flush_due(self) -> float:
        return self._flushed_at + FLUSH_SECONDS - time.monotonic()

    # -- one turn of the loop -----------------------------------------------------------------

    def _turn(self) -> None:
        self._sign()
        self._answer_requests()
        if self._flush_due() <= 0 or any(live.ended for live in self.live.values()):
            self._flush()
        self._show_loading()
        self._dispatch()
        self._tell_idle()
        self._recover()

    def _tell_idle(self) -> None:
        """Let the loader compile ahead, but not between two runs that follow each other."""
        if self.live:
            self.loader.idle.clear()
        elif time.monotonic() - self._busy_at > RESTED_SECONDS:
            self.loader.idle.set()

    def _endure(self, error: Exception) -> bool:
        """Go on without the store for a while: a full disk may be emptied; false to give up."""
        now = time.monotonic()
        if self._trouble is None:
            self._trouble = now
            log.error("the store cannot be written, the runs go on: %s", error)
        if not store_path(self.home).exists():
            return False
        if sum(len(live.held) for live in self.live.values()) > HELD_BACK:
            for live in self.live.values():
                live.reporter.pause()
        return bool(self.live) or now - self._trouble < GIVE_UP_SECONDS

    def _recover(self) -> None:
        if self._trouble is None:
            return
        log.info("the store can be written again")
        seconds = time.monotonic() - self._trouble
        self._trouble = None
        for live in self.live.values():
            if self.store.run(live.record.id).status != "paused":
                live.reporter.resume()
            live.reporter.warn(
                f"The store could not be written for {seconds:.0f} s (is the disk full?)."
                " Nothing was lost; the figures of that time were written later."
            )

    def _sign(self) -> None:
        if time.monotonic() - self._signed_at > SIGN_SECONDS:
            sign_engine_lock(self.home)
            self._signed_at = time.monotonic()

    def _answer_requests(self) -> None:
        # every tick writes little and often, so only another's write is worth a look
        seen = self.store.version()
        if seen == self._version:
            return
        for request in self.store.open_requests():
            if request.what == "shutdown":
                self.end()
            live = self.live.get(request.run) if request.run is not None else None
            if live is not None:
                actions = {
                    "stop": live.reporter.request_stop,
                    "skip": live.reporter.request_skip,
                    "pause": live.reporter.pause,
                    "resume": live.reporter.resume,
                }
                if request.what == "kill":
                    self._kill(live, request.id)
                actions[request.what]()
            acknowledge(self.store, request.id, request.run, request.what, parked=live is None)
        self._version = seen

    def _flush(self) -> None:
        """Write what the jobs have reported, and take the leave of those that have ended."""
        batches: list[tuple[Live, bool]] = []
        for live in self.live.values():
            ended = live.ended
            live.held += live.reporter.drain()
            if ended:
                live.held.append(live.end or unexplained_end())
            if live.held:
                batches.append((live, ended))
        if not batches:
            return
        self._write([live for live, _ in batches])
        self._flushed_at = time.monotonic()
        for live, ended in batches:
            if ended:
                del self.live[live.record.id]
        self._busy_at = time.monotonic()

    def _write(self, lives: Sequence[Live]) -> None:
        """Write what is held of these runs, all of it or, when that fails, nothing."""
        marks = [live.writer.mark() for live in lives]
        try:
            with self.store.writing() as connection:
                for live in lives:
                    write_reported(self.home, connection, live.record.id, live.writer, live.held)
        except BaseException:
            for live, mark in zip(lives, marks, strict=True):
                live.writer.back(mark)
                # it is added anew by the next turn
                live.held = [item for item in live.held if not isinstance(item, Ended)]
            raise
        for live in lives:
            live.held = []

    def _show_loading(self) -> None:
        if self.loader.failed:
            self._fail_queued()
        state = "ready" if len(self.loader.kinds) == len(KINDS) else "loading"
        if (state, self.loader.detail) != (self.record.state, self.record.detail):
            self.record = replace(self.record, state=state, detail=self.loader.detail)  # type: ignore[arg-type]
            self.store.set_engine(self.record)

    def _fail_queued(self) -> None:
        """Without its libraries the engine can run nothing: say so in every run, and end."""
        for record in self.store.live_runs():
            if record.status == "queued":
                end = Ended(
                    at=time.time(),
                    status="failed",
                    message=f"The engine could not load its libraries ({self.loader.failed}).",
                    hint="Install penguin-tui again; the engine's log has the details.",
                )
                with self.store.writing() as connection:
                    RunWriter(record).write(connection, [end])
        self.end()

    def _dispatch(self) -> None:
        while self.loader.kinds and len(self.live) < WORKERS:
            record = claim(self.store, self.loader.kinds, self.provenance)
            if record is None:
                break
            self._start(record)
        if self.loader.kinds and not self.loader.go_on.is_set():
            light_waiting = (
                bool(self.live)
                or has_queued(self.store, LIGHT_KINDS)
                or bool(open_queries(self.store))
            )
            self._held_since = self._held_since or time.monotonic()
            # one that takes long, or is paused, does not keep the others waiting
            held_for_long = time.monotonic() - self._held_since > HOLD_SECONDS
            if not light_waiting or held_for_long:
                self.loader.go_on.set()

    def _start(self, record: RunRecord) -> None:
        writer = RunWriter(record)
        reporter = Reporter(self._resume_state(record, writer), self.waiter.poke)
        if not self.store.shares_memory:
            reporter.emit(Note(at=time.time(), level="info", text=SLOW_STORE))

        def run() -> None:
            live.end = work(record, reporter)
            self.waiter.poke()

        thread = threading.Thread(target=run, name=f"run-{record.id}", daemon=True)
        live = Live(record, reporter, writer, thread)
        self.live[record.id] = live
        thread.start()

    def _resume_state(self, record: RunRecord, writer: RunWriter) -> ResumeState:
        """What a resumed run has come to already."""
        if not record.last_event:
            return ResumeState()
        _, events = self.store.events(record.id)
        state = fold(RunState(), events)
        writer.go_on(state)
        return ResumeState(state, self.store.checkpoints(record.id))

    def _kill(self, live: Live, request: int) -> None:
        """End a run that ignores everything: its thread can only end with this process.

        This process becomes a new engine at once; the other runs go on from
        their last checkpoints.
        """
        run = live.record.id
        log.warning("run %s is killed, and this process with it", run)
        acknowledge(self.store, request, run, "kill")
        self._flush()
        ends = {run: killed_end(run)} if run in self.live else {}
        for other in self.live.values():
            if self.store.run(other.record.id).status == "stopping":
                ends.setdefault(other.record.id, killed_end(other.record.id))
        for other in self.live.values():
            if other.record.id in ends:
                other.held.append(ends[other.record.id])
        self._write([other for other in self.live.values() if other.held])
        with self.store.writing() as connection:
            for other in self.live.values():
                if other.record.id not in ends and not other.reporter.paused:
                    requeue(connection, other.record.id, neighbour_reason(run))
        self.store.set_engine(replace(self.record, state="closing", detail="starting again"))
        self.store.close()
        logging.shutdown()
        os.execv(  # noqa: S606 - this very program
            sys.executable,
            [
                sys.executable,
                "-P",
                "-m",
                "engine.worker.host",
                "--home",
                str(self.home),
                "--foreground",
            ],
        )

    def _idle_for_long(self) -> bool:
        if self.live or self.queries.busy:
            self._busy_at = time.monotonic()
        if time.monotonic() - max(self._busy_at, self.queries.answered_at) < IDLE_SECONDS:
            return False
        closing = replace(self.record, state="closing", detail="ending")
        if close_if_idle(self.store, closing):
            return True
        self._busy_at = time.monotonic()
        return False

    def _interrupt(self) -> None:
        """End everything at once; runs that do not end in time are marked all the same.

        A paused run stays paused: it goes on when it is asked to, in another engine.
        """
        self.queries.end()
        self.store.set_engine(replace(self.record, state="closing", detail="ending"))
        parked = {run for run, live in self.live.items() if live.reporter.paused}
        for run, live in self.live.items():
            if run not in parked:
                live.reporter.request_interrupt()
        deadline = time.monotonic() + INTERRUPT_SECONDS
        for run, live in self.live.items():
            if run not in parked:
                live.thread.join(max(0.0, deadline - time.monotonic()))
            live.held += live.reporter.drain()
            end = live.end
            if end is not None and end.status in ("finished", "diverged", "failed"):
                live.held.append(end)
            elif run not in parked:
                live.held.append(interrupted_end(run))
        self._write([live for live in self.live.values() if live.held])
        self.store.set_engine(None)


# -- the process -------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Become the engine of a home folder, unless it has one already."""
    parser = argparse.ArgumentParser(prog="engine.worker.host")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--foreground", action="store_true", help="do not detach (for debugging)")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    if not options.foreground and os.fork():
        return 0
    return _serve(options.home)


def _serve(home: Path) -> int:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(threadName)s %(levelname)s %(message)s"
    )
    lock = engine_lock(home)
    # whoever looks whether an engine is alive holds the lock for a moment
    if not lock.take(seconds=1.0):
        return 0
    provenance.set_environment()
    # an engine that has become a new one is nice already
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    announce_engine(home)
    # one that this very start makes stays until the next
    migrated_before = backup_path(store_path(home)).exists()
    with Store.open(home) as store:
        if migrated_before:
            store.remove_backup()
        mark_lost_runs(store)
        remove_left_behind()
        host = Host(home, store)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: host.end())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        log.info("engine %s started for %s", __version__, home)
        code = 0
        try:
            host.serve()
            log.info("engine ended")
        except Exception:
            log.exception("the engine failed")
            code = 1
    # worker threads that did not stop in time must not keep the process
    logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    raise SystemExit(main())
