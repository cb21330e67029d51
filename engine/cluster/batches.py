"""How many tasks are sent to a worker together."""

import math

# what a batch is to last: less and the scheduler's own work shows, more and a stop waits
AIMED_SECONDS = 0.5
# a batch that ends sooner is one of the first, which measure
LONGEST_BATCH = 1000
# how much the newest batch counts
_NEWEST = 0.3
# batches that are sent for each that runs: whoever is done finds the next one there
_AHEAD = 2
# towards the end what is left is dealt out to all, this many batches for each
_LAST_ROUNDS = 2


class BatchSizes:
    """From what tasks have taken so far to how many go together next; the first ones go alone."""

    def __init__(self) -> None:
        # seconds of a task; None before the first
        self.seconds: float | None = None

    def seen(self, tasks: int, seconds: float) -> None:
        """A batch of so many tasks has taken so long on its worker."""
        own = seconds / tasks
        self.seconds = own if self.seconds is None else (
            _NEWEST * own + (1 - _NEWEST) * self.seconds
        )  # fmt: skip

    @property
    def ahead(self) -> int:
        """How many batches are sent for each that runs.

        Of long tasks one: a second would wait behind it, while others have nothing to do.
        """
        return _AHEAD if self.seconds is not None and self.seconds <= AIMED_SECONDS else 1

    def next(self, left: int, slots: int) -> int:
        """How many of the `left` tasks are sent together, where `slots` batches run at a time."""
        if self.seconds is None:
            return 1
        wanted = AIMED_SECONDS / max(self.seconds, AIMED_SECONDS / LONGEST_BATCH)
        share = math.ceil(left / (_LAST_ROUNDS * max(1, slots)))
        return max(1, min(int(wanted), share, left))
