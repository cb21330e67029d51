"""How soon the playground's chart follows a key, in the real program.

    python -m benchmarks.playground [KEYS] [PRESSES]

The workbench runs in a pseudo-terminal, with an engine of its own; settings are turned whose
programs are compiled, and the time is taken from each key to the screen that says how many
parameters the new networks have. Then a key is held, and at the end many are pressed one after the
other while the memory of both processes is looked at. Aim: median 150 ms, 95 % within 400 ms.
"""

import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.screen.start import PROGRAM, end_engine, environment
from benchmarks.terminal import Terminal
from engine.specs.network import count_parameters
from engine.store.store import Store

RIGHT, LEFT, DOWN, UP = "\x1b[C", "\x1b[D", "\x1b[B", "\x1b[A"
# settings above the units, and units that share one compiled program
ABOVE = 4
UNITS = (80, 100)
LINK = 30_000
FEATURES, CLASSES = 10, 3


def _parameters(units: int, layers: int = 2) -> str:
    return f"{count_parameters((units,) * layers, FEATURES, CLASSES):,} parameters"


def _opened(terminal: Terminal) -> None:
    terminal.wait_for("Class balance", 60)
    terminal.press("8")
    terminal.wait_for(_parameters(100), 240)
    for _ in range(ABOVE - 1):
        terminal.press(DOWN)
    terminal.wait_for("▸ hidden layers")
    for key, layers in ((RIGHT, 3), (LEFT, 2)):
        terminal.press(key)
        terminal.wait_for(_parameters(100, layers), 240)
    terminal.press(DOWN)
    terminal.wait_for("▸ units")
    for key, units in ((LEFT, UNITS[0]), (RIGHT, UNITS[1])):
        terminal.press(key)
        terminal.wait_for(_parameters(units), 240)


def keys(terminal: Terminal, count: int) -> list[float]:
    """Seconds from each key to the chart that has changed, sorted."""
    found = []
    for turn in range(count):
        time.sleep(0.1)
        key, units = ((LEFT, UNITS[0]), (RIGHT, UNITS[1]))[turn % 2]
        pressed = terminal.press(key)
        found.append(terminal.wait_for(_parameters(units)) - pressed)
    return sorted(found)


def held(terminal: Terminal) -> float:
    """Seconds from the last of many keys, 30 in a second, to the chart of where they led."""
    for turn in range(60):
        terminal.press((LEFT, RIGHT)[turn % 2])
        time.sleep(1 / 30)
    # of another network than any that the held keys have passed
    pressed = terminal.press(UP + RIGHT)
    shown = terminal.wait_for(_parameters(UNITS[1], 3))
    terminal.press(LEFT + DOWN)
    terminal.wait_for(_parameters(UNITS[1]))
    return shown - pressed


def memory(terminal: Terminal, home: Path, presses: int) -> tuple[str, str]:
    """The resident memory of workbench and engine, in MB, before and after so many presses."""
    with Store.open(home) as store:
        record = store.engine()
    assert record is not None
    processes = (terminal.workbench, record.pid)

    def resident() -> str:
        return ", ".join(f"{_resident(pid):.0f}" for pid in processes)

    keys(terminal, 100)
    _wait_idle(record.pid)
    before = resident()
    for turn in range(presses):
        terminal.press((LEFT, RIGHT)[turn % 2])
        time.sleep(0.03)
    _wait_idle(record.pid)
    return before, resident()


def _wait_idle(engine: int) -> None:
    """Wait until the engine has compiled what neighbouring settings need: that takes memory, too.

    It begins half a second after the last key.
    """
    used = -1.0
    while (now := _processor_seconds(engine)) - used > 0.05:
        used = now
        time.sleep(2)


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def main() -> None:
    """Print what was measured."""
    counts = [int(text) for text in sys.argv[1:]]
    count, presses = (counts + [200, 2000][len(counts) :])[:2]
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        load = os.getloadavg()[0]
        try:
            with Terminal(PROGRAM, env=environment(home), columns=100, rows=30) as terminal:
                _opened(terminal)
                taken = keys(terminal, count)
                print(f"{count} keys: median {1000 * statistics.median(taken):.0f} ms, 95 % within"
                      f" {1000 * taken[int(0.95 * count)]:.0f} ms, slowest"
                      f" {1000 * taken[-1]:.0f} ms; load average {load:.1f}")  # fmt: skip
                print(f"held: the last picture {1000 * held(terminal):.0f} ms after the last key")
                before, after = memory(terminal, home, presses)
                print(f"memory of workbench and engine: {before} MB, after {presses:,} presses"
                      f" {after} MB")  # fmt: skip
            slow = Terminal(PROGRAM, env=environment(home), columns=100, rows=30, rate=LINK)
            with slow as terminal:
                _opened(terminal)
                taken = keys(terminal, count // 4)
                print(f"{LINK / 1000:.0f} kB/s: median {1000 * statistics.median(taken):.0f} ms,"
                      f" slowest {1000 * taken[-1]:.0f} ms")  # fmt: skip
        finally:
            end_engine(home)


if __name__ == "__main__":
    main()
