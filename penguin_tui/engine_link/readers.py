"""What is new of a run, of a comparison or of a query, each time the store is looked at.

A reader returns the message about it, or None when nothing is new since it was asked last.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from penguin_tui.engine_link.messages import (
    ComparisonChanged,
    QueryAnswered,
    QueryProgress,
    RunChanged,
)

if TYPE_CHECKING:
    from engine.errors import EngineError
    from engine.specs.base import Frozen
    from engine.store.records import RunRecord
    from engine.store.store import Store

Reader = Callable[["Store"], Message | None]


def run_reader(run: int) -> Reader:
    """Each time `RunChanged` with the whole state, to which what is new was added."""
    from engine.runs.state import RunState, fold

    seen: RunRecord | None = None
    number, state = 0, RunState()

    def look(store: "Store") -> Message | None:
        nonlocal seen, number, state
        # the row first: when it says "ended", the events read after it are all there are
        record = store.run(run)
        number, events = store.events(run, number)
        if not events and record == seen:
            return None
        seen, state = record, fold(state, events)
        return RunChanged(record, state)

    return look


def comparison_reader(runs: Sequence[int]) -> Reader:
    """`ComparisonChanged` whenever one of the runs has changed; the others are not read again."""
    from engine.comparison.comparison import compare
    from engine.comparison.outcome import Outcome, read_outcome

    readers = {run: run_reader(run) for run in runs}
    outcomes: dict[int, Outcome] = {}

    def look(store: "Store") -> Message | None:
        found = {run: reader(store) for run, reader in readers.items()}
        for run, message in found.items():
            if isinstance(message, RunChanged):
                outcomes[run] = read_outcome(store, message.record, message.state)
        if not any(found.values()):
            return None
        return ComparisonChanged(compare([outcomes[run] for run in runs]))

    return look


def query_reader(query: int, kind: str) -> Reader:
    """`QueryProgress` as it goes on and `QueryAnswered` once, with which the query is removed."""
    phase, answered = "", False

    def look(store: "Store") -> Message | None:
        from engine.store import queries

        nonlocal phase, answered
        found = None if answered else queries.look(store, query)
        if found is None:
            # answered before, or withdrawn meanwhile
            return None
        if found.answer is not None or found.error is not None:
            answered = True
            queries.remove(store, query)
            return QueryAnswered(query, found.error or _answer(kind, found.answer))
        if found.phase == phase:
            return None
        phase = found.phase
        return QueryProgress(query, phase)

    return look


def _answer(kind: str, body: bytes | None) -> "Frozen | EngineError":
    from engine.client.queries import read_answer
    from engine.errors import EngineError

    try:
        return read_answer(kind, body or b"")
    except EngineError as error:
        return error
