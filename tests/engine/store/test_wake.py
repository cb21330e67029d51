"""Whoever waits is woken: by who writes, by a poke, by the engine's end."""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from engine.kinds import make_spec
from engine.store.home import wake_path
from engine.store.locks import engine_alive
from engine.store.store import Store
from engine.store.wake import Waiter, announce_engine, wake_all

# nobody is woken so late, and no wait that is to end by itself takes as long
LONG = 60.0
SHORT = 0.05
ENGINE = (
    "import sys, pathlib\n"
    "from engine.store.locks import engine_lock\n"
    "from engine.store.wake import announce_engine\n"
    "home = pathlib.Path(sys.argv[1])\n"
    "lock = engine_lock(home)\n"
    "lock.take()\n"
    "announce_engine(home)\n"
    "print('alive', flush=True)\n"
    "sys.stdin.read()\n"
)


def waited(waiter: Waiter, seconds: float) -> float:
    begun = time.monotonic()
    waiter.wait(seconds)
    return time.monotonic() - begun


def test_a_change_by_another_wakes_whoever_waits(folder: Path, store: Store) -> None:
    waiter = store.waiter

    def write() -> None:
        with Store.open(folder) as other:
            other.submit(make_spec("baseline", {}))

    threading.Timer(SHORT, write).start()
    assert waited(waiter, LONG) < LONG / 2
    assert len(store.runs()) == 1


def test_a_change_between_two_waits_is_not_missed(folder: Path, store: Store) -> None:
    waiter = store.waiter
    with Store.open(folder) as other:
        other.submit(make_spec("baseline", {}))
    assert waited(waiter, LONG) < LONG / 2
    assert waited(waiter, SHORT) >= SHORT * 0.9, "once is enough"


def test_what_a_store_writes_itself_does_not_wake_it(store: Store) -> None:
    waiter = store.waiter
    store.submit(make_spec("baseline", {}))
    assert waited(waiter, SHORT) >= SHORT * 0.9


def test_a_transaction_that_changes_nothing_wakes_nobody(folder: Path, store: Store) -> None:
    waiter = store.waiter
    with Store.open(folder) as other, other.writing() as connection:
        connection.execute("UPDATE runs SET name = 'nobody' WHERE id = 99")
    assert waited(waiter, SHORT) >= SHORT * 0.9


def test_another_process_wakes_and_a_poke_does(folder: Path, store: Store) -> None:
    waiter = store.waiter
    code = "import sys, pathlib, engine.store.wake as w; w.wake_all(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)
    assert waited(waiter, LONG) < LONG / 2
    waiter.poke()
    assert waited(waiter, LONG) < LONG / 2


def test_many_changes_without_a_reader_block_nobody(folder: Path, store: Store) -> None:
    _ = store.waiter
    for _ in range(100_000 // 50):
        wake_all(folder)
    assert waited(store.waiter, LONG) < LONG / 2


def test_a_pipe_whose_reader_died_is_removed(folder: Path) -> None:
    code = (
        "import sys, os, pathlib; from engine.store.wake import Waiter\n"
        "w = Waiter(pathlib.Path(sys.argv[1])); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)
    assert len(os.listdir(folder / "wake")) == 1
    wake_all(folder)
    assert os.listdir(folder / "wake") == []


def test_the_end_of_the_engine_wakes_however_it_dies(folder: Path, store: Store) -> None:
    engine = subprocess.Popen(
        [sys.executable, "-c", ENGINE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert engine.stdout is not None
    assert engine.stdout.readline() == b"alive\n"
    threading.Timer(SHORT, engine.kill).start()
    assert store.wait_for(lambda: not engine_alive(folder), LONG)
    begun = time.monotonic()
    engine.communicate()
    assert time.monotonic() - begun < LONG / 2


def test_waiting_for_what_never_comes_ends_in_time(store: Store) -> None:
    assert store.wait_for(lambda: store.runs(), SHORT) == []


def test_without_named_pipes_a_wait_is_short_and_the_log_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_pipes(path: Path, mode: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "mkfifo", no_pipes)
    with caplog.at_level(logging.WARNING):
        waiter = Waiter(folder)
    assert "no named pipes" in caplog.text
    assert waited(waiter, LONG) < LONG / 2
    waiter.poke()
    assert waited(waiter, LONG) < LONG / 2
    waiter.close()


def test_what_is_no_pipe_of_ours_is_neither_written_to_nor_removed(
    folder: Path, store: Store
) -> None:
    wake = wake_path(folder)
    with closing(Waiter(folder)):
        pass
    pipe = wake / "a pipe of theirs"
    os.mkfifo(pipe)
    files = [wake / name for name in ("notes.txt", ".hidden", ".engine", "123.1", ".new-1-2.3")]
    for file in files:
        file.write_text("mine")
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(wake / "7.7"))
        store.submit(make_spec("baseline", {}))
        announce_engine(folder)
    assert [file.read_text() for file in files] == ["mine"] * len(files)
    assert pipe.is_fifo()
    assert (wake / "7.7").is_socket()


def test_a_pipe_that_nobody_reads_any_more_is_removed(folder: Path, store: Store) -> None:
    with closing(Waiter(folder)):
        pass
    os.mkfifo(wake_path(folder) / "123.1")
    store.submit(make_spec("baseline", {}))
    assert list(wake_path(folder).iterdir()) == []
