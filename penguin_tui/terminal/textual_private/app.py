"""An app whose keys, frames, styles and crashes go through methods of its own."""

import asyncio
import os
import time
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.actions import ActionParseResult
from textual.app import App
from textual.binding import Binding
from textual.command import CommandList, CommandPalette
from textual.dom import DOMNode
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget

from penguin_tui.terminal.clipboard import fits, wrapped
from penguin_tui.terminal.gate import visible_lines
from penguin_tui.terminal.textual_private.driver import ANSWER_SECONDS, EscapingParser
from penguin_tui.terminal.textual_private.styles import RememberedStyles

__all__ = ["ChopsUpdate", "CompositorUpdate", "HookedApp", "LayoutUpdate", "Palette", "WholeScreen"]


# workers that no key has begun, and that none waits for
BACKGROUND = "background"
# workers that load a screen, for which the next key may be meant
OPENING = "opening"
# how often a screen that is being opened is looked at, how often in turn it has to be found at
# rest, and when it is shown in any case
HOLD_STEP, QUIET_STEPS, LONGEST_HOLD = 0.001, 2, 1.0


def loop_is_busy() -> bool:
    """Whether a task of the running loop, other than the one that asks, can go on at once."""
    return bool(asyncio.get_running_loop()._ready)  # type: ignore[attr-defined]


class HookedApp(App[None]):
    """An app whose keys, frames and crashes go through methods of its own."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._holding: asyncio.Task[None] | None = None
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
            or self._handling
            or self.fetching
            or self.opening
        )

    @property
    def _handling(self) -> bool:
        """Whether a message waits in the screen that is shown."""
        return any(
            node.message_queue_size for node in (self, *self.screen.walk_children(with_self=True))
        )

    @property
    def fetching(self) -> bool:
        """Whether something is being done in another thread, whose result will be shown."""
        return any(
            not work.is_finished and work.group not in (BACKGROUND, OPENING)
            for work in self.workers
        )

    @property
    def opening(self) -> bool:
        """Whether a screen is being loaded, for which the next key may be meant."""
        return any(not work.is_finished and work.group == OPENING for work in self.workers)

    def hold_until_whole(self, seconds: float) -> None:
        """Draw nothing until the screen that is being opened stands.

        What it has begun to fetch is waited for as well, up to so many seconds from now.
        """
        self._begin_batch()
        self._holding = asyncio.create_task(self._release(seconds), name="hold")

    async def _release(self, seconds: float) -> None:
        begun, quiet = time.monotonic(), 0
        while quiet < QUIET_STEPS and (took := time.monotonic() - begun) < LONGEST_HOLD:
            await asyncio.sleep(HOLD_STEP)
            if not self.screen_stack:
                break
            busy = not self.screen.is_mounted or self._handling
            quiet = 0 if busy or (took < seconds and self.fetching) else quiet + 1
        self._end_batch()
        if self.screen_stack and not self._batch_count:
            self.screen.refresh()

    def stands(self, mode: str) -> bool:
        """Whether the first screen of a mode has been made, shown or not."""
        return bool(self._screen_stacks.get(mode))

    async def prepare_mode(self, mode: str) -> None:
        """Make the first screen of a mode ahead; it gets its ScreenResume when it is shown."""
        make = self._modes[mode]
        assert callable(make)
        screen, mounted = self._get_screen(make())
        self._load_screen_css(screen)
        self._screen_stacks[mode] = [screen]
        await mounted

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, after what tells that it was requested."""
        if isinstance(action, str):
            self.requested(default_namespace or self, action)
        return await super().run_action(action, default_namespace, namespaces)

    def requested(self, node: DOMNode, action: str) -> None:
        """An action of `node` is about to run, if it may."""

    def draw_now(self, widget: Widget) -> None:
        """Send a widget that has changed ahead of all else that has, if it can be seen."""
        screen = self.screen
        if widget.screen is not screen or self._batch_count or not widget.is_attached:
            return
        compositor = screen._compositor
        others = compositor._dirty_regions.copy()
        compositor._dirty_regions.clear()
        compositor.update_widgets({widget})
        update = compositor.render_update(screen_stack=self._background_screens)
        self._display(screen, update)
        compositor._dirty_regions.update(others)

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
    """A screen that is opened once, and draws itself once when it has to be drawn whole.

    Textual draws what the layout has changed, and then everything. A screen that is new in its
    mode it resumes twice, and compares all rules with what is shown instead of it, twice as well.
    """

    # whether it has been told that it is shown again, and not yet been hidden
    _resuming = False

    def post_message(self, message: Message) -> bool:
        """Take a message; of two that say that the screen is shown one is enough."""
        if isinstance(message, events.ScreenResume):
            if self._resuming:
                return True
            self._resuming = message.refresh_styles
        elif isinstance(message, events.ScreenSuspend):
            self._resuming = False
        return super().post_message(message)

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        # Textual's own handler is called as well
        self._resuming = False

    def _post_register(self, app: App[Any]) -> None:
        super()._post_register(app)
        # its styles are worked out as it is mounted
        self._css_update_count = app._css_update_count

    def _on_timer_update(self) -> None:
        drawn = self.is_current and not self.app._batch_count
        if drawn and self._layout_required and self._repaint_required:
            self._repaint_required = False
            self._compositor._dirty_regions.add(self.outer_size.region)
        super()._on_timer_update()

    def _compositor_refresh(self) -> None:
        if self.app._batch_count:
            # Textual would draw all of it, and throw the picture away
            self._repaint_required = True
        else:
            super()._compositor_refresh()


class Palette(CommandPalette):
    """Textual's command palette; page keys do nothing while its list is not on screen."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region.height:
            super()._action_command_list(action)


def own_bindings(node: DOMNode) -> Iterator[Binding]:
    """The bindings of a node and its base classes, not its ancestors'."""
    for _, binding in node._bindings:
        yield binding
