"""A full disk, a frozen engine, a store that is gone or held: said, and nothing waits for ever."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.client.following import follow
from engine.client.process import engine_status, ensure_engine, stop_engine
from engine.client.submission import stop_run
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.store.explain import StoreError
from engine.store.heartbeat import last_heartbeat
from engine.store.home import store_path
from engine.store.locks import (
    engine_alive,
    engine_lock,
    lock_holder,
    sign_engine_lock,
    signal_holder,
)
from engine.store.pruning import keep_reserve, prunable, prune
from engine.store.store import Store
from engine.store.writer import keep_checkpoint
from tests.reliability.test_prune import put_run
from tests.support.command_line import call, put_finished
from tests.support.engine.processes import TALKS, flawed_engine, kill, wait_until

# what is there already can be written over: signs of life, but no store
ROOM = 4096
LIMIT = "the limit on the size of files (ulimit -f) is reached"


def limited(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The program where no file can grow: the nearest to a full disk that needs no rights.

    It writes no bytecode (`-B`): Python would leave the beginning of a module for the next process.
    """
    return subprocess.run(
        [sys.executable, "-B", "-m", "penguin_tui", *arguments],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env=os.environ | {"PENGUIN_TUI_HOME": str(folder)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM)),
    )  # fmt: skip


@contextmanager
def running(store: Store) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """A run that reports epochs, and its engine."""
    run = store.submit(make_spec("baseline", {}))
    engine = flawed_engine(store.home, TALKS)
    try:
        wait_until(store, lambda: store.run(run).epochs_run > 10)
        yield run, engine
    finally:
        engine.kill()
        engine.wait()


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Another program holds a write transaction."""
    with closing(sqlite3.connect(store_path(store.home), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


def unsaved(store: Store) -> bool:
    return engine_status(store).unsaved_for > 3


def test_on_a_full_disk_everything_says_so_and_can_be_ended(store: Store) -> None:
    with running(store) as (run, engine):
        resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
        wait_until(store, lambda: unsaved(store))
        for arguments in (["runs"], ["show", str(run)], ["engine", "status"]):
            done = limited(store.home, *arguments)
            assert done.returncode == 0, done.stderr
            assert "Not saved for " in done.stdout + done.stderr, arguments
            assert f"s: {LIMIT}" in done.stdout + done.stderr, arguments
            assert "epochs/s" not in done.stdout
        done = limited(store.home, "stop", str(run))
        assert done.stdout == f"Run {run} has ended; that is not saved yet: {LIMIT}.\n"
        done = limited(store.home, "engine", "stop")
        assert done.stdout.startswith("The engine has ended.\n")
        assert f"That run {run} had ended is not saved" in done.stdout
        assert not engine_alive(store.home)
        # nobody can mark what has become of it
        done = limited(store.home, "runs")
        assert LIMIT in done.stderr


def test_what_was_not_saved_when_the_engine_ended_is_said(store: Store) -> None:
    with running(store) as (_, engine):
        resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
        wait_until(store, lambda: unsaved(store))
        said = limited(store.home, "engine", "stop").stdout
    assert "1 run interrupted" in said
    assert f"could not be saved ({LIMIT}); it is done again when they resume" in said


def test_on_a_full_disk_a_run_can_be_killed(store: Store) -> None:
    with running(store) as (run, engine):
        resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
        wait_until(store, lambda: unsaved(store))
        done = limited(store.home, "kill", str(run))
        assert done.stdout == f"Run {run} is killed; that is not saved yet: {LIMIT}.\n"
        assert engine.wait() == -signal.SIGKILL


def test_without_an_engine_a_full_disk_can_be_read_and_exported(folder: Path) -> None:
    run = put_finished(folder)
    with Store.open(folder) as store, store.writing() as connection:
        connection.execute("UPDATE runs SET status = 'finished', ended = 1")
    for arguments in (
        ["runs"], ["show", str(run)], ["log", str(run)], ["export", str(run), "--epochs", "-"],
        ["engine", "status"],
    ):  # fmt: skip
        done = limited(folder, *arguments)
        assert done.returncode == 0, (arguments, done.stderr)
        assert done.stderr == f"! Nothing can be saved: {LIMIT}. Everything can be read.\n"
        assert done.stdout
    done = limited(folder, "rename", str(run), "x")
    assert done.returncode == 1
    assert LIMIT in done.stderr


def test_pruning_needs_less_room_than_is_kept_for_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        run = put_run(store, "train", "lost", 1000.0)
        with store.writing() as connection:
            for trial in range(5):
                keep_checkpoint(connection, run, trial, 1, os.urandom(50_000))
    store.truncate_log()
    keep_reserve(store.home)
    path = store_path(store.home)
    log, reserve = path.with_name(f"{path.name}-wal"), store.home / "reserve"
    room, before = reserve.stat().st_size, path.stat().st_size
    taken = []

    def truncate_log(store: Store) -> None:
        taken.append(log.stat().st_size)
        truncate(store)

    truncate = Store.truncate_log
    monkeypatch.setattr(Store, "truncate_log", truncate_log)
    monkeypatch.setattr("engine.store.pruning.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    prune(store, 5000.0)
    assert prunable(store, 5000.0) == ()
    assert not reserve.exists()
    assert max(taken) < room
    assert path.stat().st_size < before / 3


def test_a_frozen_engine_is_said_to_be_silent_and_can_be_ended(store: Store) -> None:
    with running(store) as (run, engine):
        engine.send_signal(signal.SIGSTOP)
        wait_until(store, lambda: engine_status(store).silent_for)
        for arguments in (["runs"], ["show", str(run)], ["engine", "status"]):
            said = call(*arguments)
            assert "Nothing heard from the engine since " in said.stdout + said.stderr, arguments
            assert "epochs/s" not in said.stdout
        engine.send_signal(signal.SIGCONT)
        wait_until(store, lambda: not engine_status(store).silent_for)
        engine.send_signal(signal.SIGSTOP)
        assert stop_engine(store.home, 0.2) == "killed"
        assert engine.wait() == -signal.SIGKILL


def test_only_who_is_proven_to_hold_the_lock_is_signalled(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        with engine_lock(folder):
            # what stands in the file is no proof
            sign_engine_lock(folder, pid=other.pid)
            assert lock_holder(folder) == os.getpid()
        assert lock_holder(folder) is None
        assert not signal_holder(folder, signal.SIGKILL)
        assert stop_engine(folder) == "ended"
        assert other.poll() is None
        kill(other.pid)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))


@pytest.mark.parametrize("damage", [Path.unlink, overwrite], ids=["removed", "overwritten"])
def test_an_engine_whose_store_is_gone_ends_and_so_does_who_waits(
    store: Store, damage: Callable[[Path], None]
) -> None:
    with running(store) as (run, engine):
        damage(store_path(store.home))
        with pytest.raises(StoreError) as caught:
            for _ in follow(store, run):
                pass
        assert "End the engine first" in caught.value.hint or not engine_alive(store.home)
        assert engine.wait() == 1
        assert "the engine ends: The store" in (store.home / "engine.log").read_text()


@pytest.mark.parametrize("damage", [Path.unlink, overwrite], ids=["removed", "overwritten"])
def test_the_engine_can_be_ended_without_a_store(
    store: Store, damage: Callable[[Path], None]
) -> None:
    with running(store) as (_, engine):
        damage(store_path(store.home))
        assert "The engine has ended" in call("engine", "stop").stdout
        assert engine.wait() in (0, 1)


def test_an_empty_file_is_no_empty_store(folder: Path) -> None:
    store_path(folder).touch(mode=0o600)
    done = call("runs")
    assert done.exit_code == 1
    assert "is empty (0 bytes)" in done.stderr
    assert "move the file away" in done.stderr
    assert store_path(folder).stat().st_size == 0


def test_another_database_is_left_alone(folder: Path) -> None:
    with closing(sqlite3.connect(store_path(folder))) as other:
        other.execute("CREATE TABLE mine (x)")
    before = store_path(folder).read_bytes()
    assert "not one of penguin-tui" in call("runs").stderr
    assert store_path(folder).read_bytes() == before


def test_while_another_program_holds_the_store_it_is_read_and_runs_end(store: Store) -> None:
    with running(store) as (run, _), held(store):
        assert call("runs").exit_code == 0
        assert call("show", str(run)).exit_code == 0
        wait_until(store, lambda: unsaved(store))
        assert "s: another program holds it." in call("engine", "status").stdout
        stop_run(store, run)
        wait_until(store, lambda: run in getattr(last_heartbeat(store.home), "ended", ()))


def make_link(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize("make", [make_link, os.mkfifo, Path.mkdir], ids=["link", "fifo", "folder"])
def test_an_engine_that_cannot_start_says_why_and_is_tried_three_times(
    store: Store, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    make(store.home / "engine.lock")
    run = store.submit(make_spec("baseline", {}))
    starts = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        "engine.client.process.subprocess.Popen",
        lambda command, **more: (starts.append(command), popen(command, **more))[1],
    )
    for _ in range(5):
        with pytest.raises(EngineError, match="link or no file at all") as caught:
            ensure_engine(store)
        assert f"Run {run} stays queued until an engine can start" in caught.value.hint
    assert len(starts) == 3
    assert "ended 3 times" in caught.value.message


def test_an_engine_that_may_write_no_file_says_so_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.submit(make_spec("baseline", {}))
    popen = subprocess.Popen
    monkeypatch.setattr(
        "engine.client.process.subprocess.Popen",
        lambda command, **more: popen(
            [command[0], "-B", *command[1:]],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM)),
            **more,
        ),
    )
    with pytest.raises(EngineError, match="ulimit -f"):
        ensure_engine(store)


def test_signs_of_life_that_somebody_has_written_are_no_error(folder: Path) -> None:
    for text in ("", "[", "[]", '{"at": 1}', json.dumps({"at": "x", "beat": 1})):
        (folder / "engine.lock").write_text(text)
        assert last_heartbeat(folder) is None
