"""How the workbench feels over a slow link: through a real sshd, at a set rate and round trip.

At the other end of the link is a terminal that shows frames once they are complete. Without a
rate both links are measured that the targets are for: 10 kB/s and 300 ms, 30 kB/s and 150 ms.

    python -m benchmarks.links [--rate 10000 --rtt 0.3] [--starts 3] [--json] [--write]
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.links import flow, keys
from benchmarks.links.report import Measured, rows_of
from benchmarks.links.shaped_link import ShapedLink
from benchmarks.links.ssh_server import SshServer
from benchmarks.pages import Row, write_section
from benchmarks.screen.start import end_engine

DOCUMENT = Path(__file__).parents[2] / "docs" / "screen-performance.md"
HEADING = "## Over a slow link"
# bytes a second each way, seconds of a round trip, and within how many a key shows its first sign
LINKS = ((10_000.0, 0.3, 0.7), (30_000.0, 0.15, 0.4))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure one link, or both; 1 when a target is missed, 2 without OpenSSH."""
    parser = argparse.ArgumentParser(prog="links", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, help="bytes a second each way")
    parser.add_argument("--rtt", type=float, help="round trip in seconds")
    parser.add_argument("--starts", type=int, default=3, help="of the program, 60 keys each")
    parser.add_argument("--json", action="store_true", help="print figures, not a table")
    parser.add_argument("--write", action="store_true", help="put the table into docs/")
    options = parser.parse_args(arguments)
    if (options.rate is None) != (options.rtt is None):
        parser.error("--rate and --rtt belong together")
    links = [(options.rate, options.rtt, None)] if options.rate is not None else list(LINKS)
    measured: list[Measured] = []
    rows: list[Row] = []
    for rate, rtt, target in links:
        try:
            found = measure(rate, rtt, options.starts)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 2
        measured.append(found)
        target = next((t for *link, t in LINKS if link == [rate, rtt]), target)
        rows += rows_of(found, target)
    if options.json:
        print(json.dumps([asdict(each) for each in measured], indent=1))
    else:
        print("\n".join(map(str, rows)))
    if options.write:
        write_section(DOCUMENT, HEADING, section(rows, max(each.load for each in measured)))
    return 0 if all(row.met is not False for row in rows) else 1


def measure(rate: float, rtt: float, starts: int) -> Measured:
    """All that is measured of a link. Raises RuntimeError where OpenSSH is missing."""
    with tempfile.TemporaryDirectory(prefix="penguin-tui-") as folder:
        homes = {}
        for name in ("ssh", "paint", "changes", "live", "keys"):
            homes[name] = Path(folder) / name
            homes[name].mkdir(mode=0o700)
        with SshServer(homes["ssh"]) as server, ShapedLink(server.port, rate=rate, rtt=rtt) as link:
            first_paint, ssh_true = flow.first_paint(server, link, homes["paint"])
            try:
                changes = flow.changes(server, link, homes["changes"])
            finally:
                end_engine(homes["changes"])
            ages, outage = flow.live(server, link, homes["live"])
            signs = keys.first_signs(server, link, homes["keys"], starts)
    return Measured(
        rate, rtt, signs, first_paint, ssh_true, changes, ages, outage, os.getloadavg()[0]
    )


def section(rows: list[Row], load: float) -> str:
    """What stands below the heading."""
    return "\n".join([
        "Written by `python -m benchmarks.links --write`: the program through a real sshd and a",
        "shaped link, 120x40, in a terminal that shows frames once they are complete. Beside the",
        "noisiest run, which is on screen while a key is pressed there or the screen is changed;",
        "bytes and times of whole changes and the first paint with nothing else on the link.",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load up to {load:.1f} at the end of a link, {time.strftime('%-d %B %Y')}.",
        "",
        "| measured | figure | target | met |",
        "|---|---|---|---|",
        *map(str, rows),
    ])  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
