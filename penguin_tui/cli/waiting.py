"""Waiting a moment for the engine to do what a command has requested."""

from collections.abc import Callable

from engine.store.records import RunRecord
from engine.store.store import Store

ANSWER_SECONDS = 5.0


def wait_for(store: Store, run: int, reached: Callable[[RunRecord], bool]) -> RunRecord:
    """The run once `reached` holds of it, or as it is after `ANSWER_SECONDS`."""
    store.wait_for(lambda: reached(store.run(run)), ANSWER_SECONDS)
    return store.run(run)
