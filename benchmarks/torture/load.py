"""A store of 10,000 runs and 5 million events: the workbench opens and answers as if empty."""

import math
import random
import statistics
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from benchmarks.replay import in_place_of_the_engine
from benchmarks.terminal import Terminal
from engine.kinds import make_spec
from engine.runs.events import Ended, EpochBlock, Note, Phase
from engine.runs.figures import COLUMNS
from engine.runs.state import RunState, fold
from engine.store.store import Store
from engine.store.writer import RunWriter, claim

Line = tuple[str, str, str]
PROGRAM = [sys.executable, "-P", "-m", "penguin_tui"]
ENDS: tuple[Literal["finished", "stopped", "lost"], ...] = ("finished", "stopped", "lost")
EVENTS = 5_000_000
LONG_EPOCHS = 100_000
TRIES = 7
SORT_SECONDS = 0.1
OPEN_SECONDS = 0.3
START_FACTOR = 1.3
MEMORY = 150e6
SETTLED_SECONDS, STILL_SECONDS = 1.5, 1.5


def load(folder: Path, runs: int) -> list[Line]:
    """Fill a store, then measure what a person waits for."""
    begun = time.monotonic()
    with Store.open(folder) as store:
        events = _fill(store, runs)
    print(f"  filled in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    how = f"{runs:,} runs, {events:,} events"
    return [*_reading(folder, how), _drawing(folder, runs, how), *_workbench(folder, how)]


def _fill(store: Store, runs: int) -> int:
    """Runs whose epochs and notes together are as many events as are asked for."""
    chance = random.Random(0)
    each = EVENTS * runs // 10_000 // runs
    total = 0
    for number in range(runs):
        longest = number == runs - 1
        # a training's curves are the most that is drawn of that many epochs
        kind = "train" if longest else ("train", "baseline", "train", "sweep")[number % 4]
        spec = make_spec(kind, {"vary": {"epochs": {"values": [3]}}} if kind == "sweep" else {})
        run = store.submit(spec, name=f"run number {number}")
        record = claim(store, (kind,), {})
        if record is None or record.id != run:
            raise RuntimeError("the store gave another run")
        count = LONG_EPOCHS if longest else each
        with store.writing() as connection:
            writer = RunWriter(record)
            notes = [Note(at=1.0, level="info", text=f"note {n}") for n in range(20)]
            writer.write(connection, [Phase(name="training"), *notes])
            writer.write(connection, [_epochs(count, chance.random())])
            status = chance.choice(ENDS)
            writer.write(connection, [Ended(at=time.time(), status=status)])
        total += count + 22
    return total


def _epochs(count: int, level: float) -> EpochBlock:
    values = array("d", [level + math.sin(n) / 10 for n in range(count)])
    return EpochBlock(0, 1, tuple(values for _ in COLUMNS))


def _reading(folder: Path, how: str) -> list[Line]:
    from penguin_tui.presentation.runs.columns import BY_NAME
    from penguin_tui.presentation.runs.filter import parse_filter
    from penguin_tui.presentation.runs_list import arranged

    everything, words = parse_filter(""), parse_filter("number 99 lost")
    with Store.open(folder) as store:
        records = store.runs()
        longest = records[0].id
        took = {
            "sorted": _median(lambda: arranged(records, everything, BY_NAME["validation"], True)),
            "filtered": _median(lambda: arranged(records, words, BY_NAME["run"], True)),
        }
        opened = _median(lambda: fold(RunState(), store.events(longest)[1]))
    return [
        ("the table of runs sorted, filtered", how, ", ".join(
            f"{name} in {_ms(seconds, SORT_SECONDS)}" for name, seconds in took.items())),
        (f"a run of {LONG_EPOCHS:,} epochs read", how, _ms(opened, OPEN_SECONDS)),
    ]  # fmt: skip


def _drawing(folder: Path, runs: int, how: str) -> Line:
    """From the key that opens the longest run to the last byte of its charts and log."""
    with in_place_of_the_engine(folder):
        # a real one would tell in the status line that it loads
        took = [_draws(folder, runs) for _ in range(TRIES)]
    figure = _ms(statistics.median(took), OPEN_SECONDS)
    return (f"a run of {LONG_EPOCHS:,} epochs opened, until all is drawn", how, figure)


def _draws(folder: Path, runs: int) -> float:
    env = {"PENGUIN_TUI_HOME": str(folder), "LANG": "C.UTF-8"}
    # without an emulator, which would take its time beside the program
    with Terminal(PROGRAM, columns=140, rows=45, env=env, draw=False) as terminal:
        _shown(terminal, b"1 Data", terminal.started)
        _shown(terminal, b"run number", terminal.press("6"))
        terminal.press(f"/number {runs - 1}\r")
        time.sleep(SETTLED_SECONDS)
        pressed = terminal.press("\r")
        time.sleep(STILL_SECONDS)
        last = max(at for at, _ in terminal.history if at >= pressed)
        _shown(terminal, b"Learning rate", pressed)
        terminal.press("q")
        terminal.wait()
    return last - pressed


def _shown(terminal: Terminal, text: bytes, since: float) -> None:
    if terminal.seen(text, since, 60) is None:
        raise RuntimeError(f"{text!r} did not appear")


def _workbench(folder: Path, how: str) -> list[Line]:
    empty = folder.parent / "empty"
    empty.mkdir(mode=0o700)
    times: dict[Path, list[float]] = {empty: [], folder: []}
    memory = 0.0
    for _ in range(TRIES):
        for home, measured in times.items():
            env = {"PENGUIN_TUI_HOME": str(home), "LANG": "C.UTF-8"}
            with Terminal(PROGRAM, env=env) as terminal:
                measured.append(terminal.wait_for("1 Data") - terminal.started)
                if home == folder:
                    terminal.wait_for("engine:", 60)
                    terminal.press("6")
                    terminal.wait_for("run number", 60)
                    time.sleep(1.0)
                    memory = max(memory, _resident(terminal.workbench))
                terminal.press("q")
                terminal.wait()
    factor = statistics.median(times[folder]) / statistics.median(times[empty])
    for home in times:
        env_command = [*PROGRAM, "engine", "stop"]
        subprocess.run(env_command, env={"PENGUIN_TUI_HOME": str(home)}, check=False,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    broken = "BROKEN: " if factor > START_FACTOR else ""
    too_big = "BROKEN: " if memory > MEMORY else ""
    return [
        ("the workbench opened", how, f"{broken}{factor:.2f} times as long as with an empty store"),
        ("the table of runs on screen", how, f"{too_big}{memory / 1e6:.0f} MB of memory"),
    ]


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _ms(seconds: float, most: float) -> str:
    return f"{'BROKEN: ' if seconds > most else ''}{1000 * seconds:.0f} ms"


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024.0
    return 0.0
