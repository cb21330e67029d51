"""What can be requested of a run as it stands, and the messages that request it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from textual.message import Message

if TYPE_CHECKING:
    from engine.store.records import RunRecord

Request = Literal["stop", "pause", "resume", "skip", "kill"]


class RunRequested(Message):
    """Sent by a key on a run; its screen passes the request on to the engine."""

    def __init__(self, record: "RunRecord", request: Request) -> None:
        super().__init__()
        self.run = record.id
        self.request = request
        # nothing is lost of a run that has not begun, nor by a stop after which it can be resumed
        self.final = record.at_work and not (request == "stop" and record.can_pause)


class TrialChosen(Message):
    """Enter was pressed on a trial: its settings are wanted in the Train form."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self.settings = settings


@runtime_checkable
class OnTrial(Protocol):
    """A widget whose cursor may be on a trial, or on a value of a sweep."""

    def settings_under_cursor(self) -> dict[str, Any] | None:
        """The settings of a training with it; None where the cursor is on none."""
        ...


def request_for(action: object, record: "RunRecord | None") -> Request | None:
    """What the key for `action` requests of a run now; None where it makes no sense."""
    return _ACTIONS[str(action)](record) if record is not None else None


def _stop(record: "RunRecord") -> Request | None:
    """Stop a run, or kill it once it has ignored that for some seconds."""
    from engine.client.submission import may_kill
    from engine.environment import clock

    if record.status == "stopping":
        return "kill" if may_kill(record, clock.now()) else None
    return "stop" if record.live else None


def _resume(record: "RunRecord") -> Request | None:
    return "resume" if record.resumable else None


def _pause(record: "RunRecord") -> Request | None:
    return "pause" if record.can_pause else None


def _turn(record: "RunRecord") -> Request | None:
    return _pause(record) or _resume(record)


def _skip(record: "RunRecord") -> Request | None:
    from engine.kinds import varies

    return "skip" if varies(record.kind) and record.status == "running" else None


_ACTIONS: "dict[str, Callable[[RunRecord], Request | None]]" = {
    "stop": _stop,
    "pause": _pause,
    "resume": _resume,
    "turn": _turn,
    "skip": _skip,
}
