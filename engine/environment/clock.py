"""The two clocks, read here and nowhere else, so that a test can turn them.

`now` is for moments that a person reads: it may jump, when somebody sets it or a machine wakes up.
`steady` is for how long something takes: it never jumps, stands still while the machine sleeps,
and is the same in all processes since the machine was started. Call both by their module
(`clock.now()`), as whoever turns them does.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# by how many seconds what this thread reports lies back
_behind: ContextVar[float] = ContextVar("behind", default=0.0)


def now() -> float:
    """Seconds since 1970."""
    return time.time() - _behind.get()


def iso(moment: float | None) -> str | None:
    """A moment (seconds since 1970) as ISO 8601 in UTC; None stays None."""
    if moment is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + "Z"


def steady() -> float:
    """Seconds since a moment that is another one after each start of the machine."""
    return time.monotonic() - _behind.get()


@contextmanager
def behind(seconds: float) -> Iterator[None]:
    """Report in this thread what was `seconds` ago: word of it has come late."""
    token = _behind.set(max(0.0, seconds))
    try:
        yield
    finally:
        _behind.reset(token)
