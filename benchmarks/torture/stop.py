"""Stops every kind of run at random moments: how soon it is answered, and how soon it is over."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.client.process import stop_engine
from engine.client.submission import stop_run, submit
from engine.kinds import KINDS as SPECS
from engine.kinds import make_spec
from engine.results.scores import Scored
from engine.runs.state import RunState, fold
from engine.store.home import work_path
from engine.store.store import Store

Line = tuple[str, str, str]
PATIENCE = 120.0
# beyond what the machine itself kept a process waiting that did nothing but sleep
ANSWERED, ENDED = 0.5, 2.0
NAP = 0.002
# runs of some seconds, in which every phase has its share
KINDS: dict[str, dict[str, Any]] = {
    "train": {"epochs": 4_000, "hidden_layers": [100, 100]},
    "sweep": {"epochs": 60, "vary": {"units": {"low": 8, "high": 160, "step": 8}}},
    "random_search": {
        "epochs": 120, "max_trials": 8, "vary": {"learning_rate": {"low": 1e-3, "high": 1e-1}},
    },
    "grid_search": {"epochs": 120, "vary": {"batch_size": {"values": [4, 8, 12, 16, 20, 24]}}},
    "hyperband": {
        "max_epochs": 80, "vary": {"learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"}},
    },
    "reproduce": {"seeds": 1, "quick": True},
    # of a table with so many columns that preparing it is most of the work
    "describe": {"data": "wide.csv", "target": "kind"},
    "baseline": {"data": "wide.csv", "target": "kind"},
}  # fmt: skip
WIDE_COLUMNS, WIDE_ROWS = 10_000, 20


@dataclass
class Stops:
    """What the stops of one kind of run came to, in seconds."""

    answered: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    # how late a thread woke that only slept meanwhile, at worst
    late: list[float] = field(default_factory=list)
    missed: int = 0
    broken: list[str] = field(default_factory=list)


def stop_moments(folder: Path, moments: int) -> list[Line]:
    """Stop every kind `moments` times, each time somewhere in its course."""
    chance = random.Random(2)
    lines: list[Line] = []
    with Store.open(folder) as store:
        _write_wide(folder / "wide.csv")
        for kind, fields in KINDS.items():
            if "data" in fields:
                fields = fields | {"data": str(folder / fields["data"])}
            seed = "seed" if "seed" in SPECS[kind].spec.model_fields else "split_seed"
            # the first compiles what the others find compiled, the second tells how long one takes
            for _ in range(2):
                whole = _seconds(store, submit(store, make_spec(kind, fields)))
            stops = Stops()
            while len(stops.ended) < moments and stops.missed < moments:
                run = submit(store, make_spec(kind, fields | {seed: len(stops.ended)}))
                _stop(store, run, chance.random() * whole, stops)
            lines.append(_line(kind, stops))
        stop_engine(store.home)
    left = sorted(path.name for path in work_path(folder).iterdir())
    lost = f"BROKEN: {len(left)} left, {left[0]}" if left else "none left"
    return [*lines, ("work folders after all these stops", "–", lost)]


def _write_wide(path: Path) -> None:
    """Half of the columns are numbers, half are texts."""
    chance = random.Random(0)
    half = WIDE_COLUMNS // 2
    with path.open("w") as file:
        file.write(",".join([*(f"c{n}" for n in range(2 * half)), "kind"]) + "\n")
        for row in range(WIDE_ROWS):
            numbers = [f"{chance.gauss(0, 1):.2f}" for _ in range(half)]
            texts = [chance.choice("abcd") for _ in range(half)]
            file.write(",".join([*numbers, *texts, "xy"[row % 2]]) + "\n")


def _stop(store: Store, run: int, after: float, stops: Stops) -> None:
    store.wait_for(lambda: store.run(run).status != "queued", PATIENCE)
    time.sleep(after)
    if not store.run(run).live:
        stops.missed += 1
        return
    with _lateness() as late:
        requested = time.time()
        stop_run(store, run)
        _seconds(store, run)
    record = store.run(run)
    if record.status == "finished":
        stops.missed += 1
        return
    state = fold(RunState(), store.events(run)[1])
    if record.status != "stopped" or record.acknowledged is None or record.ended is None:
        stops.broken.append(f"run {run} is {record.status}")
        stops.missed += 1
        return
    stops.answered.append(record.acknowledged - requested)
    stops.ended.append(record.ended - requested)
    stops.late.append(max(late, default=0.0))
    if isinstance(state.result, Scored) and state.result.scores.test is not None:
        stops.broken.append(f"run {run} opened its test set")
    if any(trial.status == "running" for trial in state.trials.values()):
        stops.broken.append(f"run {run} has a trial that never ended")


@contextmanager
def _lateness() -> Iterator[list[float]]:
    """How late, each time, a thread wakes that only sleeps: what the machine's load costs."""
    late: list[float] = []
    done = threading.Event()

    def sleep() -> None:
        while not done.is_set():
            begun = time.monotonic()
            time.sleep(NAP)
            late.append(time.monotonic() - begun - NAP)

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    try:
        yield late
    finally:
        done.set()
        sleeper.join()


def _line(kind: str, stops: Stops) -> Line:
    name = f"{kind.replace('_', ' ')} stopped at a random moment"
    often = f"{len(stops.ended)} stops"
    if stops.missed:
        often += f", {stops.missed} had ended before"
    if not stops.ended:
        return name, often, "BROKEN: " + "; ".join(stops.broken or ["never stopped"])
    answered, ended, late = max(stops.answered), max(stops.ended), max(stops.late)
    slow = any(
        one - own > ANSWERED or over - own > ENDED
        for one, over, own in zip(stops.answered, stops.ended, stops.late, strict=True)
    )
    broken = ("BROKEN: " + "; ".join(stops.broken) + "; ") if stops.broken or slow else ""
    found = f"answered within {answered:.2f} s, over within {ended:.2f} s"
    return name, often, f"{broken}{found} (who only slept woke {late:.2f} s late)"


def _seconds(store: Store, run: int) -> float:
    """How long the run took, once it is over."""
    if not store.wait_for(lambda: not store.run(run).live, PATIENCE):
        raise TimeoutError(f"run {run} does not end")
    record = store.run(run)
    return (record.ended or 0.0) - (record.started or 0.0)
