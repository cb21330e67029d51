"""An app whose keys, frames, styles and crashes go through methods of its own."""

import asyncio
import os
import time
import traceback
from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding
from textual.command import CommandList, CommandPalette
from textual.dom import DOMNode
from textual.notifications import SeverityLevel
from textual.screen import Screen

from penguin_tui.terminal.clipboard import fits, wrapped
from penguin_tui.terminal.gate import visible_lines
from penguin_tui.terminal.textual_private.driver import ANSWER_SECONDS, EscapingParser
from penguin_tui.terminal.textual_private.styles import RememberedStyles

__all__ = ["ChopsUpdate", "CompositorUpdate", "HookedApp", "LayoutUpdate", "Palette", "WholeScreen"]


# workers that no key has begun, and that none waits for
BACKGROUND = "background"
# workers that load a screen, for which the next key may be meant
OPENING = "opening"


def loop_is_busy() -> bool:
    """Whether a task of the running loop, other than the one that asks, can go on at once."""
    return bool(asyncio.get_running_loop()._ready)  # type: ignore[attr-defined]


class HookedApp(App[None]):
    """An app whose keys, frames and crashes go through methods of its own."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.stylesheet = RememberedStyles(variables=self.get_css_variables())
        # a page that is still scrolling would count from where it is: and each step is sent
        self.animation_level = "none"

    async def on_event(self, event: events.Event) -> None:
        """Take from the terminal only what is admitted."""
        typed = isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded
        if typed and not self.screen_stack:
            # the workbench is ending: no screen is left that could act on a key
            return
        if not typed or self.admits(event):
            await super().on_event(event)

    def admits(self, event: events.Event) -> bool:
        """Whether to obey what has come from the terminal now."""
        return True

    @property
    def under_way(self) -> bool:
        """Whether something that was begun is not over: messages, a layout, workers."""
        if not self.screen_stack:
            return True
        screen = self.screen
        return bool(
            self._batch_count
            or screen._layout_required
            or screen._scroll_required
            or screen._recompose_required
            or screen._callbacks
            or any(node.message_queue_size for node in (self, screen, *screen.walk_children()))
            or any(not work.is_finished and work.group != BACKGROUND for work in self.workers)
        )

    @property
    def opening(self) -> bool:
        """Whether a screen is being loaded, for which the next key may be meant."""
        return any(not work.is_finished and work.group == OPENING for work in self.workers)

    def outgoing(self, renderable: RenderableType | None) -> RenderableType | None:
        """What to send to the terminal instead of this frame."""
        return renderable

    def displayed(self) -> None:
        """A frame has been sent."""

    def crashed(self, trace: str, *, leaving: bool) -> None:
        """Take the traceback of an error that nobody caught; `leaving`: the app ended before it."""

    def ask_terminal(self, question: str) -> None:
        """Write a question whose answer may come in pieces, as `to_terminal`."""
        EscapingParser.answer_until = time.monotonic() + ANSWER_SECONDS
        self.to_terminal(question)

    def to_terminal(self, sequence: str) -> None:
        """Write a sequence of ours behind what has been written so far."""
        if self._driver is not None:
            self._driver.write(sequence)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a message as it is; it may name a file or a run, so there is no markup in any."""
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text as it was shown: what is pasted is obeyed by a shell."""
        text = visible_lines(text)
        if not fits(text):
            self.notify("That is too long for a terminal's clipboard.", severity="warning")
            return
        super().copy_to_clipboard(text)
        if self._driver is not None and (around := wrapped(text, os.environ)):
            self._driver.write(around)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, self.outgoing(renderable))
        self.displayed()

    def _handle_exception(self, error: Exception) -> None:
        if self._exit:
            # while leaving, a screen that was still being built may miss its parts: no crash
            self.crashed("".join(traceback.format_exception(error)), leaving=True)
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self.crashed("".join(traceback.format_exception(self._exception)), leaving=False)
        self._close_messages_no_wait()


class WholeScreen(Screen[Any]):
    """A screen that draws itself once when it has to be laid out and drawn whole.

    Textual draws what the layout has changed, and then everything.
    """

    def _on_timer_update(self) -> None:
        drawn = self.is_current and not self.app._batch_count
        if drawn and self._layout_required and self._repaint_required:
            self._repaint_required = False
            self._compositor._dirty_regions.add(self.outer_size.region)
        super()._on_timer_update()


class Palette(CommandPalette):
    """Textual's command palette; page keys do nothing while its list is not on screen."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region.height:
            super()._action_command_list(action)


def own_bindings(node: DOMNode) -> Iterator[Binding]:
    """The bindings of a node and its base classes, not its ancestors'."""
    for _, binding in node._bindings:
        yield binding
