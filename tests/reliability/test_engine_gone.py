"""An engine that hangs, crashes or meets a full disk."""

import os
import resource
import signal
import subprocess
import sys

import pytest

from engine.client.process import reconcile, stop_engine
from engine.client.submission import kill_run, stop_run
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.store.engine_record import EngineRecord
from engine.store.home import log_path
from engine.store.locks import engine_alive
from engine.store.store import Store
from tests.support.engine.processes import (
    TALKS,
    flawed_engine,
    integrity,
    state_of,
    wait_until,
)

HANGS = "time.sleep(1e6)"
HOLDS_THE_INTERPRETER = "print('holds it', flush=True)\n    ctypes.PyDLL(None).sleep(100_000)"
# the store's lock too, as an engine does that is stopped while it writes
HOLDS_THE_STORE = (
    "import pathlib, sqlite3; from engine.store.home import store_path\n"
    "    held = sqlite3.connect(store_path(pathlib.Path(sys.argv[1])), isolation_level=None)\n"
    "    held.execute('BEGIN IMMEDIATE')\n"
    f"    {HOLDS_THE_INTERPRETER}"
)
CRASHES = "os.kill(os.getpid(), 11)"


def test_a_run_that_ignores_everything_is_killed_and_its_neighbour_goes_on(store: Store) -> None:
    stuck, neighbour = (store.submit(make_spec("baseline", {})) for _ in range(2))
    engine = flawed_engine(store.home, HANGS)
    wait_until(store, lambda: state_of(store, neighbour).phase == "flawed")
    stop_run(store, stuck)
    wait_until(store, lambda: store.run(stuck).status == "stopping")
    kill_run(store, stuck)
    assert store.run(stuck).status == "stopped"
    assert "Killed" in store.run(stuck).message
    # the same process has become a new engine, without the flaw
    wait_until(store, lambda: not store.run(neighbour).live)
    assert store.run(neighbour).status == "finished"
    assert f"Run {stuck} had to be killed" in "".join(state_of(store, neighbour).warnings)
    # a second engine may have been started meanwhile, whose place the first one takes
    wait_until(store, lambda: stop_engine(store.home) and engine.poll() is not None)


@pytest.mark.parametrize(
    "flaw", [HOLDS_THE_INTERPRETER, HOLDS_THE_STORE], ids=["interpreter", "store"]
)
def test_a_run_that_holds_the_whole_process_is_killed_with_it(store: Store, flaw: str) -> None:
    stuck = store.submit(make_spec("baseline", {}))
    later = store.submit(make_spec("describe", {}))
    engine = flawed_engine(store.home, flaw)
    # a run that is only about to hold it ends as any other
    wait_until(store, lambda: "holds it" in log_path(store.home).read_text())
    kill_run(store, stuck)
    assert engine.wait() == -signal.SIGKILL
    assert store.run(stuck).status == "stopped"
    wait_until(store, lambda: not store.run(later).live)
    assert store.run(later).status == "finished"


def test_after_a_crash_the_engine_starts_by_itself_and_takes_the_next_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the others are not running when it crashes
    monkeypatch.setenv("PENGUIN_TUI_WORKERS", "1")
    crashing = store.submit(make_spec("baseline", {}))
    waiting = [store.submit(make_spec("describe", {})) for _ in range(3)]
    engine = flawed_engine(store.home, CRASHES)
    assert engine.wait() == -signal.SIGSEGV
    # what anybody does who looks
    reconcile(store)
    assert store.run(crashing).status == "lost"
    wait_until(store, lambda: all(not store.run(run).live for run in waiting))
    assert {store.run(run).status for run in waiting} == {"finished"}
    assert integrity(store.home) == "ok"


def test_while_the_disk_is_full_a_run_goes_on_and_nothing_is_lost(store: Store) -> None:
    run = store.submit(make_spec("baseline", {}))
    engine = flawed_engine(store.home, TALKS)
    wait_until(store, lambda: store.run(run).epochs_run > 10)
    _, most = resource.prlimit(engine.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (0, most))
    log = store.home / "engine.log"
    # the log is a file as well; what the engine does not get written it says later
    stalled = wait_until(store, lambda: _stalls(store, run))
    resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (most, most))
    wait_until(store, lambda: store.run(run).epochs_run > stalled + 100)
    wait_until(store, lambda: "could not be written" in "".join(state_of(store, run).warnings))
    losses = state_of(store, run).curve.column("loss")
    assert list(losses) == [1.0 / number for number in range(1, len(losses) + 1)]
    stop_run(store, run)
    wait_until(store, lambda: not store.run(run).live)
    assert integrity(store.home) == "ok"
    assert stop_engine(store.home)
    engine.wait()
    assert "Traceback" not in log.read_text()


def _stalls(store: Store, run: int) -> int:
    """The epochs there are, once none have come for a second."""
    store.waiter.wait(0)
    seen = store.run(run).epochs_run
    store.waiter.wait(1.0)
    return seen if store.run(run).epochs_run == seen else 0


def test_starts_at_the_same_instant_make_one_engine(store: Store) -> None:
    command = [sys.executable, "-m", "penguin_tui", "engine", "start"]
    starts = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    ended = [start.communicate() for start in starts]
    assert [start.returncode for start in starts] == [0] * 5
    assert {error for _, error in ended} == {""}
    wait_until(store, lambda: engine_alive(store.home) and store.engine())
    log = (store.home / "engine.log").read_text()
    assert log.count(" started for ") == 1
    assert "Traceback" not in log


def test_an_engine_that_cannot_even_start_is_not_started_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.client.process.STARTS", 2)
    # it needs TensorFlow, so that no engine takes it up before it is killed
    store.submit(make_spec("train", {}))
    with pytest.raises(EngineError, match="while it was starting"):
        _killed_while_starting(store, times=6)


def _killed_while_starting(store: Store, times: int) -> None:
    killed: set[int] = set()
    for _ in range(times):
        reconcile(store)
        # the record of the one before stays until the new engine has written its own
        record = wait_until(store, lambda: _newest(store, killed))
        os.kill(record.pid, signal.SIGKILL)
        killed.add(record.pid)
        wait_until(store, lambda: not engine_alive(store.home))


def _newest(store: Store, killed: set[int]) -> EngineRecord | None:
    record = store.engine()
    return record if record is not None and record.pid not in killed else None
