"""Keys act in the order in which they were typed, each once the one before has had its effect.

Textual hands the next key out while the one before is still on its way: a letter goes to the
focused widget at once, a bound key first travels up to the app, and a screen that is being opened
gets none of those behind the key that opens it. Over a lagging link several keys arrive in one
piece, and would act in another order than they were typed in, or on another screen.
"""

import asyncio
import time
from collections import deque
from typing import Any

from textual import events

from penguin_tui.terminal.textual_private.app import HookedApp, loop_is_busy

# a key waits no longer than this for what was begun before it
PATIENCE_SECONDS = 5.0
# and this long for the screen that it is meant for: on a busy machine loading takes longer
OPENING_SECONDS = 60.0
STEP_SECONDS = 0.004


class OrderedApp(HookedApp):
    """An app that takes what is typed, pasted and clicked one at a time."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._arrived: deque[events.Event] = deque()
        self._admitted: events.Event | None = None
        self._admitting: asyncio.Task[None] | None = None

    def admits(self, event: events.Event) -> bool:
        """Whether to obey it now; otherwise it waits for its turn, and comes again."""
        if event is self._admitted:
            self._admitted = None
            return True
        if isinstance(event, events.MouseMove) and not self._arrived and self._admitted is None:
            return True
        self._arrived.append(event)
        if self._admitting is None or self._admitting.done():
            self._admitting = asyncio.create_task(self._admit_in_turn(), name="typed order")
        return False

    async def _admit_in_turn(self) -> None:
        patience = PATIENCE_SECONDS
        while self._arrived:
            settled = await self._settle(patience)
            # what hangs is waited for once, and not again by every key
            patience = PATIENCE_SECONDS if settled else 0.0
            self._admitted = self._arrived.popleft()
            self.post_message(self._admitted)

    async def _settle(self, patience: float) -> bool:
        """Wait until nothing is under way; returns False where that took too long."""
        begun = time.monotonic()

        def too_long() -> bool:
            most = OPENING_SECONDS if self.opening else patience
            return time.monotonic() - begun >= most

        while True:
            while loop_is_busy() and not too_long():
                await asyncio.sleep(0)
            if self._admitted is None and not self.under_way:
                return True
            if too_long():
                return False
            await asyncio.sleep(STEP_SECONDS)

    def on_unmount(self) -> None:
        """Who has left is asked nothing any more."""
        if self._admitting is not None:
            self._admitting.cancel()
