"""What a query costs beside its work, alone and beside runs at full speed.

From the request to the answer in this process, without what the engine needs for
the work itself: here it only gives back what it is given. 15 ms are allowed.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.queries import echo
from engine.client import queries
from engine.client.process import engine_status, ensure_engine, stop_engine
from engine.client.submission import stop_run, submit
from engine.kinds import make_spec
from engine.store.home import VARIABLE, home
from engine.store.store import Store

ALLOWED_MS = 15.0
START_SECONDS = 120.0
IDLE_SECONDS = 0.05


def measured(store: Store, count: int, pause: float) -> list[float]:
    """Milliseconds of each of `count` queries."""
    found = []
    for number in range(count):
        begun = time.perf_counter()
        queries.answer(store, "echo", echo.Echo(text=str(number)), "benchmark")
        found.append((time.perf_counter() - begun) * 1e3)
        time.sleep(pause)
    return found


def line(what: str, found: list[float]) -> str:
    """A row of the table."""
    ordered = sorted(found)
    p95 = ordered[int(0.95 * len(ordered))]
    return (
        f"{what:28} {statistics.median(found):7.1f} {p95:7.1f} {ordered[-1]:7.1f}"
        f"   {'within' if p95 <= ALLOWED_MS else 'ABOVE'} {ALLOWED_MS:.0f} ms"
    )


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _until_idle(pid: int) -> None:
    """Wait for a second in which the engine does nothing: what it compiles ahead is done."""
    while True:
        before = _cpu_seconds(pid)
        time.sleep(1.0)
        if _cpu_seconds(pid) - before < IDLE_SECONDS:
            return


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="queries", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="queries each time")
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between two queries")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = str(Path(folder) / "home")
        os.environ["PENGUIN_TUI_TEST_KINDS"] = "benchmarks.queries.echo"
        with Store.open(home()) as store:
            ensure_engine(store)
            ready = store.wait_for(lambda: engine_status(store).state == "ready", START_SECONDS)
            if not ready:
                raise SystemExit("The engine did not come up.")
            print(f"{'milliseconds':28} {'median':>7} {'95 %':>7} {'most':>7}")
            print(line("just started, compiling", measured(store, options.count, options.pause)))
            record = store.engine()
            assert record is not None
            _until_idle(record.pid)
            print(line("idle", measured(store, options.count, options.pause)))
            run = submit(
                store,
                make_spec(
                    "train", {"epochs": 100_000, "hidden_layers": [100, 100], "batch_size": 2}
                ),
            )
            store.wait_for(lambda: store.run(run).epochs_run > 0, START_SECONDS)
            print(line("beside a long training", measured(store, options.count, options.pause)))
            stop_run(store, run)
            stop_engine(store.home)


if __name__ == "__main__":
    from engine.kinds import QUERIES

    QUERIES.update(echo.QUERIES)
    main()
