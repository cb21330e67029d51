"""A command that is followed from afar ends when its client has gone; the run goes on."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.kinds import make_spec
from engine.store.store import Store
from tests.support.engine.processes import flawed_engine, state_of, wait_until
from tests.support.patience import PATIENCE

HANGS = "time.sleep(1e6)"
COMMAND = (sys.executable, "-P", "-m", "penguin_tui")
Ends = tuple[Any, Callable[[], None]]


def pipe() -> Ends:
    """The end to write to, and how its reader goes."""
    reading, writing = os.pipe()
    return writing, lambda: os.close(reading)


def sockets() -> Ends:
    """The same of a pair of sockets, which is what some SSH servers give a command."""
    reading, writing = socket.socketpair()
    return writing, reading.close


@pytest.fixture
def stuck(store: Store) -> Iterator[int]:
    """A run that has begun and does not end."""
    run = store.submit(make_spec("baseline", {}))
    engine = flawed_engine(store.home, HANGS)
    wait_until(store, lambda: state_of(store, run).phase == "flawed")
    yield run
    engine.kill()
    engine.wait()


@pytest.mark.parametrize("ends", [pipe, sockets])
@pytest.mark.parametrize("arguments", [["log", "last", "--follow"], ["run", "baseline", "--quiet"]])
def test_a_command_whose_client_has_gone_ends_and_its_run_goes_on(
    store: Store, stuck: int, ends: Callable[[], Ends], arguments: list[str]
) -> None:
    writing, hang_up = ends()
    command = subprocess.Popen(
        [*COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=writing, stderr=writing
    )
    # it is the only one that holds this end now
    os.close(writing) if isinstance(writing, int) else writing.close()
    runs = 2 if arguments[0] == "run" else 1
    wait_until(store, lambda: len(store.live_runs()) == runs)
    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(3.0)
    hang_up()
    assert command.wait(PATIENCE) == 141
    assert len(store.live_runs()) == runs
    assert store.run(stuck).status == "running"


def test_a_command_that_writes_its_result_to_a_file_waits_for_it(
    store: Store, stuck: int, tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    with (tmp_path / "result.txt").open("wb") as result:
        command = subprocess.Popen(
            [*COMMAND, "log", str(stuck), "--follow"], stdout=result, stderr=writing
        )
    os.close(writing)
    os.close(reading)
    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(5.0)
    command.kill()
    command.wait()
