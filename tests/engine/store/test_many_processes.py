"""Many processes and threads at once on one store."""

import subprocess
import sys
import threading
from pathlib import Path

from engine.runs.events import Ended
from engine.runs.state import RunState, fold
from engine.store.locks import engine_alive, engine_lock
from engine.store.store import Store
from tests.support.engine.written_runs import epochs, started, write


def test_a_dead_process_does_not_keep_the_engines_lock(folder: Path) -> None:
    code = (
        "import sys, pathlib, os; from engine.store.locks import engine_lock;"
        "lock = engine_lock(pathlib.Path(sys.argv[1])); lock.take(); print('held', flush=True);"
        "sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    assert engine_alive(folder)
    assert not engine_lock(folder).take(seconds=0)
    process.kill()
    process.communicate()
    assert not engine_alive(folder)


def test_a_new_store_opened_by_many_in_the_same_moment_is_locked_for_nobody(
    tmp_path: Path,
) -> None:
    found: list[int] = []
    for turn in range(30):
        place = tmp_path / str(turn)
        place.mkdir(mode=0o700)
        together = threading.Barrier(6)

        def look(place: Path = place, together: threading.Barrier = together) -> None:
            together.wait()
            with Store.open(place) as store:
                found.append(len(store.runs()))

        looking = [threading.Thread(target=look) for _ in range(6)]
        for thread in looking:
            thread.start()
        for thread in looking:
            thread.join()
    assert found == [0] * 180


def test_processes_that_start_at_once_all_get_in(folder: Path) -> None:
    code = (
        "import sys, pathlib; from engine.kinds import make_spec\n"
        "from engine.store.store import Store\n"
        "for _ in range(5):\n"
        "    with Store.open(pathlib.Path(sys.argv[1])) as store:\n"
        "        store.rename(store.submit(make_spec('baseline', {})), 'x')\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(folder)], stderr=subprocess.PIPE)
        for _ in range(5)
    ]
    errors = [process.communicate()[1].decode() for process in processes]
    assert errors == [""] * 5
    with Store.open(folder) as store:
        assert len(store.runs()) == 25


def test_readers_see_a_growing_run_without_gaps(folder: Path, store: Store) -> None:
    writer = started(store)
    seen: list[int] = []

    def read() -> None:
        with Store.open(folder) as other:
            state, number = RunState(), 0
            while state.ended is None:
                number, events = other.events(1, number)
                state = fold(state, events)
                losses = state.curve.column("loss")
                assert list(losses) == [1.0 / n for n in range(1, len(losses) + 1)]
                seen.append(len(losses))

    # a daemon: a failing writer must not leave it waiting for the end
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for first in range(1, 4000, 37):
        write(store, writer, [epochs(first, 37)])
    write(store, writer, [Ended(at=0.0, status="finished")])
    reader.join(60)
    assert seen[-1] == 37 * len(range(1, 4000, 37))
