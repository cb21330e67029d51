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


class RunReader:
    """Each time `RunChanged` with the whole state, to which what is new was added."""

    def __init__(self, run: int) -> None:
        from engine.runs.state import RunState

        self._run = run
        self._seen: RunRecord | None = None
        self._number, self._state = 0, RunState()

    def __call__(self, store: "Store") -> Message | None:
        """What is new."""
        from engine.runs.state import fold

        # the row first: when it says "ended", the events read after it are all there are
        record = store.run(self._run)
        self._number, events = store.events(self._run, self._number)
        if not events and record == self._seen:
            return None
        self._seen, self._state = record, fold(self._state, events)
        return RunChanged(record, self._state)

    def has_ended(self, store: "Store") -> bool:
        """Whether the run, which was live when it was read last, has come to its end."""
        return self._seen is not None and self._seen.live and store.has_ended(self._run)


def comparison_reader(runs: Sequence[int]) -> Reader:
    """`ComparisonChanged` whenever one of the runs has changed; the others are not read again."""
    from engine.comparison.comparison import compare
    from engine.comparison.outcome import Outcome, read_outcome

    readers = {run: RunReader(run) for run in runs}
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
