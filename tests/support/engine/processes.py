"""What the reliability tests share: patience, violence, and engines with a flaw."""

import os
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from engine.runs.state import RunState, fold
from engine.store.home import store_path
from engine.store.locks import engine_alive
from engine.store.store import Store
from tests.support.patience import PATIENCE

T = TypeVar("T")
# no library is loaded: what is flawed needs none
FLAWED = """
import ctypes, os, sys, time
from types import ModuleType, SimpleNamespace
import engine.worker.library_loader as loader
from engine.worker.__main__ import main

def run(spec, reporter):
    reporter.phase("flawed")
    {flaw}

job = sys.modules["engine.jobs.baseline"] = ModuleType("engine.jobs.baseline")
job.run = run
loader.load_pandas = lambda: None
loader.import_module = lambda name: SimpleNamespace(rebuild_counts=lambda home: None)
sys.exit(main(["--home", {home!r}, "--foreground"]))
"""
# a flaw: an epoch every few milliseconds until it is told to stop
TALKS = (
    "number = 0\n"
    "    while True:\n"
    "        number += 1\n"
    "        reporter.epoch(0, number, {'loss': 1.0 / number})\n"
    "        time.sleep(0.005)\n"
    "        reporter.check()"
)


def wait_until(store: Store, reached: Callable[[], T]) -> T:
    """What `reached` returns, once that is true; looked at after each change of the store."""
    found = store.wait_for(reached, PATIENCE)
    assert found, "it never came to that"
    return found


def flawed_engine(folder: Path, flaw: str) -> "subprocess.Popen[bytes]":
    """An engine, started by hand, in which every baseline does something terrible."""
    code = FLAWED.format(flaw=flaw, home=str(folder))
    with (folder / "engine.log").open("ab") as log:
        # without bytecode: on a full disk Python leaves half a module for the next process
        command = [sys.executable, "-B", "-c", code, str(folder)]
        engine = subprocess.Popen(command, stdout=log, stderr=log)
    with Store.open(folder) as store:
        wait_until(store, lambda: engine_alive(folder))
    return engine


def state_of(store: Store, run: int) -> RunState:
    """Everything a run has reported."""
    return fold(RunState(), store.events(run)[1])


def kill_engine(store: Store) -> None:
    """As the system does when it needs the memory."""
    record = store.engine()
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    wait_until(store, lambda: not engine_alive(store.home))


def integrity(folder: Path) -> str:
    """What SQLite says about the file."""
    connection = sqlite3.connect(store_path(folder))
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def curves(state: RunState) -> dict[int, list[bytes]]:
    """The epochs of every training, to the bit, without their durations."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
    return {
        key: [curve.column(name).tobytes() for name in names]
        for key, curve in sorted(state.curves.items())
    }


def kill_engines(folder: Path) -> None:
    """End whatever engine of this folder there is, also one that is only starting."""
    # one that came too late to be the engine takes the place of the one that is killed
    while engines := engines_of(folder):
        for engine in engines:
            kill(engine)


def engines_of(folder: Path) -> list[int]:
    """The engine processes of this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if str(folder).encode() in words and int(process.name) != os.getpid():
                found.append(int(process.name))
    return found


def kill(process: int) -> None:
    """Kill a process and wait until it has ended."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    with open(handle, "rb") as ended:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([ended], [], [], PATIENCE)
