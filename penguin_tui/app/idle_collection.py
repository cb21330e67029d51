"""Garbage is collected between keys and not in the middle of one.

Python looks for it after so many new objects, which is while something is being drawn: it took 3
to 13 ms of a key that opens a screen, and of every tenth that goes back to one.
"""

import gc
from typing import Final

from penguin_tui.terminal.textual_private.app import HookedApp

# new objects that are worth a collection, which takes 3 ms; so many are collected at any time
WORTH_IT, AT_ANY_TIME = 20_000, 200_000
# collections of a generation after which the next one is looked through as well, as Python has it
OFTEN: Final = 10
SECONDS = 1.0


def collect_when_idle(app: HookedApp) -> None:
    """From now on collect while nothing is under way; in the event loop's thread."""
    gc.set_threshold(AT_ANY_TIME, OFTEN, OFTEN)
    app.set_interval(SECONDS, lambda: collect(app), name="collect")


def collect(app: HookedApp) -> None:
    """Collect what has become garbage, if that is worth it and nobody waits."""
    young, middle, old = gc.get_count()
    if young >= WORTH_IT and not app.under_way:
        gc.collect(2 if old > OFTEN else 1 if middle > OFTEN else 0)
