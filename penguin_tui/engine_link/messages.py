"""What the follower says to widgets: how a run, a query or the engine stands now."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from engine.client.process import EngineStatus
    from engine.comparison.comparison import Comparison
    from engine.errors import EngineError
    from engine.runs.state import RunState
    from engine.specs.base import Frozen
    from engine.store.records import RunRecord


class RunChanged(Message, bubble=False):
    """A watched run as it stands now."""

    def __init__(self, record: "RunRecord", state: "RunState") -> None:
        super().__init__()
        self.record = record
        self.state = state


class RunsChanged(Message, bubble=False):
    """All runs as they stand now, newest first."""

    def __init__(self, records: "list[RunRecord]") -> None:
        super().__init__()
        self.records = records


class ComparisonChanged(Message, bubble=False):
    """Watched runs side by side, as they stand now."""

    def __init__(self, comparison: "Comparison") -> None:
        super().__init__()
        self.comparison = comparison


class QueryProgress(Message, bubble=False):
    """A watched query is being answered; `phase` says what the engine is busy with for it."""

    def __init__(self, query: int, phase: str) -> None:
        super().__init__()
        self.query = query
        self.phase = phase


class QueryAnswered(Message, bubble=False):
    """A watched query has its answer, or an `EngineError` with the reason why it has none."""

    def __init__(self, query: int, answer: "Frozen | EngineError") -> None:
        super().__init__()
        self.query = query
        self.answer = answer


class EngineChanged(Message, bubble=False):
    """The engine's status now."""

    def __init__(self, status: "EngineStatus") -> None:
        super().__init__()
        self.status = status


class FollowerFailed(Message, bubble=False):
    """The store or the engine cannot be used; said once for each reason."""

    def __init__(self, error: "EngineError") -> None:
        super().__init__()
        self.error = error
