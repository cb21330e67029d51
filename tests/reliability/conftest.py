"""A home folder whose engine, whatever became of it, ends with the test."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from engine.store import Store
from engine.store.home import home
from tests.support.engine_processes import PATIENCE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    folder = home()
    yield folder
    # an engine that came too late to be the one takes the place of the one that is killed
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


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder) as opened:
        yield opened
