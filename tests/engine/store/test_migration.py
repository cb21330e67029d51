"""A store of an earlier version is brought to the present form once, whole, with a way back."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.results.scores import metrics
from engine.results.search import SweepResult
from engine.runs.state import RunState, fold
from engine.store import migration
from engine.store.connection import connect
from engine.store.home import store_path
from engine.store.locks import engine_lock
from engine.store.schema import VERSION
from engine.store.store import Store
from tests.support.stored.released_homes import RELEASES, copy_of

# kills itself in the middle of the transaction, when part of it has been done
KILLED = """
import os, pathlib, signal, sys
from engine.store import migration
from engine.store.store import Store
from engine.store.migration import STEPS
first, second = STEPS[1].split(";", 4)[:4], STEPS[1].split(";", 4)[4]
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
real = migration._run
def run(connection, script):
    connection.create_function("kill", 0, kill)
    real(connection, script.replace(second, " SELECT kill();" + second))
migration._run = run
Store.open(pathlib.Path(sys.argv[1]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home folder of the oldest release, which takes every step of the migration."""
    return copy_of(RELEASES[0], tmp_path / "home")


def version(folder: Path) -> int:
    with closing(sqlite3.connect(store_path(folder))) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def schema(connection: sqlite3.Connection) -> dict[str, Any]:
    """The columns of every table and the indexes, whatever order they were made in."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]
    return {
        name: sorted(tuple(row)[1:4] for row in connection.execute(f"PRAGMA table_info({name})"))
        for name in names
    }


@pytest.mark.parametrize("release", RELEASES)
def test_a_migrated_store_has_the_form_of_a_new_one(release: str, tmp_path: Path) -> None:
    folder = copy_of(release, tmp_path / "home")
    (tmp_path / "new").mkdir(mode=0o700)
    with closing(connect(folder)[0]) as migrated, closing(connect(tmp_path / "new")[0]) as new:
        assert schema(migrated) == schema(new)
        assert migrated.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert migrated.execute("PRAGMA foreign_key_check").fetchall() == []


def test_figures_that_were_another_thing_than_their_name_are_gone(folder: Path) -> None:
    with Store.open(folder) as store:
        for record in store.runs():
            state = fold(RunState(), store.events(record.id)[1])
            trials = [trial.scores for trial in state.trials.values() if trial.scores]
            if record.kind in ("sweep", "hyperband"):
                # what was kept as training accuracy was the running mean of an epoch
                assert not any("train" in scores for scores in trials)
            else:
                assert all("train" in scores for scores in trials)
            if isinstance(state.result, SweepResult):
                assert {point.train for point in state.result.points} == {None}
            if record.kind != "train":
                assert record.best_epoch_val_accuracy is None
            assert record.metrics == {} or record.metrics == metrics(state.result)


def test_old_runs_find_the_baseline_on_the_same_sets(folder: Path) -> None:
    with Store.open(folder) as store:
        for record in store.runs(include_deleted=True):
            (row,) = store.select("SELECT data_id FROM runs WHERE id = ?", record.id)
            sha256 = record.data_sha256
            assert row["data_id"] == (record.spec.data_id(sha256) if sha256 else None)


def test_the_old_file_stays_beside_until_an_engine_finds_the_new_one_good(folder: Path) -> None:
    before = version(folder)
    with Store.open(folder):
        pass
    backup = migration.backup_path(store_path(folder))
    with closing(sqlite3.connect(backup)) as old:
        assert old.execute("PRAGMA user_version").fetchone()[0] == before
        assert old.execute("SELECT count(*) FROM trials").fetchone()[0] > 0
    assert backup.stat().st_mode & 0o077 == 0
    with closing(connect(folder)[0]) as connection:
        migration.remove_backup(connection, store_path(folder))
    assert not backup.exists()


def test_a_persons_own_copy_beside_the_store_is_neither_overwritten_nor_removed(
    folder: Path,
) -> None:
    own = migration.backup_path(store_path(folder))
    shutil.copy(store_path(folder), own)
    before = own.read_bytes()
    with pytest.raises(EngineError, match="is in the way"):
        connect(folder)
    assert own.read_bytes() == before
    aside = own.rename(own.with_name("aside"))
    with closing(connect(folder)[0]) as connection:
        aside.rename(own)
        migration.remove_backup(connection, store_path(folder))
    assert own.read_bytes() == before


def test_killed_in_the_middle_it_leaves_the_old_store_whole(folder: Path) -> None:
    with closing(sqlite3.connect(store_path(folder))) as connection:
        before = schema(connection)
        runs = connection.execute("SELECT * FROM runs").fetchall()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(store_path(folder))) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
        assert schema(connection) == before
        assert connection.execute("SELECT * FROM runs").fetchall() == runs
    with Store.open(folder) as store:
        assert len(store.runs(include_deleted=True)) == len(runs)
    assert version(folder) == VERSION


def test_many_that_open_it_at_once_migrate_it_once(folder: Path) -> None:
    code = (
        "import sys, pathlib; from engine.store.store import Store\n"
        "with Store.open(pathlib.Path(sys.argv[1])) as store: print(len(store.runs()))"
    )
    opening = [
        subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in opening}) == 1
    assert {process.returncode for process in opening} == {0}


def test_without_room_for_the_copy_nothing_is_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(folder)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(EngineError, match="Make room on the disk"):
        Store.open(folder)
    assert version(folder) == 1


def test_an_older_engine_is_asked_to_end_and_at_work_it_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "ENGINE_ENDS_SECONDS", 0.1)
    with closing(sqlite3.connect(store_path(folder))) as old, engine_lock(folder):
        record = {"pid": os.getpid(), "version": "0.1.0"}
        old.execute("INSERT OR REPLACE INTO engine VALUES (1, ?)", (json.dumps(record),))
        old.execute("UPDATE runs SET status = 'running' WHERE id = 1")
        old.commit()
        with pytest.raises(EngineError, match=r"penguin-tui 0\.1\.0 has running runs"):
            Store.open(folder)
        old.execute("UPDATE runs SET status = 'finished' WHERE id = 1")
        old.commit()
        with pytest.raises(EngineError, match="does not end on request"):
            Store.open(folder)
        asked = old.execute("SELECT what FROM requests WHERE acknowledged IS NULL").fetchall()
        assert asked == [("shutdown",)]
        assert version(folder) == 1
    with Store.open(folder) as store:
        assert store.runs()
