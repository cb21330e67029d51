"""Pauses every kind of run at random moments; each gives up its place and comes to the same."""

import os
import random
from functools import partial
from pathlib import Path

from benchmarks.torture.kill import (
    HEAVY,
    Kind,
    Line,
    begun,
    check_kept,
    compare,
    ended,
    keep,
    state_of,
    wait,
)
from engine.client.process import stop_engine
from engine.client.submission import pause_run, resume_run, submit
from engine.kinds import make_spec
from engine.store.store import Store

REPRODUCE = {"reproduce": {"quick": True, "seeds": 2}}


def pause_moments(folder: Path, moments: int) -> list[Line]:
    """Pause each kind `moments` times, somewhere in the course of one run or several."""
    os.environ["PENGUIN_TUI_WORKERS"] = "1"
    chance = random.Random(3)
    lines = []
    with Store.open(folder) as store:
        for name, fields in (HEAVY | REPRODUCE).items():
            kind = Kind(name, fields)
            whole = submit(store, make_spec(name, fields))
            wait(store, partial(ended, store, whole))
            kind.whole = state_of(store, whole)
            kind.result = kind.whole.result
            kind.seconds = store.run(whole).seconds() or 0.0
            while kind.kills < moments and not kind.broken:
                _pause(store, kind, chance.random() * min(kind.seconds, 12.0))
            if kind.run:
                wait(store, partial(ended, store, kind.run))
                compare(store, kind)
            lines.append(_line(kind))
        stop_engine(store.home)
    del os.environ["PENGUIN_TUI_WORKERS"]
    return lines


def _pause(store: Store, kind: Kind, after: float) -> None:
    kind.run = kind.run or submit(store, make_spec(kind.name, kind.fields))
    wait(store, partial(begun, store, kind.run))
    store.wait_for(partial(ended, store, kind.run), after)
    if ended(store, kind.run):
        compare(store, kind)
        return
    pause_run(store, kind.run)
    # its place is the only one
    other = submit(store, make_spec("describe", {}))
    wait(store, partial(ended, store, other))
    if store.run(other).status != "finished":
        kind.broken.append(f"run {other}, queued behind it, {store.run(other).status}")
    if ended(store, kind.run):
        compare(store, kind)
        return
    kind.kills += 1
    state = state_of(store, kind.run)
    check_kept(kind, state)
    keep(kind, state)
    resume_run(store, kind.run)


def _line(kind: Kind) -> Line:
    lost = "nothing; its place was free, same result to the bit"
    if kind.spared:
        lost += f"; none of {kind.spared:,} trials that were done was repeated"
    if kind.broken:
        lost = f"BROKEN {len(kind.broken)} times: {kind.broken[0]}"
    what = f"a {kind.name.replace('_', ' ')} paused at a random moment, resumed"
    return what, f"{kind.kills} pauses, {kind.finished} runs brought to their end", lost
