"""Kills the engine at random moments of every kind of run; what is cut off has to go on."""

import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from engine.client import process
from engine.client.process import reconcile, stop_engine
from engine.client.submission import resume_run, submit
from engine.kinds import make_spec
from engine.results.base import RunResult
from engine.runs.state import RunState, fold
from engine.store.home import store_path
from engine.store.locks import engine_alive
from engine.store.store import Store

Line = tuple[str, str, str]
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
PATIENCE = 300.0
TABLE_ROWS = 60_000
RATES = {"learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"}}
HEAVY: dict[str, dict[str, Any]] = {
    "train": {
        "epochs": 12_000, "hidden_layers": [24], "dropout": 0.3, "schedule": "cosine_restarts",
        "early_stopping": {"patience": 11_000, "monitor": "val_loss"},
    },
    "sweep": {
        "epochs": 150, "hidden_layers": [16], "repeats": 10,
        "vary": {"learning_rate": {"values": [0.001, 0.003, 0.01]}},
    },
    "random_search": {"epochs": 60, "hidden_layers": [12], "max_trials": 12, "vary": RATES},
    "grid_search": {
        "epochs": 60, "hidden_layers": [12],
        "vary": {"learning_rate": {"values": [0.001, 0.003, 0.01, 0.03]},
                 "batch_size": {"values": [12, 16, 24]}},
    },
    "hyperband": {"hidden_layers": [12], "max_epochs": 60, "factor": 3, "vary": RATES},
}  # fmt: skip


@dataclass
class Kind:
    """One kind of run under fire."""

    name: str
    fields: dict[str, Any]
    seconds: float = 0.0
    result: RunResult | None = None
    whole: RunState = field(default_factory=RunState)
    run: int = 0
    kills: int = 0
    resumed: int = 0
    finished: int = 0
    # trials that were done when the engine was killed, by when they had begun
    kept: dict[int, float] = field(default_factory=dict)
    spared: int = 0
    slowest: float = 0.0
    broken: list[str] = field(default_factory=list)


def kill_moments(
    folder: Path, moments: int, minutes: float, only: Sequence[str] = ()
) -> list[Line]:
    """Kill until every kind has been hit `moments` times, or the time is up; `only` these kinds."""
    table = folder / "table.csv"
    _write_table(table)
    light = {"data": str(table), "target": "kind"}
    # all kinds at once: one kill hits them all
    os.environ["PENGUIN_TUI_WORKERS"] = "8"
    groups = (
        (0.1, {"describe": light, "baseline": light}),
        (0.6, HEAVY),
        (0.3, {"reproduce": {"quick": True, "seeds": 2}}),
    )
    lines: list[Line] = []
    for share, fields in groups:
        kinds = [Kind(name, own) for name, own in fields.items() if not only or name in only]
        if not kinds:
            continue
        with Store.open(folder) as store:
            _group(store, kinds, moments, time.monotonic() + 60 * minutes * share)
        lines += [_line(kind) for kind in kinds]
    with Store.open(folder) as store:
        stop_engine(store.home)
    return lines


def _group(store: Store, kinds: list[Kind], moments: int, deadline: float) -> None:
    for kind in kinds:
        kind.run = submit(store, make_spec(kind.name, kind.fields))
    for kind in kinds:
        wait(store, partial(ended, store, kind.run))
        kind.whole = state_of(store, kind.run)
        kind.result = kind.whole.result
        kind.seconds = store.run(kind.run).seconds() or 0.0
        kind.run = 0
    chance = random.Random(1)
    while min(kind.kills for kind in kinds) < moments and time.monotonic() < deadline:
        for kind in kinds:
            if not kind.run:
                kind.run = submit(store, make_spec(kind.name, kind.fields))
        wanted = min(kinds, key=lambda kind: kind.kills)
        wait(store, partial(begun, store, wanted.run))
        # somewhere in the course of the kind that has been hit least
        seconds = min(max(wanted.seconds, 1.0), 12.0)
        store.wait_for(partial(ended, store, wanted.run), chance.random() * seconds)
        _kill(store, kinds)
        failed = [kind for kind in kinds if any("failed" in text for text in kind.broken)]
        if failed:
            break
        print(
            "  " + "  ".join(f"{kind.name} {kind.kills}/{kind.finished}" for kind in kinds),
            file=sys.stderr,
        )
    for kind in kinds:
        if kind.run:
            wait(store, partial(ended, store, kind.run))
            compare(store, kind)


def _kill(store: Store, kinds: list[Kind]) -> None:
    record = store.engine()
    if record is None:
        return
    os.kill(record.pid, signal.SIGKILL)
    wait(store, lambda: not engine_alive(store.home))
    killed = time.monotonic()
    # no person kills so often while an engine loads
    process._starts.clear()
    hit = [kind for kind in kinds if kind.run and store.run(kind.run).status == "running"]
    reconcile(store)
    check = sqlite3.connect(store_path(store.home))
    intact = check.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    check.close()
    for kind in hit:
        kind.kills += 1
        kind.slowest = max(kind.slowest, time.monotonic() - killed)
        if store.run(kind.run).status != "lost":
            kind.broken.append(f"run {kind.run} is {store.run(kind.run).status}")
        if not intact:
            kind.broken.append("the store is damaged")
        _check_prefix(store, kind)
        state = state_of(store, kind.run)
        check_kept(kind, state)
        keep(kind, state)
        resume_run(store, kind.run)
        kind.resumed += 1
    for kind in kinds:
        if kind.run and not store.run(kind.run).live:
            compare(store, kind)
    reconcile(store)


def _check_prefix(store: Store, kind: Kind) -> None:
    """What is stored of a run that was cut off is the beginning of the whole one, to the bit."""
    for key, curve in state_of(store, kind.run).curves.items():
        whole = kind.whole.curves.get(key)
        for name in COLUMNS:
            part = curve.column(name).tobytes()
            if whole is None or not whole.column(name).tobytes().startswith(part):
                kind.broken.append(f"run {kind.run}, training {key}: other figures")
                return


def check_kept(kind: Kind, state: RunState) -> None:
    """A trial that was done at an earlier kill has not been begun again since."""
    for number, started in kind.kept.items():
        trial = state.trials[number]
        if (trial.status, trial.started) != ("finished", started):
            kind.broken.append(f"run {kind.run}: trial {number} was done, and was repeated")


def keep(kind: Kind, state: RunState) -> None:
    """Note which trials are done now."""
    # a training has one trial, which goes on
    if state.plan is not None:
        done = {n: t.started for n, t in state.trials.items() if t.status == "finished"}
        kind.spared += len(done.keys() - kind.kept.keys())
        kind.kept = done


def compare(store: Store, kind: Kind) -> None:
    """Compare a run that has ended with the whole one."""
    run = kind.run
    state = state_of(store, run)
    check_kept(kind, state)
    kind.run, kind.kept = 0, {}
    kind.finished += 1
    record = store.run(run)
    if record.status != "finished":
        kind.broken.append(f"run {run} {record.status}: {record.message}")
    elif state.result != kind.result:
        kind.broken.append(f"run {run}: another result")
    elif {k: _bytes(c) for k, c in state.curves.items()} != {
        k: _bytes(c) for k, c in kind.whole.curves.items()
    }:
        kind.broken.append(f"run {run}: other epochs")


def _bytes(curve: Any) -> list[bytes]:
    return [curve.column(name).tobytes() for name in COLUMNS]


def _line(kind: Kind) -> Line:
    what = f"engine killed (SIGKILL) at a random moment of a {kind.name.replace('_', ' ')}, resumed"
    often = f"{kind.kills} kills, {kind.finished} runs brought to their end"
    lost = f"nothing; shown as lost within {kind.slowest:.1f} s, same result to the bit"
    if kind.spared:
        lost += f"; none of {kind.spared:,} trials that were done was repeated"
    if kind.broken:
        lost = f"BROKEN {len(kind.broken)} times: {kind.broken[0]}"
    return what, often, lost


def state_of(store: Store, run: int) -> RunState:
    """Everything a run has reported."""
    return fold(RunState(), store.events(run)[1])


def begun(store: Store, run: int) -> bool:
    """Whether an engine has taken the run."""
    return store.run(run).status != "queued"


def ended(store: Store, run: int) -> bool:
    """Whether the run has ended."""
    return not store.run(run).live


def wait(store: Store, reached: Callable[[], Any]) -> None:
    """Return once `reached` is true; raises `TimeoutError` when it never comes to that."""
    if not store.wait_for(reached, PATIENCE):
        raise TimeoutError("it never came to that")


def _write_table(path: Path) -> None:
    chance = random.Random(0)
    with path.open("w") as file:
        file.write("a,b,c,kind\n")
        for _ in range(TABLE_ROWS):
            kind = chance.randrange(3)
            row = [f"{chance.gauss(kind, 1.0):.4f}" for _ in range(3)]
            file.write(",".join([*row, "xyz"[kind]]) + "\n")
