"""Many short runs through one engine, and a long queue."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine.client.process import reconcile, stop_engine
from engine.client.submission import stop_run, submit
from engine.kinds import make_spec
from engine.store.store import Store

Line = tuple[str, str, str]
PATIENCE = 600.0
WARM = 100
# bytes that each further hundred runs may add to the engine's memory
GROWTH = 2_000_000


def soak(folder: Path, count: int) -> list[Line]:
    """Short trainings one after the other; memory, threads and files of the engine."""
    sizes: list[tuple[int, int, int]] = []
    with Store.open(folder) as store:
        done = 0
        while done < count:
            some = min(50, count - done)
            runs = [submit(store, _short(done + n)) for n in range(some)]
            _wait(store, partial(_all_ended, store, runs))
            bad = [run for run in runs if store.run(run).status != "finished"]
            if bad:
                return [("short runs through one engine", f"{count:,}", f"BROKEN: run {bad[0]}")]
            done += some
            record = store.engine()
            if record is None:
                return [("short runs through one engine", f"{done:,}", "BROKEN: no engine")]
            sizes.append(_sizes(record.pid))
            print(f"  {done}: {sizes[-1]}", file=sys.stderr)
        stop_engine(store.home)
    first, last = sizes[min(WARM // 50, len(sizes)) - 1], sizes[-1]
    grown = (last[0] - first[0]) / max(done - WARM, 1) * 100
    kept = grown <= GROWTH and last[1] <= first[1] and last[2] <= first[2]
    lost = (
        f"{'' if kept else 'BROKEN: '}memory {first[0] / 1e6:.0f} MB after {WARM} runs,"
        f" {last[0] / 1e6:.0f} MB at the end ({grown / 1e6:+.1f} MB for each 100);"
        f" threads {first[1]} and {last[1]}, open files {first[2]} and {last[2]}"
    )
    return [("short trainings through one engine", f"{count:,} runs", lost)]


def queue(folder: Path, count: int) -> list[Line]:
    """A long queue: order and cancelling."""
    os.environ["PENGUIN_TUI_WORKERS"] = "1"
    with Store.open(folder) as store:
        spec = make_spec("baseline", {})
        runs = [store.submit(spec) for _ in range(count)]
        cancelled = runs[::7]
        for run in cancelled:
            stop_run(store, run)
        reconcile(store)
        _wait(store, lambda: not store.live_runs())
        records = [store.run(run) for run in runs]
        stop_engine(store.home)
    del os.environ["PENGUIN_TUI_WORKERS"]
    stopped = {r.id for r in records if r.status == "stopped"}
    finished = [r for r in records if r.status == "finished"]
    begun = [r.id for r in sorted(finished, key=lambda r: r.started or 0.0)]
    wanted = [r.id for r in sorted(finished, key=lambda r: r.id)]
    right = begun == wanted and stopped == set(cancelled)
    right = right and len(stopped) + len(finished) == count
    lost = "nothing; every one in its turn" if right else "BROKEN: order or number"
    often = f"{count:,} runs, {len(cancelled)} of them cancelled"
    return [("runs queued at once", often, lost)]


def _short(number: int) -> Any:
    layers = [8 + number % 5] * (1 + number % 2)
    return make_spec("train", {"epochs": 3, "hidden_layers": layers, "seed": number})


def _sizes(pid: int) -> tuple[int, int, int]:
    """Resident bytes, threads and open files of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return pages * os.sysconf("SC_PAGE_SIZE"), threads, files


def _wait(store: Store, reached: Callable[[], Any]) -> None:
    if not store.wait_for(reached, PATIENCE):
        raise TimeoutError("it never came to that")


def _all_ended(store: Store, runs: list[int]) -> bool:
    return all(not store.run(run).live for run in runs)
