"""Folder and store: private, shared by processes, on odd file systems, of other versions."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.client.process import stop_engine
from engine.client.submission import submit
from engine.environment.variables import CACHE
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.store.engine_record import EngineRecord
from engine.store.home import home, log_path, refuse_odd_folders, store_path
from engine.store.locks import engine_lock
from engine.store.schema import VERSION
from engine.store.store import Store
from tests.support.command_line import call

SUBMIT = (
    "import sys\n"
    "from pathlib import Path\n"
    "from engine.kinds import make_spec\n"
    "from engine.store.store import Store\n"
    "with Store.open(Path(sys.argv[1])) as store:\n"
    "    store.submit(make_spec('describe', {}), name='from another process')\n"
)
RECORD = EngineRecord(
    pid=1, host="here", boot="", started=0.0, version="0.0.1", schema=VERSION,
    state="ready", detail="",
)  # fmt: skip


def program(
    folder: Path, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "penguin_tui", *arguments],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env=os.environ | {"PENGUIN_TUI_HOME": str(folder)} | environment,
    )  # fmt: skip


def test_everything_is_private_even_with_a_generous_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        done = program(folder, "run", "baseline", "--quiet")
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}
    wanted = {path: 0o700 if path.is_dir() else 0o600 for path in modes}
    assert modes == wanted
    with Store.open(folder) as store:
        assert stop_engine(store.home)


def test_a_store_opened_twice_in_one_process_keeps_what_the_first_writes(folder: Path) -> None:
    # closing the second must not drop the locks that keep the log of the first alive
    with Store.open(folder) as first:
        with Store.open(folder) as second:
            second.submit(make_spec("describe", {}), name="second")
        subprocess.run([sys.executable, "-c", SUBMIT, str(folder)], check=True)
        first.submit(make_spec("describe", {}), name="first")
        subprocess.run([sys.executable, "-c", SUBMIT, str(folder)], check=True)
        first.submit(make_spec("describe", {}), name="first again")
    with Store.open(folder) as later:
        names = [record.name for record in later.runs()]
    assert sorted(names) == sorted(
        ["second", "first", "first again", "from another process", "from another process"]
    )


def test_a_linked_store_is_refused_and_not_touched(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.sqlite3"
    elsewhere.write_bytes(b"not yours")
    store_path(folder).symlink_to(elsewhere)
    done = program(folder, "runs")
    assert done.returncode == 1
    assert "is a link" in done.stderr
    assert elsewhere.read_bytes() == b"not yours"
    store_path(folder).unlink()


@pytest.mark.parametrize("name", ["data", "wake", "work", "cache"])
def test_a_linked_folder_in_the_home_is_refused_and_not_touched(
    folder: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CACHE.name)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / name).symlink_to(elsewhere)
    for arguments in (["run", "baseline", "--quiet"], ["runs"]):
        done = program(folder, *arguments)
        assert done.returncode == 1
        assert f"{folder / name} is a link" in done.stderr
    assert list(elsewhere.iterdir()) == []
    assert not log_path(folder).exists()


@pytest.mark.parametrize("name", ["data", "wake", "work", "cache"])
def test_somebody_elses_folder_in_the_home_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(CACHE.name)
    (folder / name).mkdir(mode=0o700)
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    with pytest.raises(EngineError, match=f"{name} belongs to another user"):
        refuse_odd_folders(folder)
    monkeypatch.undo()


def test_somebody_elses_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    with pytest.raises(EngineError, match="another user"):
        home()
    monkeypatch.undo()


@pytest.mark.parametrize("known", [False, True])
def test_without_shared_memory_the_store_works_and_says_so(folder: Path, known: bool) -> None:
    if known:
        with Store.open(folder) as store:
            assert store.shares_memory
    # the file that SQLite would share memory by cannot be made
    (folder / "penguin-tui.sqlite3-shm").mkdir()
    with Store.open(folder) as first, Store.open(folder) as second:
        assert not first.shares_memory
        run = first.submit(make_spec("describe", {}))
        before = second.version()
        first.rename(run, "read by the other")
        assert second.version() != before
        assert second.run(run).name == "read by the other"
    done = program(folder, "engine", "status")
    assert done.returncode == 0
    assert "cannot share memory" in done.stdout


def test_a_store_of_a_newer_version_is_refused_with_the_way_out(folder: Path) -> None:
    with Store.open(folder):
        pass
    connection = sqlite3.connect(store_path(folder))
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    done = program(folder, "run", "baseline")
    assert done.returncode == 1
    assert "newer penguin-tui" in done.stderr
    assert "Upgrade" in done.stderr
    connection = sqlite3.connect(store_path(folder))
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.close()


def test_an_engine_of_another_version_at_work_is_not_given_runs_it_may_misread(
    store: Store,
) -> None:
    running = store.submit(make_spec("train", {}))
    with store.writing() as connection:
        connection.execute("UPDATE runs SET status = 'running' WHERE id = ?", (running,))
    store.set_engine(RECORD)
    with engine_lock(store.home):
        with pytest.raises(EngineError, match=r"penguin-tui 0\.0\.1 has running runs"):
            submit(store, make_spec("baseline", {}))
        assert [record.id for record in store.runs()] == [running]
        assert store.open_requests() == []


def test_an_engine_of_another_version_without_work_is_asked_to_make_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.client.process.START_SECONDS", 0.2)
    store.set_engine(RECORD)
    # this one does not even answer
    with engine_lock(store.home), pytest.raises(EngineError, match="does not end"):
        submit(store, make_spec("baseline", {}))
    assert [request.what for request in store.open_requests()] == ["shutdown"]
    assert store.runs() == []


def test_a_store_somebody_holds_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.connection.BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(store_path(store.home), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with (
        Store.open(store.home) as other,
        pytest.raises(EngineError, match="Another program holds it"),
    ):
        other.submit(make_spec("baseline", {}))
    holder.close()


@pytest.mark.parametrize(
    "damage",
    [
        'UPDATE runs SET spec = \'{"kind": "train", "epochs": 1e9}\'',
        "UPDATE runs SET spec = 'nonsense'",
        "UPDATE runs SET metrics = '[1'",
        "UPDATE runs SET provenance = '{'",
        'INSERT INTO events VALUES (1, 900, \'{"type": "__reduce__"}\')',
        "INSERT INTO epochs VALUES (1, 0, 1, 901, x'80049503', 'loss')",
    ],
)
def test_a_row_somebody_has_changed_is_an_error_and_nothing_else(store: Store, damage: str) -> None:
    store.submit(make_spec("train", {}))
    with store.writing() as connection:
        connection.execute("UPDATE runs SET status = 'finished', ended = 1, last_event = 902")
        connection.execute(damage)
    for arguments in (["show", "1"], ["show", "1", "--json"], ["log", "1"], ["runs"]):
        done = call(*arguments)
        assert done.exit_code in (0, 1), arguments
        assert done.exception is None or isinstance(done.exception, SystemExit), arguments
        assert "Traceback" not in done.stdout + done.stderr
        assert "Unexpected" not in done.stderr, (arguments, done.stderr)
