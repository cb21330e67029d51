"""The engine's process seen from outside: start it, read its status, end it."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.environment.isolation import engine_environment
from engine.environment.machine import usable_threads
from engine.environment.memory import LIGHT, refuse_too_little
from engine.errors import EngineError
from engine.store.home import log_path, private_file
from engine.store.locks import engine_alive, refuse_elsewhere, without_engine
from engine.store.queries import open_queries
from engine.store.records import EngineRecord
from engine.store.recovery import mark_lost_runs
from engine.store.store import Store
from engine.version import __version__

START_SECONDS = 20.0
# an engine that ends while it starts is not started over and over again
STARTS = 5
STARTS_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """The engine's status in a word and a sentence, and how much it has to do."""

    state: Literal["stopped", "starting", "loading", "ready"]
    detail: str
    running: int
    queued: int
    record: EngineRecord | None


def ensure_engine(store: Store) -> None:
    """Start an engine when none is alive; returns without waiting for it to load.

    When many start at once, one engine gets the lock and the others end at once.
    Raises `EngineError` when it cannot be started, or when one of another
    version has running runs.
    """
    home = store.home
    refuse_elsewhere(home)
    if engine_alive(home) and not _closing(store) and not _replaced_other_version(store):
        return
    # an engine that is closing lets go of its lock within moments
    if not wait_for_end(store, START_SECONDS):
        raise EngineError(
            "The engine is ending but does not end.", "Try 'penguin-tui engine stop'."
        )
    refuse_too_little(LIGHT, usable_threads())
    _count_start(store)
    with private_file(log_path(home)).open("ab") as log:
        starter = subprocess.Popen(
            [sys.executable, "-m", "engine.worker", "--home", str(home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=home,
            env=engine_environment(),
        )
    # it forks at once and ends, so that the engine is nobody's child
    if starter.wait(timeout=START_SECONDS) != 0:
        raise EngineError(
            "The engine could not be started.", f"The reason is at the end of {log_path(home)}."
        )


_started: dict[Path, list[float]] = {}


def _count_start(store: Store) -> None:
    home, last = store.home, store.engine()
    if last is None or last.state == "ready":
        # the last one had come up: whatever ended it, it was not its start
        _started.pop(home, None)
        return
    now = time.monotonic()
    recent = [at for at in _started.get(home, []) if now - at < STARTS_SECONDS]
    if len(recent) >= STARTS:
        raise EngineError(
            f"The engine has ended {STARTS} times while it was starting, and is not started again"
            " for now.",
            f"The reason is at the end of {log_path(home)}.",
        )
    _started[home] = [*recent, now]


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
    queued = sum(record.status == "queued" for record in live)
    record = store.engine()
    if not engine_alive(store.home):
        return EngineStatus("stopped", "not running", 0, queued, None)
    if record is None or record.state == "closing":
        return EngineStatus("starting", "starting", 0, queued, record)
    return EngineStatus(record.state, record.detail, len(live) - queued, queued, record)


def stop_engine(store: Store, wait: float = 10.0) -> bool:
    """Ask the engine to end; returns whether it did. Running runs are marked as interrupted."""
    if not engine_alive(store.home):
        return True
    store.request(None, "shutdown")
    return wait_for_end(store, wait)


def wait_for_end(store: Store, seconds: float) -> bool:
    """Wait until no engine is alive; returns whether it came to that within `seconds`."""
    return store.wait_for(lambda: not engine_alive(store.home), seconds)


def reconcile(store: Store) -> None:
    """Without an engine, mark what claims to be running as lost, and start one for what waits.

    A paused run needs no engine, unless there is a request to it.
    """
    if engine_alive(store.home):
        return
    live = store.live_runs()
    running = any(record.status in ("running", "stopping") for record in live)
    requested = any(record.status == "paused" for record in live) and store.open_requests()
    if running or requested:
        with without_engine(store.home) as alone:
            if alone:
                mark_lost_runs(store)
        live = store.live_runs()
    if open_queries(store) or any(record.status == "queued" for record in live):
        ensure_engine(store)
