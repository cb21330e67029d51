"""How the workbench and the command line use the engine: submit, stop, follow."""

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.csvfile import locate, peek
from engine.csvfile.asked import check_asked
from engine.errors import EngineError
from engine.home import (
    copies_path,
    engine_alive,
    log_path,
    private_file,
    refuse_elsewhere,
    without_engine,
)
from engine.machine import boot_id
from engine.provenance import current, data_difference, differences
from engine.specs import PENGUINS, RunSpec
from engine.state import RunState, fold
from engine.store import EngineRecord, RunRecord, Store
from engine.store.cut_off import RESUMABLE, resume_ended, settle_lost
from engine.version import __version__

# the kinds of run the engine has a job for
RUNNABLE = (
    "describe",
    "baseline",
    "train",
    "sweep",
    "random_search",
    "grid_search",
    "hyperband",
    "reproduce",
)
START_SECONDS = 20.0
# a run that ignores a stop for so long may be killed, and so long the engine has to do it itself
IGNORED_SECONDS = 5.0
KILL_SECONDS = 3.0
# an engine that ends while it starts is not started over and over again
STARTS = 5
STARTS_SECONDS = 120.0
CHECK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How the engine stands, in a word and a sentence, and how much it has to do."""

    state: Literal["stopped", "starting", "loading", "ready"]
    detail: str
    running: int
    queued: int
    record: EngineRecord | None


def submit(
    store: Store, spec: RunSpec, *, name: str = "", priority: int = 0, parent: int | None = None
) -> int:
    """Check what can be checked at once, queue the run, and see that an engine takes it.

    Returns the run's id. Raises `EngineError` as `checked` does, and nothing is
    stored then; or because no engine could be started, and the run stays queued.
    """
    spec = checked(spec)
    if other_version(store) is not None:
        # one without work makes room now, so that it cannot take what it may misread
        ensure_engine(store.home)
    run = store.submit(spec, name=name, priority=priority, parent=parent)
    ensure_engine(store.home)
    return run


def checked(spec: RunSpec) -> RunSpec:
    """The spec as it is to be queued, its data file named from the root.

    Raises `EngineError` when the kind cannot be run, or the data file is unusable
    for it as far as a glance can tell.
    """
    if spec.kind not in RUNNABLE:
        raise EngineError(
            f"{spec.kind.replace('_', ' ')} cannot be run yet.",
            f"These can: {', '.join(name.replace('_', ' ') for name in RUNNABLE)}.",
        )
    spec = with_absolute_path(spec)
    facts = peek(
        spec.data,
        delimiter=spec.delimiter,
        quote=spec.quote,
        encoding=spec.encoding,
        decimal=spec.decimal,
        header=spec.header,
    )
    check_asked(facts, spec)
    return spec


def with_absolute_path(spec: RunSpec) -> RunSpec:
    """The spec with its data file named from the root: the engine has another folder."""
    if spec.data == PENGUINS:
        return spec
    return spec.model_copy(update={"data": str(locate(spec.data).absolute())})


def ensure_engine(home: Path) -> None:
    """Start an engine when none is alive; returns without waiting for it to load.

    When many start at once, one engine gets the lock and the others end at once.
    """
    refuse_elsewhere(home)
    if engine_alive(home) and not _closing(home):
        with Store.open(home) as store:
            if not _replaced_other_version(store):
                return
    deadline = time.monotonic() + START_SECONDS
    while engine_alive(home):
        # an engine that is closing lets go of its lock within moments
        if time.monotonic() > deadline:
            raise EngineError(
                "The engine is ending but does not end.", "Try 'penguin-tui engine stop'."
            )
        time.sleep(0.05)
    _count_start(home)
    with private_file(log_path(home)).open("ab") as log:
        starter = subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.host", "--home", str(home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=home,
            env=_environment(),
        )
    # it forks at once and ends, so that the engine is nobody's child
    if starter.wait(timeout=START_SECONDS) != 0:
        raise EngineError(
            "The engine could not be started.", f"The reason is at the end of {log_path(home)}."
        )


_started: dict[Path, list[float]] = {}


def _count_start(home: Path) -> None:
    with Store.open(home) as store:
        last = store.engine()
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

    Raises `EngineError` when it is at work.
    """
    record = other_version(store)
    if record is None:
        return False
    if any(live.status != "queued" for live in store.live_runs()):
        raise EngineError(
            f"An engine of penguin-tui {record.version} is at work in this folder; this is"
            f" {__version__}.",
            "Wait until its runs have ended, or end it with 'penguin-tui engine stop'; what it"
            " interrupts can be resumed.",
        )
    store.request(None, "shutdown")
    return True


def _environment() -> dict[str, str]:
    """The environment with this very program importable, wherever it was started from."""
    root = str(Path(__file__).resolve().parent.parent)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def _closing(home: Path) -> bool:
    with Store.open(home) as store:
        record = store.engine()
    return record is not None and record.state == "closing"


def engine_status(store: Store) -> EngineStatus:
    """How the engine of this home folder stands."""
    live = store.live_runs()
    queued = sum(record.status == "queued" for record in live)
    record = store.engine()
    if not engine_alive(store.home):
        return EngineStatus("stopped", "not running", 0, queued, None)
    if record is None or record.state == "closing":
        return EngineStatus("starting", "starting", 0, queued, record)
    return EngineStatus(record.state, record.detail, len(live) - queued, queued, record)


def stop_engine(store: Store, wait: float = 10.0) -> bool:
    """Ask the engine to end; returns whether it did. What is at work is marked interrupted."""
    if not engine_alive(store.home):
        return True
    store.request(None, "shutdown")
    deadline = time.monotonic() + wait
    while engine_alive(store.home) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not engine_alive(store.home)


def stop_run(store: Store, run: int) -> None:
    """Ask a run to stop; raises `EngineError` when it has ended already."""
    record = store.run(run)
    if not record.live:
        raise EngineError(f"Run {run} has ended already ({record.status}).")
    store.request(run, "stop")


def resume_run(store: Store, run: int) -> tuple[str, ...]:
    """Let a paused run, or one that was cut off, go on from where it was.

    Returns what is different today, which may change its figures. Raises
    `EngineError` when there is nothing to go on with, or when the data file has
    changed since.
    """
    record = store.run(run)
    if record.status == "paused":
        store.request(run, "resume")
        settle(store)
        return ()
    if record.status not in RESUMABLE:
        raise EngineError(
            f"Run {run} is {record.status}; only a run that is paused, {', '.join(RESUMABLE[:-1])}"
            f" or {RESUMABLE[-1]} can resume.",
            f"'penguin-tui again {run}' does it once more." if not record.live else "",
        )
    changed = data_difference(record.spec, record.data_sha256)
    if changed:
        raise EngineError(f"{changed}.", "A training cannot go on with other data.")
    if other_version(store) is not None:
        ensure_engine(store.home)
    resume_ended(store, run)
    ensure_engine(store.home)
    return differences(record.provenance, current()) if record.provenance else ()


def may_kill(record: RunRecord, now: float) -> bool:
    """Whether a run has ignored a request to stop for so long that it may be killed."""
    asked = record.acknowledged
    return record.status == "stopping" and asked is not None and now - asked >= IGNORED_SECONDS


def kill_run(store: Store, run: int) -> None:
    """End a run that ignores a request to stop, and with it the engine's process.

    A new engine starts at once; runs beside it go on from their last checkpoints.
    Raises `EngineError` when the run has ended already or cannot be killed.
    """
    record = store.run(run)
    if not record.live:
        raise EngineError(f"Run {run} has ended already ({record.status}).")
    engine = store.engine()
    store.request(run, "kill")
    deadline = time.monotonic() + KILL_SECONDS
    while store.run(run).live and time.monotonic() < deadline:
        time.sleep(0.05)
    if store.run(run).live and engine is not None and engine_alive(store.home):
        # it does not even get to read what is asked of it
        _end_hard(store.home, engine)
    settle(store)


def _end_hard(home: Path, engine: EngineRecord) -> None:
    if (engine.host, engine.boot) != (platform.node(), boot_id()):
        raise EngineError(
            f"The engine is on another machine, {engine.host}.", "Kill the run from there."
        )
    os.kill(engine.pid, signal.SIGKILL)
    deadline = time.monotonic() + KILL_SECONDS
    while engine_alive(home) and time.monotonic() < deadline:
        time.sleep(0.02)


def run_again(store: Store, run: int) -> tuple[int, tuple[str, ...]]:
    """Submit a run's spec once more; returns the new id and what is different today.

    Raises `EngineError` when the data file is not there any more or has changed:
    the figures could not be compared.
    """
    record = store.run(run)
    changed = data_difference(record.spec, record.data_sha256)
    if changed:
        copy = copies_path(store.home) / f"{record.data_sha256}.csv"
        kept = f" A copy of what run {run} learnt from is {copy}." if copy.exists() else ""
        raise EngineError(f"{changed}.", f"Load its settings and choose the file anew.{kept}")
    again = submit(store, record.spec, name=record.name)
    return again, differences(record.provenance, current())


def settle(store: Store) -> None:
    """Without an engine nothing is at work: say so, and start one for what is queued.

    A paused run waits without an engine, unless something is asked of it.
    """
    live = store.live_runs()
    if not live or engine_alive(store.home):
        return
    at_work = any(record.status in ("running", "stopping") for record in live)
    asked = any(record.status == "paused" for record in live) and store.open_requests()
    if at_work or asked:
        with without_engine(store.home) as alone:
            if alone:
                settle_lost(store)
        live = store.live_runs()
    if any(record.status == "queued" for record in live):
        ensure_engine(store.home)


def follow(store: Store, run: int, interval: float = 0.1) -> Iterator[tuple[RunRecord, RunState]]:
    """Yield the run whenever something has changed, and last when it has ended."""
    state, number, version = RunState(), 0, -1
    checked = time.monotonic()
    while True:
        seen = store.version()
        if seen != version:
            version = seen
            # the row first: when it says "ended", the events read after it are all there are
            record = store.run(run)
            number, events = store.events(run, number)
            state = fold(state, events)
            yield record, state
            if not record.live:
                return
        if time.monotonic() - checked > CHECK_SECONDS:
            checked = time.monotonic()
            settle(store)
            version = -1 if not engine_alive(store.home) else version
        time.sleep(interval)
