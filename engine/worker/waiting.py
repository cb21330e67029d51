"""Runs and queries that wait in the store for what the engine has not loaded."""

from collections.abc import Iterator

from engine.errors import EngineError
from engine.kinds import QUERIES
from engine.runs.events import Ended
from engine.store.queries import fail, open_queries
from engine.store.store import Store
from engine.store.writer import RunWriter
from engine.worker.library_loader import Loader


def readiness(store: Store, loader: Loader) -> Iterator[bool]:
    """Of each one that waits, whether what it needs is loaded."""
    for record in store.live_runs():
        if record.status == "queued":
            yield record.kind in loader.kinds
    for query in open_queries(store):
        # one of a kind that this version does not know is refused elsewhere
        if (kind := QUERIES.get(query.kind)) is not None:
            yield loader.can_answer(kind)


def fail_unready(store: Store, loader: Loader, error: EngineError, hint: str) -> None:
    """End those that wait for what cannot be loaded; `hint` is what their runs say to do."""
    for query in open_queries(store):
        kind = QUERIES.get(query.kind)
        if kind is None or not loader.can_answer(kind):
            fail(store, query.id, error)
    for record in store.live_runs():
        if record.status == "queued" and record.kind not in loader.kinds:
            end = Ended(status="failed", message=error.message, hint=hint)
            with store.writing() as connection:
                RunWriter(record).write(connection, [end])
