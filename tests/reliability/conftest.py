"""A home folder whose engine, whatever became of it, ends with the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.home import home
from engine.store.store import Store
from tests.support.engine.processes import kill_engines


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    folder = home()
    yield folder
    kill_engines(folder)


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder) as opened:
        yield opened
