"""When no garbage is looked for: while libraries are loaded, and at the end of a process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect no garbage meanwhile: it takes a sixth of an import, which leaves hardly any."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def leave_uncollected() -> None:
    """Have Python end this process without looking through all there is: up to 0.2 s.

    It does so three times, of a process whose memory goes as a whole a moment later.
    """
    gc.freeze()
