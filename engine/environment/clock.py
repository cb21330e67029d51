"""The two clocks, read here and nowhere else, so that a test can turn them.

`now` is for moments that a person reads: it may jump, when somebody sets it or a machine wakes up.
`steady` is for how long something takes: it never jumps, stands still while the machine sleeps,
and is the same in all processes since the machine was started. Call both by their module
(`clock.now()`), as whoever turns them does.
"""

import time


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def steady() -> float:
    """Seconds since a moment that is another one after each start of the machine."""
    return time.monotonic()
