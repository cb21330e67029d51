"""Eight runs of 10,000 epochs side by side: whether a key waits while they are looked at."""

import math
import os
import random
import statistics
import time
from array import array
from functools import partial
from pathlib import Path

from benchmarks.replay import in_place_of_the_engine
from benchmarks.screen.start import PROGRAM, Measured
from benchmarks.terminal import Terminal
from engine.kinds import make_spec
from engine.runs.events import Ended, EpochBlock
from engine.runs.figures import COLUMNS
from engine.store.store import Store
from engine.store.writer import RunWriter, claim

RUNS, EPOCHS = 8, 10_000
# of the curves: cursor, figures, smoothing, axis, zoom; then the other tabs
KEYS = (*["\x1b[D"] * 12, "\x1b[B", "\x1b[D", "m", "\x1b[D", "m", "y", "y", "z", "z", "z", "z",
        "G", "b", "D", "C")  # fmt: skip
OPENED_SECONDS, KEY_SECONDS = 1.0, 0.1


def eight_runs(home: Path) -> Measured:
    """From `=` to the curves; then keys one after the other, each until the screen has changed."""
    fill(home)
    with in_place_of_the_engine(home):
        opened, keys, work = measured(home)
    keys.sort()
    median, slowest = statistics.median(keys), keys[-1]
    of = f"{RUNS} runs of {EPOCHS:,} epochs compared at 140x45"
    return [
        (f"{of}: from = to their curves", f"{1000 * opened:.0f} ms",
         f"{1000 * OPENED_SECONDS:.0f} ms", opened < OPENED_SECONDS),
        (f"the same: key to changed screen ({len(keys)} keys)",
         f"median {1000 * median:.0f} ms, slowest {1000 * slowest:.0f} ms",
         f"{1000 * KEY_SECONDS:.0f} ms", slowest < KEY_SECONDS),
        ("the same: processor time of the workbench a key",
         f"mean {1000 * statistics.fmean(work):.0f} ms, most {1000 * max(work):.0f} ms", "", None),
    ]  # fmt: skip


def fill(home: Path) -> None:
    """Store the runs, with noise in every figure."""
    draw = random.Random(0)
    with Store.open(home) as store:
        for number in range(RUNS):
            store.submit(make_spec("train", {"epochs": EPOCHS, "seed": number}))
            record = claim(store, ("train",), {})
            assert record is not None
            with store.writing() as connection:
                writer = RunWriter(record)
                writer.write(connection, [block(draw, number)])
                writer.write(connection, [Ended(at=time.time(), status="finished")])


def block(draw: random.Random, number: int) -> EpochBlock:
    """All epochs of a run."""
    left = [math.exp(-8 * n / EPOCHS) for n in range(EPOCHS)]
    loss = array("d", [one + 0.05 * number + 0.1 * draw.random() for one in left])
    accuracy = array("d", [0.97 - 0.5 * one - 0.02 * draw.random() for one in left])
    rate = array("d", [0.001]) * EPOCHS
    columns = {"accuracy": accuracy, "val_accuracy": accuracy, "learning_rate": rate}
    return EpochBlock(0, 1, tuple(columns.get(name, loss) for name in COLUMNS))


def measured(home: Path) -> tuple[float, list[float], list[float]]:
    """Seconds from `=` to the curves, from each key to the changed screen, and of its work."""
    env = {"PENGUIN_TUI_HOME": str(home), "LANG": "C.UTF-8"}
    keys, work = [], []
    with Terminal(PROGRAM, columns=140, rows=45, env=env) as terminal:
        terminal.wait_for("1 Data", 30)
        terminal.press("6")
        terminal.wait_for("8 runs", 30)
        for _ in range(RUNS):
            terminal.press(" ")
            terminal.press("\x1b[B")
        terminal.wait_for("8 runs marked", 10)
        pressed = terminal.press("=")
        opened = terminal.wait_for("━●━", 30) - pressed
        terminal.press("\t")
        time.sleep(1.0)
        for key in KEYS:
            before, worked = terminal.text, cpu_seconds(terminal.workbench)
            pressed = terminal.press(key)
            came = terminal.wait_for(partial(_changed, terminal, before), 10)
            keys.append(came - pressed)
            # the other chart is drawn by now as well
            time.sleep(0.5)
            work.append(cpu_seconds(terminal.workbench) - worked)
        terminal.press("q")
        terminal.wait()
    return opened, keys, work


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _changed(terminal: Terminal, before: str) -> bool:
    return terminal.text != before
