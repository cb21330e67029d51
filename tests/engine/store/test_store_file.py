"""The file of the store: private, no link, of a version that is known."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.kinds import make_spec
from engine.store.home import home, store_path
from engine.store.store import Store


def test_files_are_private_even_with_a_permissive_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "open"))
    before = os.umask(0)
    try:
        folder = home()
        with Store.open(folder) as store:
            store.submit(make_spec("baseline", {}))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}


def test_a_linked_store_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"")
    store_path(folder).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EngineError, match="link"):
        Store.open(folder)


def test_a_file_that_is_no_store_is_told(folder: Path) -> None:
    store_path(folder).write_bytes(b"not a database, " * 100)
    with pytest.raises(EngineError, match="cannot be opened"):
        Store.open(folder)


def test_a_newer_store_is_refused(folder: Path) -> None:
    with sqlite3.connect(store_path(folder)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(EngineError, match="newer penguin-tui"):
        Store.open(folder)
