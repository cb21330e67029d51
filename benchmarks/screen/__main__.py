"""How fast the workbench is, and how little it sends: measured in a real pseudo-terminal.

Each figure comes from the real program. What is compared is compared in the same
run, alternating. Prints a table; `--write` puts it into docs/screen-performance.md.

    python -m benchmarks.screen [--write] [NAME …]
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.pages import Row, write_section
from benchmarks.screen import compare, live, run, start

DOCUMENT = Path(__file__).parents[2] / "docs" / "screen-performance.md"


MEASUREMENTS: dict[str, Callable[[Path], list[tuple[str, str, str, bool | None]]]] = {
    "first-paint": start.first_paint,
    "imports": start.imports,
    "cold-start": start.cold_start,
    "first-epoch": run.first_epoch,
    "keys": live.keys,
    "bytes": live.bytes_live,
    "opening": live.bytes_opening,
    "idle": live.bytes_idle,
    "slow-link": live.slow_link,
    "compare": compare.eight_runs,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was named, or everything; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="screen", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--write", action="store_true", help="put the table into docs/")
    options = parser.parse_args(arguments)
    names = options.names or list(MEASUREMENTS)
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        parser.error(f"{unknown[0]} is not measured; choose from {', '.join(MEASUREMENTS)}")
    rows: list[Row] = []
    loads: list[float] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="penguin-tui-") as folder:
            Path(folder).chmod(0o700)
            began = time.perf_counter()
            try:
                found = [Row(*row) for row in MEASUREMENTS[name](Path(folder))]
            finally:
                start.end_engine(Path(folder))
        rows += found
        for row in found:
            print(row, flush=True)
        loads.append(os.getloadavg()[0])
        print(f"({name}: {time.perf_counter() - began:.0f} s)", file=sys.stderr, flush=True)
    if options.write:
        write_section(DOCUMENT, "", document(rows, max(loads)))
    return 0 if all(row.met is not False for row in rows) else 1


def document(rows: list[Row], load: float) -> str:
    """The page."""
    lines = [
        "# How fast the screen is",
        "",
        "Written by `python -m benchmarks.screen --write`, which drives the real program in a",
        "pseudo-terminal. Times include the emulator that reads the other end. A load above the",
        "number of cores means that others were at work on the machine: then only the ratios to",
        "what was measured in turn with it say something about the program.",
        "",
        f"Python {platform.python_version()}, Textual {version('textual')}, "
        f"{os.cpu_count()} cores, load up to {load:.1f} while the table was made, "
        f"{time.strftime('%-d %B %Y')}.",
        "",
        "| measured | figure | target | met |",
        "|---|---|---|---|",
        *map(str, rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
