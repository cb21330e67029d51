"""How long commands take on a warm, idle engine, and in turn with another tree of this program.

    python -m benchmarks.commands [--other FOLDER] [--times 20] [COMMAND …]

Prints medians of wall-clock and of processor time (of the command and its child processes, not of
the engine), and the smallest of each. FOLDER is a checkout, such as one of an earlier commit.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent.parent
PENGUINS = HERE / "engine" / "data" / "penguins.csv"
COMMANDS = (
    "run train", "show last", "show last --json", "log last", "check last", "compare 1 2", "runs",
    f"predict last {shlex.quote(str(PENGUINS))}", "export last --predictions -", "engine status",
    "--help",
)  # fmt: skip


class Took(NamedTuple):
    """Milliseconds of a command: by the clock, and of the processor."""

    wall: float
    processor: float


class Tree:
    """A checkout of the program, with a home folder and an engine of its own."""

    def __init__(self, root: Path, home: str) -> None:
        self._root = root
        others = {name: text for name, text in os.environ.items() if name[:6] != "PYTHON"}
        self._environment = others | {"PENGUIN_TUI_HOME": home}

    def run(self, command: str) -> Took:
        """Run a command of the program; raises RuntimeError where it does not end well."""
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "penguin_tui", *shlex.split(command)],
            cwd=self._root, env=self._environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        # it has been waited for past the object, which would wait again
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{command!r} ended with code {process.returncode}")
        return Took(wall * 1000, (used.ru_utime + used.ru_stime) * 1000)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("commands", nargs="*", metavar="COMMAND", default=COMMANDS)
    parser.add_argument("--other", type=Path, help="another checkout, measured in turn")
    parser.add_argument("--times", type=int, default=20, help="of each command (20)")
    asked = parser.parse_args()
    roots = [HERE] if asked.other is None else [asked.other.resolve(), HERE]
    with tempfile.TemporaryDirectory() as folder:
        trees = [Tree(root, f"{folder}/{number}") for number, root in enumerate(roots)]
        try:
            for tree in trees * 2:
                tree.run("run train")
            print("| command |" + " wall, ms | processor, ms |" * len(trees))
            print("|---|" + "---|---|" * len(trees))
            for command in asked.commands:
                print(f"| `{command}` |" + _measured(trees, command, asked.times), flush=True)
        finally:
            for tree in trees:
                tree.run("engine stop")
    print(f"\nMedian (smallest) of {asked.times}; load {os.getloadavg()[0]:.1f}.")


def _measured(trees: list[Tree], command: str, times: int) -> str:
    took: list[list[Took]] = [[] for _ in trees]
    for number in range(times + 1):
        # now one first, now the other
        for place in sorted(range(len(trees)), reverse=bool(number % 2)):
            found = trees[place].run(command)
            # the first fills the caches
            took[place] += [found] if number else []
    cells = (column for own in took for column in zip(*own, strict=True))
    return "".join(f" {statistics.median(c):.0f} ({min(c):.0f}) |" for c in cells)


if __name__ == "__main__":
    main()
