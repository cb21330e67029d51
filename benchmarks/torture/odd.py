"""Odd events: clocks that are set while runs are worked on, other hosts, limits on memory."""

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine.client.process import stop_engine
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.runs.state import RunState, fold
from engine.store.locks import engine_alive
from engine.store.store import Store

Line = tuple[str, str, str]
PROGRAM = [sys.executable, "-P", "-m", "penguin_tui"]
PATIENCE = 300.0
HOUR = 3600.0
# an engine whose clock jumps by up to an hour each time somebody looks at it; a name of its own
ENGINE = """
import random, sys, time
import engine.environment.clock as clock
import platform
chance, real = random.Random({seed}), time.time
clock.now = lambda: real() + chance.uniform(-{jump}, {jump})
if {host!r}:
    platform.node = lambda: {host!r}
from engine.worker.__main__ import main
sys.exit(main(["--home", {home!r}, "--foreground"]))
"""
KINDS: dict[str, dict[str, Any]] = {
    "train": {"epochs": 300, "hidden_layers": [16]},
    "sweep": {"epochs": 40, "repeats": 2, "vary": {"learning_rate": {"values": [0.001, 0.01]}}},
    "random_search": {
        "epochs": 40, "max_trials": 4, "vary": {"learning_rate": {"low": 1e-3, "high": 1e-1}},
    },
}  # fmt: skip


def odd_events(folder: Path, count: int) -> list[Line]:
    """Each of them `count` times, or until its variants are through."""
    return [*_clocks(folder, count), _hosts(folder, count), _memory(folder, count)]


# -- clocks ---------------------------------------------------------------------------------------


def _clocks(folder: Path, count: int) -> list[Line]:
    steady = _runs(folder, seed=0, jump=0.0)
    broken: list[str] = []
    for seed in range(count):
        for kind, (record, state, most) in _runs(folder, seed, HOUR).items():
            seconds = record.seconds() or -1.0
            if record.status != "finished" or not 0.0 < seconds <= most:
                broken.append(f"{kind}: {record.status} after {seconds:.1f} of {most:.1f} s")
            trials = [trial.seconds or 0.0 for trial in state.trials.values()]
            if trials and not 0.0 <= min(trials) <= max(trials) <= most:
                broken.append(f"{kind}: a trial of {max(trials, key=abs):.1f} s")
            if state.result != steady[kind][1].result:
                broken.append(f"{kind}: another result")
    lost = f"BROKEN: {broken[0]}" if broken else "nothing; durations and results as ever"
    what = "a clock that jumps by up to an hour whenever it is read"
    return [(what, f"{count * len(KINDS)} runs", lost)]


def _runs(folder: Path, seed: int, jump: float) -> dict[str, tuple[Any, RunState, float]]:
    with Store.open(folder) as store:
        runs = {kind: store.submit(make_spec(kind, fields)) for kind, fields in KINDS.items()}
        begun = time.monotonic()
        engine = _engine(folder, seed=seed, jump=jump)
        _wait(store, lambda: all(not store.run(run).live for run in runs.values()))
        most = time.monotonic() - begun
        stop_engine(store.home)
        engine.wait(PATIENCE)
        return {
            kind: (store.run(run), fold(RunState(), store.events(run)[1]), most)
            for kind, run in runs.items()
        }


# -- other hosts ----------------------------------------------------------------------------------


def _hosts(folder: Path, count: int) -> Line:
    """Signatures of other machines and of none, of every age; only a fresh one is heeded."""
    chance, broken = random.Random(3), []
    lock = folder / "engine.lock"
    for _ in range(50 * count):
        ago = chance.uniform(-30 * HOUR, 60.0) if chance.random() < 0.5 else chance.uniform(0, 40)
        sound = {"host": "elsewhere", "boot": "another", "pid": 1, "at": chance.uniform(0, 2e9)}
        text = json.dumps(sound)
        if odd := chance.random() < 0.3:
            text = text[: chance.randrange(len(text))] or "[]"
        lock.write_text(text)
        at = time.time() - ago
        os.utime(lock, (at, at))
        heeded = not _opens(folder)
        if heeded != (not odd and 0.0 <= ago < 20.0) and abs(ago - 20.0) > 0.5 and abs(ago) > 1.0:
            broken.append(f"{text[:40]} signed {ago:.1f} s ago: heeded {heeded}")
    lock.write_text("")
    # a machine that is called otherwise while its engine lives is the same
    engine = _engine(folder, host="another-name")
    with Store.open(folder) as store:
        _wait(store, lambda: lock.read_text().strip())
        stop_engine(store.home)
        engine.wait(PATIENCE)
    if lock.read_text() or not _opens(folder):
        broken.append("a clean end left its name")
    lost = f"BROKEN: {broken[0]}" if broken else "nothing; heeded where fresh, and only there"
    return "the lock signed by another machine, or by nobody", f"{50 * count} times", lost


def _opens(folder: Path) -> bool:
    try:
        Store.open(folder).close()
    except EngineError:
        return False
    return True


# -- memory ---------------------------------------------------------------------------------------


def _memory(folder: Path, count: int) -> Line:
    """A training under every limit on memory finishes, or says that it is the memory."""
    broken, finished = [], 0
    limits = [int(300e6 * 1.25**step) for step in range(min(count, 14))]
    for limit in limits:
        done = subprocess.run(
            [*PROGRAM, "run", "train", "--quiet", "--set", "epochs=5"],
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_AS, (limit, limit)),
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        finished += done.returncode == 0
        if done.returncode and "memory" not in done.stderr.lower():
            broken.append(f"{limit / 1e9:.1f} GB: {done.stderr.strip()[-120:]}")
        with Store.open(folder) as store:
            for record in store.live_runs():
                store.request(record.id, "stop")
            stop_engine(store.home)
    lost = f"BROKEN: {broken[0]}" if broken else f"{finished} finished, the others named the memory"
    return "a training under a limit on memory (0.3 to 5.5 GB)", f"{len(limits)} limits", lost


def _engine(
    folder: Path, *, seed: int = 0, jump: float = 0.0, host: str = ""
) -> "subprocess.Popen[bytes]":
    code = ENGINE.format(seed=seed, jump=jump, host=host, home=str(folder))
    with (folder / "engine.log").open("ab") as log:
        engine = subprocess.Popen([sys.executable, "-c", code], stdout=log, stderr=log)
    with Store.open(folder) as store:
        _wait(store, lambda: engine_alive(folder))
    return engine


def _wait(store: Store, reached: Callable[[], Any]) -> None:
    if not store.wait_for(reached, PATIENCE):
        raise TimeoutError("it never came to that")
