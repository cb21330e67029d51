"""What is promised in docs/reliability.md, tried for long: kills, pauses, faults, odd events, load.

    python -m benchmarks.torture [--environments 1] [--moments 50] [--stops 20] [--soak 2000]
                                 [--queue 1000] [--runs 10000] [--odd 14]

Each part runs the real program on a home folder of its own and adds lines to
one table: what was done, how often, what was lost. A number of 0 leaves a part out.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.torture.environment import under_environments
from benchmarks.torture.faults import faults
from benchmarks.torture.kill import kill_moments
from benchmarks.torture.load import load
from benchmarks.torture.odd import odd_events
from benchmarks.torture.pause import pause_moments
from benchmarks.torture.soak import queue, soak
from benchmarks.torture.stop import stop_moments
from engine.store.home import home

Line = tuple[str, str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do all parts; the exit code says whether a promise was broken."""
    parser = argparse.ArgumentParser(prog="torture", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--moments", type=int, default=50, help="kills of each kind of run")
    parser.add_argument("--stops", type=int, default=20, help="stops of each kind of run")
    parser.add_argument("--soak", type=int, default=2000, help="short runs through one engine")
    parser.add_argument("--queue", type=int, default=1000, help="runs queued at once")
    parser.add_argument("--odd", type=int, default=14, help="odd clocks, hosts and limits")
    parser.add_argument("--runs", type=int, default=10_000, help="runs in the store")
    parser.add_argument("--pauses", type=int, default=20, help="pauses of each kind of run")
    parser.add_argument("--faults", type=int, default=5, help="times each fault of disk and engine")
    parser.add_argument("--minutes", type=float, default=120.0, help="at most, for the kills")
    parser.add_argument("--kinds", nargs="*", default=(), help="kill these kinds of run alone")
    parser.add_argument("--environments", type=int, default=1, help="0: no hostile environments")
    options = parser.parse_args(arguments)
    parts: list[tuple[str, int, Callable[[Path], list[Line]]]] = [
        ("environments", options.environments, under_environments),
        ("load", options.runs, lambda folder: load(folder, options.runs)),
        ("queue", options.queue, lambda folder: queue(folder, options.queue)),
        ("soak", options.soak, lambda folder: soak(folder, options.soak)),
        ("odd", options.odd, lambda folder: odd_events(folder, options.odd)),
        ("stop", options.stops, lambda folder: stop_moments(folder, options.stops)),
        ("pause", options.pauses, lambda folder: pause_moments(folder, options.pauses)),
        ("faults", options.faults, lambda folder: faults(folder, options.faults)),
        ("kill", options.moments, lambda folder: kill_moments(
            folder, options.moments, options.minutes, options.kinds)),
    ]  # fmt: skip
    lines: list[Line] = []
    for name, wanted, work in parts:
        if not wanted:
            continue
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="torture-") as place:
            os.environ["PENGUIN_TUI_HOME"] = str(Path(place) / "home")
            lines += work(home())
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print("\n".join(markdown(lines)))
    return 1 if any("BROKEN" in cell for line in lines for cell in line) else 0


def markdown(lines: Sequence[Line]) -> list[str]:
    """The table, as docs/reliability.md has it."""
    head = ["| what was done | how often | what was lost |", "|---|---|---|"]
    return head + [f"| {' | '.join(line)} |" for line in lines]


if __name__ == "__main__":
    raise SystemExit(main())
