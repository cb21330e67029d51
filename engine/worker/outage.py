"""While the store cannot be written: since when, why, and for how long the engine tries again."""

import logging
import time
from dataclasses import dataclass

from engine.store.explain import StoreError

log = logging.getLogger("engine")

# until the next try, and how long an engine without work tries at all
RETRY_SECONDS = 0.5
GIVE_UP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Outage:
    """`since` is by `time.monotonic`; `cause` says why, in the middle of a sentence."""

    since: float
    cause: str
    # the store is gone, and nothing will be written any more
    lost: bool = False

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return time.monotonic() - self.since

    def tolerable(self, *, working: bool) -> bool:
        """Whether to try again: a full disk may be emptied. Runs are not given up for it."""
        return not self.lost and (working or self.seconds < GIVE_UP_SECONDS)

    @property
    def warning(self) -> str:
        """What the log of a run says once it is over."""
        return (
            f"The store could not be written for {self.seconds:.0f} s: {self.cause}."
            " Nothing was lost; the figures of that time were written later."
        )


def outage(error: Exception, before: Outage | None) -> Outage:
    """The outage that `error` reports; the one `before`, if there was one, continues."""
    if before is None:
        log.error("the store cannot be written, the runs continue: %s", error)
    since = time.monotonic() if before is None else before.since
    if isinstance(error, StoreError):
        return Outage(since, error.cause, error.lost)
    return Outage(since, str(error))
