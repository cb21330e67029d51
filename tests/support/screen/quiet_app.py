"""Waiting until an app has obeyed a key.

Textual's pilot waits twice a key for 20 ms in which the process has hardly used the processor. That
was a third of the time of the tests of screens. An app of ours knows whether it has still something
to do.
"""

import asyncio
import time

from textual._context import active_app
from textual._wait import SLEEP_GRANULARITY, SLEEP_IDLE

from penguin_tui.terminal.textual_private.app import HookedApp, loop_is_busy
from penguin_tui.terminal.typed_order import OrderedApp

STEP_SECONDS = 0.008


async def wait_for_quiet(min_sleep: float = SLEEP_GRANULARITY, max_sleep: float = 1.0) -> None:
    """In place of `textual._wait.wait_for_idle`: ends at once where nothing is under way.

    What waits for something outside, such as a worker for the engine, is not waited for: it ends as
    Textual's own, once the process is idle.
    """
    app, begun = active_app.get(None), time.monotonic()
    while True:
        slice_begun, used, looking = time.monotonic(), time.process_time(), 0.0
        while (now := time.monotonic()) - slice_begun < SLEEP_GRANULARITY:
            looked = time.thread_time()
            if isinstance(app, HookedApp) and quiet(app):
                return
            looking += time.thread_time() - looked
            # not 0: the app waits in the same way, and each would take the other for its work
            await asyncio.sleep(STEP_SECONDS)
        idle = time.process_time() - used - looking < SLEEP_IDLE
        if now - begun >= max_sleep or (now - begun > min_sleep and idle):
            return


def quiet(app: HookedApp) -> bool:
    """Whether nothing is under way, and all that has changed has been drawn."""
    if loop_is_busy() or app.under_way:
        return False
    if isinstance(app, OrderedApp) and (app._arrived or app._admitted is not None):
        return False
    return not (app.screen._dirty_widgets or app.screen._repaint_required)
