"""A run as it goes: its row and its folded state whenever something has changed."""

import math
from collections.abc import Callable, Iterator

from engine.client.process import reconcile
from engine.runs.state import RunState, fold
from engine.store.heartbeat import Heartbeat, heartbeat
from engine.store.records import RunRecord
from engine.store.store import Store
from engine.store.store_file import HEARTBEAT_SECONDS


def follow(
    store: Store, run: int, heed: Callable[[], object] = lambda: None
) -> Iterator[tuple[RunRecord, RunState]]:
    """Yield the run whenever something has changed, and last when it has ended, saved or not.

    While the engine is not heard or cannot save anything it comes once a second.
    `heed` is called every second at least; what it raises ends the following. Raises
    `EngineError` when there is no such run, or when no engine can be started for it.
    """
    waiter = store.waiter
    state, number, version = RunState(), 0, -1
    while True:
        seen = store.version()
        beat = heartbeat(store.home) or Heartbeat(beat=math.inf)
        if seen != version or beat.silent_for or beat.unsaved_for:
            version = seen
            # the row first: when it says "ended", the events read after it are all there are
            record = store.run(run)
            number, events = store.events(run, number)
            state = fold(state, events)
            yield record, state
            if not record.live or run in beat.ended:
                return
        waiter.wait(HEARTBEAT_SECONDS)
        heed()
        reconcile(store)
