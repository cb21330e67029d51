"""From pressing run to the first epochs on screen."""

import random
import re
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path

from benchmarks.screen.start import PROGRAM, Measured, environment
from benchmarks.terminal import Terminal

TURNS = 20
# the log's line of the twentieth epoch
LAST = r" 20 +[0-9.]+ +[0-9.]+ %"


def first_epoch(home: Path) -> Measured:
    """The post's network, which this engine has trained before: a key, and its epochs are there."""
    subprocess.run(
        [*PROGRAM, "run", "train"],
        check=True, capture_output=True, env=environment(home) | {"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    draw = random.Random(0)
    times: list[float] = []
    newest = 0
    with Terminal(PROGRAM, env=environment(home)) as terminal:
        terminal.wait_for("engine: idle", 120)
        # what the engine compiles ahead while idle is none of this
        time.sleep(30)
        for _ in range(TURNS):
            terminal.press("3")
            terminal.wait_for("Hidden layers")
            time.sleep(draw.uniform(1.0, 1.5))
            pressed = terminal.press("r")
            came = terminal.wait_for(partial(_newer, terminal, newest))
            newest = _drawn(terminal.text)
            times.append(came - pressed)
            terminal.press("\x1b")
            time.sleep(0.5)
        terminal.press("q")
        terminal.wait()
    times.sort()
    median = statistics.median(times)
    return [
        (
            f"from pressing run to its epochs on screen, an engine that is warm ({TURNS} runs)",
            f"median {median * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms",
            "median 150 ms", median < 0.15,
        )
    ]  # fmt: skip


def _drawn(text: str) -> int:
    """The number of the run whose last epoch is on screen; 0 for none."""
    run = re.search(r"Run ([0-9,]+) ·", text)
    return int(run[1].replace(",", "")) if run and re.search(LAST, text) else 0


def _newer(terminal: Terminal, newest: int) -> bool:
    return _drawn(terminal.text) > newest
