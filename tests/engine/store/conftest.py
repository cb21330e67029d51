"""A home folder, and its store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.home import home
from engine.store.store import Store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    return home()


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder) as opened:
        yield opened
