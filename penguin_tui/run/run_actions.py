"""What the keys for stopping and going on ask of a run, as it stands."""

import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.store import RunRecord

Request = Literal["stop", "pause", "resume", "skip", "kill"]


def stop_wish(record: "RunRecord") -> Request | None:
    """Stop a run, or kill it once it has ignored that for some seconds; None: neither."""
    from engine.client import may_kill

    if record.status == "stopping":
        return "kill" if may_kill(record, time.time()) else None
    return "stop" if record.live else None


def resume_wish(record: "RunRecord") -> Request | None:
    """Let a run go on that waits or was cut off; None for any other."""
    from engine.store.recovery import RESUMABLE

    return "resume" if record.status in ("paused", *RESUMABLE) else None
