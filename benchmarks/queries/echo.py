"""A query that gives back what it is given, for measuring and testing what queries cost.

`PENGUIN_TUI_TEST_KINDS=benchmarks.queries.echo` makes it known to a process.
"""

import time

from engine.kinds import QueryKind
from engine.runs.reporter import Reporter
from engine.specs.base import Frozen

STEP_SECONDS = 0.005


class Echo(Frozen):
    """What to give back, and how many seconds of work to do before."""

    text: str
    seconds: float = 0.0


class Echoed(Frozen):
    """What was given."""

    text: str


def run(arguments: Echo, reporter: Reporter) -> Echoed:
    """Work as long as is wanted, checking often; a text that begins with "fail" fails."""
    end = time.monotonic() + arguments.seconds
    if arguments.seconds:
        reporter.phase(f"echoing {arguments.text}")
    while time.monotonic() < end:
        reporter.check()
        time.sleep(STEP_SECONDS)
    if arguments.text.startswith("fail"):
        raise ValueError(arguments.text)
    return Echoed(text=arguments.text)


QUERIES = {"echo": QueryKind("echo", f"{__name__}:Echo", __name__, f"{__name__}:Echoed")}
