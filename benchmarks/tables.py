"""Large tables: how long a description, a baseline, a network and pages of rows take.

Also the memory that each needs, in a process of its own.

python -m benchmarks.tables [--only long,texts,wide] [--write docs/large-tables.md]
"""

import argparse
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.environment.machine import cpu_model

NETWORK: dict[str, Any] = {"epochs": 5, "batch_size": 512, "hidden_layers": [64]}
HEAD = """# Large tables

Made by the program: `python -m benchmarks.tables --write docs/large-tables.md`.

{machine}. Each job in a process of its own; the network has one hidden layer of 64 units and is
trained for 5 epochs in batches of 512. Libraries are loaded before, as an engine has them; the peak
is of the whole process, libraries included. On a machine with other work the processor time is what
counts.
"""
JOBS_HEAD = (
    "| table | rows × columns | job | seconds | of processor time | peak memory, GB |",
    "|---|---|---|---|---|---|",
)
PAGES_TEXT = """
Pages of 100 rows and up to 60 columns (`R` on the Data screen, `penguin-tui rows`), all over the
table, once it has been read; the first of an order includes sorting or filtering:
"""
PAGES_HEAD = (
    "| table | order | first, ms | median of 100 others, ms | 95 % within, ms |",
    "|---|---|---|---|---|",
)
# of each order
PAGES = 100
KINDS: dict[str, dict[str, Any]] = {"describe": {}, "baseline": {}, "train": NETWORK}


def long(rows: int = 1_000_000) -> pd.DataFrame:
    """1,000,000 × 30, mixed: numbers, categories, texts, moments, a row number."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {"id": np.arange(1, rows + 1)}
    columns |= {f"n{i}": rng.normal(size=rows).round(4) for i in range(16)}
    for i, many in enumerate((3, 5, 8, 12, 20, 20, 30, 40)):
        columns[f"c{i}"] = rng.choice([f"v{j:02d}" for j in range(many)], rows)
    columns["city"] = [f"city {j}" for j in rng.integers(0, 50_000, rows)]
    columns["code"] = [f"k{j:05d}" for j in rng.integers(0, 3_000, rows)]
    minutes = pd.to_timedelta(rng.integers(0, 3 * 365 * 24 * 60, rows), unit="min")
    columns["when"] = (pd.Timestamp("2020-01-01") + minutes).strftime("%Y-%m-%d %H:%M")
    days = pd.to_timedelta(rng.integers(0, 900, rows), unit="D")
    columns["day"] = (pd.Timestamp("2020-01-01") + days).strftime("%Y-%m-%d")
    score = columns["n0"] + (columns["c0"] == "v01") + rng.normal(size=rows)
    columns["y"] = np.select([score > 0.8, score > 0], ["high", "mid"], "low")
    return pd.DataFrame(columns)


def texts(rows: int = 300_000) -> pd.DataFrame:
    """300,000 rows with three text columns of 50,000 values."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {
        f"t{i}": [f"value {i} {j}" for j in rng.integers(0, 50_000, rows)] for i in range(3)
    }
    columns["x"] = rng.normal(size=rows).round(3)
    columns["y"] = np.where(columns["x"] + rng.normal(size=rows) > 0, "a", "b")
    return pd.DataFrame(columns)


def wide(rows: int = 2_000) -> pd.DataFrame:
    """5,000 columns of 2,000 rows."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(rows, 4_999)).round(3)).add_prefix("c")
    frame["y"] = np.where(frame["c0"] + frame["c1"] > 0, "a", "b")
    return frame


TABLES: dict[str, Callable[[], pd.DataFrame]] = {"long": long, "texts": texts, "wide": wide}


def work(kind: str, path: str) -> None:
    """One job in this process; prints its seconds and the peak of its memory in GB."""
    from engine.jobs import run_job
    from engine.kinds import KINDS as JOBS
    from engine.kinds import make_spec
    from engine.runs.reporter import Reporter

    # as in an engine, which has its libraries
    import_module(JOBS[kind].job)
    if JOBS[kind].needs != "data":
        from engine.environment.machine import usable_threads
        from engine.trainer import runtime

        runtime.set_up(usable_threads())
    spec = make_spec(kind, {"data": path, "target": "y", **KINDS[kind]})
    begun, worked = time.perf_counter(), time.process_time()
    run_job(spec, Reporter())
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    print(f"{seconds:.1f} {processor:.1f} {peak_gigabytes():.2f}")


def peak_gigabytes() -> float:
    """The peak of this program's memory; what `getrusage` says begins with that of its parent."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 / 1e9 if found else float("nan")


def pages(path: str) -> None:
    """Pages of 100 rows and 60 columns in this process: milliseconds after the first one."""
    from engine.jobs import rows
    from engine.runs.reporter import Reporter
    from engine.specs.kinds.rows import RowsSpec

    spec = RowsSpec(data=path, target="y", rows=100, columns=60)
    total = rows.run(spec, Reporter()).total
    column = rows.run(spec, Reporter()).names[1]
    orders: dict[str, dict[str, Any]] = {
        "as in the file": {},
        "sorted": {"sort": column, "descending": True},
        "filtered": {"where": ("y != a",)},
    }
    for name, order in orders.items():
        took = []
        for number in range(PAGES + 1):
            wanted = {**order, "offset": number * (total // (2 * PAGES))}
            begun = time.perf_counter()
            rows.run(spec.model_copy(update=wanted), Reporter())
            took.append(1e3 * (time.perf_counter() - begun))
        first, *later = took
        slow = sorted(later)[int(0.95 * len(later))]
        print(f"| {name} | {first:.0f} | {statistics.median(later):.1f} | {slow:.1f} |")


def done(kind: str, path: Path) -> list[str]:
    """The lines that a job prints in a process of its own; what is wrong is printed."""
    # with pandas as the engine has it
    code = (
        "from engine.environment.isolation import load_pandas; load_pandas()\n"
        "from benchmarks.tables import main; main()"
    )
    command = [sys.executable, "-c", code, "--job", kind, str(path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        print(found.stderr[-300:])
        return ["failed – –"]
    return found.stdout.splitlines()


def main() -> None:
    """Make the tables, do each job in a process of its own, print and write what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", default=",".join(TABLES), help="tables, separated by commas")
    parser.add_argument("--write", help="the page to write")
    parser.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        kind, path = asked.job
        pages(path) if kind == "rows" else work(kind, path)
        return
    lines, pages_lines = [*JOBS_HEAD], [*PAGES_HEAD]
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.only.split(","):
            frame, file = TABLES[name](), Path(folder) / f"{name}.csv"
            frame.to_csv(file, index=False)
            shape = f"{len(frame):,} × {len(frame.columns):,}"
            del frame
            for kind in KINDS:
                took = " | ".join(done(kind, file)[-1].split())
                lines.append(f"| {name} | {shape} | {kind} | {took} |")
                print(lines[-1], flush=True)
            pages_lines += [f"| {name} {line}" for line in done("rows", file)]
            print("\n".join(pages_lines[-3:]), flush=True)
    if asked.write:
        machine = f"{cpu_model()}, Python {platform.python_version()}"
        text = "\n".join([HEAD.format(machine=machine), *lines, PAGES_TEXT, *pages_lines])
        Path(asked.write).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
