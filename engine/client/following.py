"""A run as it goes: its row and its folded state whenever something has changed."""

import time
from collections.abc import Iterator

from engine.client.process import settle
from engine.runs.state import RunState, fold
from engine.store import RunRecord, Store
from engine.store.locks import engine_alive

CHECK_SECONDS = 1.0


def follow(store: Store, run: int, interval: float = 0.1) -> Iterator[tuple[RunRecord, RunState]]:
    """Yield the run whenever something has changed, and last when it has ended."""
    state, number, version = RunState(), 0, -1
    checked = time.monotonic()
    while True:
        seen = store.version()
        if seen != version:
            version = seen
            # the row first: when it says "ended", the events read after it are all there are
            record = store.run(run)
            number, events = store.events(run, number)
            state = fold(state, events)
            yield record, state
            if not record.live:
                return
        if time.monotonic() - checked > CHECK_SECONDS:
            checked = time.monotonic()
            settle(store)
            version = -1 if not engine_alive(store.home) else version
        time.sleep(interval)
