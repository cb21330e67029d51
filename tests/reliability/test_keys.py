"""What the keys do for a run that was lost or does not stop, in the real program."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from engine.client.process import stop_engine
from engine.client.submission import may_kill
from engine.kinds import make_spec
from engine.store.store import Store
from tests.support.engine.processes import flawed_engine, kill_engine, state_of, wait_until
from tests.support.patience import PATIENCE

PROGRAM = (sys.executable, "-P", "-m", "penguin_tui")
HANGS = "time.sleep(1e6)"


@pytest.fixture
def open_runs(folder: Path) -> Iterator[Callable[[], Terminal]]:
    """Open the program on its table of runs."""
    opened: list[Terminal] = []

    def start() -> Terminal:
        env = {"PENGUIN_TUI_HOME": str(folder), "LANG": "C.UTF-8"}
        terminal = Terminal(PROGRAM, columns=100, rows=30, env=env)
        opened.append(terminal)
        terminal.wait_for("1 Data", PATIENCE)
        terminal.press("6")
        return terminal

    yield start
    for terminal in opened:
        terminal.__exit__(None, None, None)


def shown(terminal: Terminal, name: str, status: str) -> None:
    """Wait until the table has the run of that name with that status."""
    # the status line has words such as "running", too
    terminal.wait_for(
        lambda: any(name in line and status in line for line in terminal.lines), PATIENCE
    )


def test_p_lets_a_lost_run_go_on_to_its_end(
    store: Store, open_runs: Callable[[], Terminal]
) -> None:
    run = store.submit(make_spec("baseline", {}), name="cut off")
    engine = flawed_engine(store.home, HANGS)
    wait_until(store, lambda: state_of(store, run).phase == "flawed")
    kill_engine(store)
    engine.wait()
    terminal = open_runs()
    shown(terminal, "cut off", "lost")
    terminal.press("p")
    # by the engine that the key has started
    wait_until(store, lambda: not store.run(run).live and store.run(run).status != "lost")
    assert store.run(run).status == "finished"
    shown(terminal, "cut off", "finished")


def test_s_once_more_kills_a_run_that_does_not_stop(
    store: Store, open_runs: Callable[[], Terminal]
) -> None:
    run = store.submit(make_spec("baseline", {}), name="stubborn")
    engine = flawed_engine(store.home, HANGS)
    wait_until(store, lambda: state_of(store, run).phase == "flawed")
    terminal = open_runs()
    shown(terminal, "stubborn", "running")
    terminal.press("s")
    shown(terminal, "stubborn", "stopping")
    # pressed too early it asks for nothing: a run has its time to stop
    terminal.press("s")
    wait_until(store, lambda: store.run(run).acknowledged)
    assert store.run(run).status == "stopping"
    wait_until(store, lambda: may_kill(store.run(run), time.time()))
    terminal.press("s\r")
    wait_until(store, lambda: not store.run(run).live)
    assert store.run(run).status == "stopped"
    assert "Killed" in store.run(run).message
    shown(terminal, "stubborn", "stopped")
    # the process that was killed becomes an engine anew, unless the workbench has started one by
    # then, whose place it may take when that ends
    wait_until(store, lambda: stop_engine(store.home) and engine.poll() is not None)
