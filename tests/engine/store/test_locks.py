"""Whose engine has signed the lock: another machine's is left alone, whatever else is there is not.

Another machine is one with another name and another boot.
"""

import json
import os
import time
from pathlib import Path

import pytest

from engine.environment.machine import boot_id
from engine.errors import EngineError
from engine.store import locks
from engine.store.locks import engine_lock, sign_engine_lock, unsign_engine_lock
from engine.store.store import Store

ELSEWHERE = {"host": "some-other-machine", "boot": "another boot", "pid": 1, "at": time.time()}


def signed(folder: Path, text: str, ago: float = 0.0) -> Path:
    """The lock as it was signed so many seconds ago."""
    path = folder / "engine.lock"
    path.write_text(text)
    at = time.time() - ago
    os.utime(path, (at, at))
    return path


def opens(folder: Path) -> bool:
    try:
        Store.open(folder).close()
    except EngineError:
        return False
    return True


def test_an_engine_on_another_machine_is_refused_with_when_the_folder_is_free(
    folder: Path,
) -> None:
    signed(folder, json.dumps(ELSEWHERE), ago=5.0)
    with pytest.raises(EngineError, match=r"some-other-machine[\s\S]*free in 1[45] s"):
        Store.open(folder)


def test_one_that_has_been_silent_for_twenty_seconds_is_gone(folder: Path) -> None:
    signed(folder, json.dumps(ELSEWHERE), ago=20.5)
    assert opens(folder)


@pytest.mark.parametrize("ahead", [60.0, 3600.0, 86_400.0])
def test_a_signature_from_the_future_does_not_count(folder: Path, ahead: float) -> None:
    signed(folder, json.dumps(ELSEWHERE), ago=-ahead)
    assert opens(folder)


def test_the_other_machines_own_clock_does_not_matter(folder: Path) -> None:
    # what it writes is of its clock, and the time of the file is of the file system's
    signed(folder, json.dumps(ELSEWHERE | {"at": time.time() + 86_400}))
    assert not opens(folder)
    signed(folder, json.dumps(ELSEWHERE | {"at": 0.0}))
    assert not opens(folder)


def test_after_a_clean_end_nobody_waits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine_lock(folder), monkeypatch.context() as other:
        other.setattr("platform.node", lambda: "some-other-machine")
        other.setattr(locks, "boot_id", lambda: "another boot")
        sign_engine_lock(folder)
    assert not opens(folder)
    unsign_engine_lock(folder)
    assert opens(folder)


def test_a_machine_that_has_another_name_now_is_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine_lock(folder):
        sign_engine_lock(folder)
    assert boot_id()
    monkeypatch.setattr("platform.node", lambda: "called otherwise")
    assert opens(folder)


def test_the_last_signature_is_the_only_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine_lock(folder):
        monkeypatch.setattr("platform.node", lambda: "a name that is a good deal longer")
        sign_engine_lock(folder)
        monkeypatch.undo()
        sign_engine_lock(folder)
    assert json.loads((folder / "engine.lock").read_text())["pid"] == os.getpid()


@pytest.mark.parametrize(
    "text",
    ["[]", "1", '"host"', "{", "\0\0", '{"host": null}', '{"pid": 1}', "[" * 5000, "null", "\n",
     '{"host": "elsewhere"', '{"at": "x"}'],
)  # fmt: skip
def test_what_no_engine_has_written_into_the_lock_is_ignored(folder: Path, text: str) -> None:
    path = signed(folder, text)
    assert opens(folder)
    path.write_bytes(b"\xff\xfe")
    assert opens(folder)
