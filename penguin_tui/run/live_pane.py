"""A pane of several parts that are brought up to date one at a time, each at its own pace."""

import math
import time
from collections.abc import Iterable
from typing import ClassVar

from textual.containers import Container

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.terminal import flow_control

TICK_SECONDS = 0.1
# a live part is drawn at least twice a second: the tick that finds it due may be a tenth late
PART_SECONDS = 0.38


class LivePane(Container):
    """Shows the newest state within half a second.

    Never two parts are drawn in one turn of the event loop, and none while the
    terminal is behind. A subclass names its `parts` and draws one in `draw_part`.
    A part that takes long to prepare is drawn less often, so that it never
    takes more than a tenth of the time.
    """

    PARTS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.record: RunRecord | None = None
        self.state = RunState()
        # when each part may be drawn again, and from which state it was drawn
        self._due: dict[str, float] = {}
        self._drawn: dict[str, RunState] = {}

    def on_mount(self) -> None:
        """Look a few times a second whether something is to be drawn."""
        self._ticks = self.set_interval(TICK_SECONDS, self._tick, pause=True)
        if self.record is not None:
            self._ticks.resume()
            self.call_after_refresh(self._tick)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this state of the run soon; another run has another pane."""
        ends = self.record is not None and self.record.live and not record.live
        if ends:
            self._due.clear()
            self._drawn.clear()
        self.record, self.state = record, state
        self._wake()
        if ends and self.is_mounted:
            # the end of a run is shown at once, and its first part with the head that tells of it
            self._tick()

    def parts(self) -> Iterable[str]:
        """The parts that can be seen now."""
        return self.PARTS

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Draw one part of `self.state`."""
        raise NotImplementedError

    def draw_again(self) -> None:
        """Draw all parts again: they are looked at in another way."""
        self._drawn.clear()
        self._due.clear()
        self._wake()

    def _wake(self) -> None:
        if self.is_mounted:
            self._ticks.resume()
            if not self._drawn:
                # who opens a run, or looks at it in another way, does not wait for the clock
                self.call_after_refresh(self._tick)

    def _tick(self) -> None:
        record = self.record
        if record is None or not self.is_on_screen:
            return
        if record.live and not flow_control.ready(self.app):
            return
        now = time.monotonic()
        waiting = False
        for name in self.parts():
            if self._drawn.get(name) is self.state:
                continue
            waiting = True
            if now < self._due.get(name, -math.inf):
                continue
            first = name not in self._drawn
            self._drawn[name] = self.state
            self.draw_part(name, record)
            taken = time.monotonic() - now
            self._due[name] = now + max(PART_SECONDS, 10 * taken)
            if first:
                # the next part as soon as this one is painted
                self.call_after_refresh(self._tick)
            return
        if not waiting:
            self._ticks.pause()
