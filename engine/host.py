"""The engine process: takes queued runs and works on each in a thread of its own.

Started on demand by `client.ensure_engine`, detached from any terminal, one for
each home folder. Jobs only report; this process's main thread is the single
writer of events. TensorFlow is loaded once, after the runs that can do without
it are done, so compiled code stays warm from run to run.
"""

import argparse
import gc
import logging
import os
import platform
import signal
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from engine import provenance
from engine.errors import EngineError
from engine.events import Ended, EndStatus
from engine.home import copies_path, engine_lock, private_file, sign_engine_lock
from engine.jobs import JOBS, LIGHT_JOBS, run_job
from engine.machine import boot_id, usable_threads
from engine.network import runtime
from engine.reporter import Artefact, DataUsed, Diverged, Reported, Reporter, Stopped, TestScored
from engine.store import VERSION, EngineRecord, RunRecord, Store
from engine.store.writer import (
    RunWriter,
    acknowledge,
    claim,
    close_if_idle,
    count_scoring,
    has_queued,
    keep_artefact,
    keep_data_hash,
    settle_lost,
)
from engine.version import __version__

log = logging.getLogger("engine")

TICK_SECONDS = 0.05
SIGN_SECONDS = 5.0
IDLE_SECONDS = float(os.environ.get("PENGUIN_TUI_IDLE_SECONDS", 15 * 60))
WORKERS = int(os.environ.get("PENGUIN_TUI_WORKERS", 2))
# the screen's process must stay responsive on a machine with few cores
NICENESS = 5


@dataclass
class Live:
    """A run at work: its thread, its reporter, and the writer of its events."""

    record: RunRecord
    reporter: Reporter
    writer: RunWriter
    thread: threading.Thread
    # set by the thread as its last act
    end: Ended | None = None


@dataclass
class Loader:
    """Imports what the jobs need, in the order in which it is needed."""

    threads: int
    kinds: tuple[str, ...] = ()
    detail: str = "loading pandas and scikit-learn"
    failed: str = ""
    # held back while runs that need no TensorFlow are waiting or at work
    go_on: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Load everything; a failure is kept for the main thread to report."""
        try:
            for module in LIGHT_JOBS.values():
                import_module(module)
            self.kinds = tuple(LIGHT_JOBS)
            self.go_on.wait()
            self.detail = "loading TensorFlow"
            runtime.set_up(self.threads)
            for module in JOBS.values():
                import_module(module)
            gc.collect()
            # what is loaded now stays: later collections need not look at it again
            gc.freeze()
            self.kinds, self.detail = tuple(JOBS), ""
        except Exception as error:
            log.exception("loading failed")
            self.failed = f"{type(error).__name__}: {error}"


class Host:
    """The main thread's state: who is at work, and the store."""

    def __init__(self, home: Path, store: Store) -> None:
        self.home = home
        self.store = store
        self.live: dict[int, Live] = {}
        self.loader = Loader(usable_threads())
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
        self._version = -1

    def serve(self) -> None:
        """Work until idle for long enough or asked to end."""
        self.store.set_engine(self.record)
        threading.Thread(target=self.loader.run, name="loader", daemon=True).start()
        while not self.ending.is_set():
            self._sign()
            self._answer_requests()
            self._flush()
            self._show_loading()
            self._dispatch()
            if self._idle_for_long():
                break
            self.ending.wait(TICK_SECONDS)
        self._interrupt()

    # -- one turn of the loop -----------------------------------------------------------------

    def _sign(self) -> None:
        if time.monotonic() - self._signed_at > SIGN_SECONDS:
            sign_engine_lock(self.home)
            self._signed_at = time.monotonic()

    def _answer_requests(self) -> None:
        # every tick writes little and often, so only another's write is worth a look
        seen = self.store.version()
        if seen == self._version:
            return
        self._version = seen
        for request in self.store.open_requests():
            if request.what == "shutdown":
                self.ending.set()
            live = self.live.get(request.run) if request.run is not None else None
            if live is not None:
                actions = {
                    "stop": live.reporter.request_stop,
                    "kill": live.reporter.request_stop,
                    "skip": live.reporter.request_skip,
                    "pause": live.reporter.pause,
                    "resume": live.reporter.resume,
                }
                actions[request.what]()
            acknowledge(self.store, request.id, request.run, request.what)

    def _flush(self) -> None:
        """Write what the jobs have reported, and take the leave of those that have ended."""
        batches: list[tuple[Live, list[Reported], bool]] = []
        for live in self.live.values():
            ended = not live.thread.is_alive()
            reported = live.reporter.drain()
            if ended:
                reported.append(live.end or _unexplained_end())
            if reported:
                batches.append((live, reported, ended))
        if not batches:
            return
        with self.store.writing() as connection:
            for live, reported, _ in batches:
                _write(self.home, connection, live, reported)
        for live, _, ended in batches:
            if ended:
                del self.live[live.record.id]
        self._busy_at = time.monotonic()

    def _show_loading(self) -> None:
        if self.loader.failed:
            self._fail_queued()
        state = "ready" if len(self.loader.kinds) == len(JOBS) else "loading"
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
        self.ending.set()

    def _dispatch(self) -> None:
        while self.loader.kinds and len(self.live) < WORKERS:
            record = claim(self.store, self.loader.kinds, self.provenance)
            if record is None:
                break
            self._start(record)
        if self.loader.kinds and not self.loader.go_on.is_set():
            light_waiting = bool(self.live) or has_queued(self.store, tuple(LIGHT_JOBS))
            if not light_waiting:
                self.loader.go_on.set()

    def _start(self, record: RunRecord) -> None:
        reporter = Reporter()
        thread = threading.Thread(
            target=lambda: setattr(live, "end", _work(record, reporter)),
            name=f"run-{record.id}",
            daemon=True,
        )
        live = Live(record, reporter, RunWriter(record), thread)
        self.live[record.id] = live
        thread.start()

    def _idle_for_long(self) -> bool:
        if self.live or time.monotonic() - self._busy_at < IDLE_SECONDS:
            return False
        closing = replace(self.record, state="closing", detail="ending")
        if close_if_idle(self.store, closing):
            return True
        self._busy_at = time.monotonic()
        return False

    def _interrupt(self) -> None:
        """Stop everything at once; runs that do not end in time are marked all the same."""
        self.store.set_engine(replace(self.record, state="closing", detail="ending"))
        for live in self.live.values():
            live.reporter.request_stop()
        deadline = time.monotonic() + 1.0
        for live in self.live.values():
            live.thread.join(max(0.0, deadline - time.monotonic()))
            live.end = Ended(
                at=time.time(),
                status="interrupted",
                message="The engine was asked to end while this run was at work.",
                hint="Run it again from the Runs screen.",
            )
        with self.store.writing() as connection:
            for live in self.live.values():
                _write(
                    self.home,
                    connection,
                    live,
                    [*live.reporter.drain(), live.end or _unexplained_end()],
                )
        self.store.set_engine(None)


def _write(
    home: Path, connection: sqlite3.Connection, live: Live, reported: Sequence[Reported]
) -> None:
    run = live.record.id
    events = []
    for item in reported:
        match item:
            case Artefact():
                keep_artefact(connection, run, item.name, item.body)
            case TestScored():
                count_scoring(connection, run, item.sealed_part)
            case DataUsed():
                keep_data_hash(connection, run, item.sha256)
                if item.body is not None:
                    _keep_copy(home, item.sha256, item.body)
            case _:
                events.append(item)
    live.writer.write(connection, events)


def _keep_copy(home: Path, sha256: str, body: bytes) -> None:
    folder = copies_path(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{sha256}.csv"
    if not path.exists():
        private_file(path).write_bytes(body)


def _work(record: RunRecord, reporter: Reporter) -> Ended:
    """Do one run in this thread; says how it ended, whatever happens."""
    status: EndStatus
    try:
        reporter.finished(run_job(record.spec, reporter))
        return Ended(at=time.time(), status="finished")
    except Stopped as stop:
        status, message, hint = "stopped", str(stop) or "Stopped before there was a result.", ""
    except Diverged as error:
        status, message, hint = "diverged", str(error), "Try a lower learning rate."
    except EngineError as error:
        log.info("run %s failed", record.id, exc_info=True)
        status, message, hint = "failed", error.message, error.hint
    except MemoryError:
        log.exception("run %s ran out of memory", record.id)
        status, message = "failed", "There is not enough memory for this run."
        hint = "Try fewer units, a smaller batch or less data."
    except Exception as error:
        log.exception("run %s failed", record.id)
        status, message = "failed", f"Something unforeseen went wrong ({type(error).__name__})."
        hint = "The details are in the log: penguin-tui engine log."
    return Ended(at=time.time(), status=status, message=message, hint=hint)


def _unexplained_end() -> Ended:
    return Ended(
        at=time.time(),
        status="failed",
        message="The run's thread ended without a word.",
        hint="The details are in the log: penguin-tui engine log.",
    )


# -- the process -------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Become the engine of a home folder, unless it has one already."""
    parser = argparse.ArgumentParser(prog="engine.host")
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
    os.nice(NICENESS)
    with Store.open(home) as store:
        settle_lost(store)
        host = Host(home, store)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: host.ending.set())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        log.info("engine %s started for %s", __version__, home)
        try:
            host.serve()
        except Exception:
            log.exception("the engine failed")
            return 1
        log.info("engine ended")
    # worker threads that did not stop in time must not keep the process
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
