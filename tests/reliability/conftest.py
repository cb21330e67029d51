"""A home folder whose engine, whatever became of it, ends with the test."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import wait_until

from engine.home import engine_alive, home
from engine.store import Store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    folder = home()
    yield folder
    with Store.open(folder) as store:
        record = store.engine()
    if record is not None and record.pid != os.getpid() and engine_alive(folder):
        os.kill(record.pid, signal.SIGKILL)
        wait_until(lambda: not engine_alive(folder))


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder) as opened:
        yield opened
