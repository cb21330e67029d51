r"""Every private attribute of Textual that the program touches, and why.

Tried with Textual 8.2. tests/penguin_tui/terminal/test_private_api.py names each of them, so
that another version fails there and not on a screen; no other module may touch one.

- `App._display` is where a frame goes to the terminal: the renderer of differences stands there.
- `App._driver.write` asks the terminal whether it has taken a frame. Every byte for the terminal
  goes through `write` of the driver: the gate stands there.
- `App._handle_exception`, `_fatal_error`, `_exception`, `_exit`, `_close_messages_no_wait`: a
  crash ends with a sentence and a log, not with a screenful of traceback.
- `LinuxDriver._get_terminal_size` believes COLUMNS and LINES; `_app` is its app; `_patch_lflag`
  makes a key of Ctrl+\, which is to end a workbench that hangs.
- `CommandPalette._action_command_list` fails on page keys before its list is laid out.
- `DOMNode._bindings` has all bindings of a node, also those that do nothing at the moment.
- `Screen._layout_required`, `_scroll_required`, `_recompose_required`, `_callbacks` and
  `App._batch_count` say that the screen has yet to follow what was done; `_ready` of asyncio's
  loop, that somebody is about to act. A key waits for all of them.
- `XTermParser` (of `linux_driver`), its `feed` and `_sequence_to_key_events`: Escape and a key that
  arrive in one piece would be an Alt combination, or a letter of a Macintosh.
- `textual._compositor` has the types of the updates that `_display` is given.
"""

import asyncio
import os
import re
import termios
import time
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import Binding
from textual.command import CommandList, CommandPalette
from textual.dom import DOMNode
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen

from penguin_tui.terminal.clipboard import fits, wrapped
from penguin_tui.terminal.colours import QUESTION as COLOUR_QUESTION
from penguin_tui.terminal.gate import passes, visible_lines

__all__ = ["ChopsUpdate", "CompositorUpdate", "HookedApp", "LayoutUpdate", "Palette"]


# a slower answer than this is taken for keys, as is what stops in the middle of one
ANSWER_SECONDS, HOLD_SECONDS = 3.0, 0.1
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
        # a page that is still scrolling would count from where it is: and each step is sent
        self.animation_level = "none"

    async def on_event(self, event: events.Event) -> None:
        """Take from the terminal only what is admitted."""
        typed = isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded
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

    def crashed(self, trace: str, *, leaving: bool) -> None:
        """Take the traceback of an error that nobody caught; `leaving`: the app ended before it."""

    def ask_terminal(self, question: str) -> None:
        """Write a question to the terminal behind what has been written so far."""
        if question.startswith(COLOUR_QUESTION):
            EscapingParser.answer_until = time.monotonic() + ANSWER_SECONDS
        if self._driver is not None:
            self._driver.write(question)

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

    def _handle_exception(self, error: Exception) -> None:
        if self._exit:
            # while leaving, a screen that was still being built may miss its parts: no crash
            self.crashed("".join(traceback.format_exception(error)), leaving=True)
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self.crashed("".join(traceback.format_exception(self._exception)), leaving=False)
        self._close_messages_no_wait()


class Palette(CommandPalette):
    """Textual's command palette; page keys do nothing while its list is not on screen."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region.height:
            super()._action_command_list(action)


def own_bindings(node: DOMNode) -> Iterator[Binding]:
    """The bindings of a node and its base classes, not its ancestors'."""
    for _, binding in node._bindings:
        yield binding


class ColourAnswer(Message):
    """The terminal has said which colours it keeps; sent once, to the app."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class EscapingParser(XTermParser):
    """Takes Escape for a key of its own, also when the next key arrives with it.

    The workbench has no Alt combinations. `[` and `O` behind an Escape stay the beginning of a
    sequence, as every terminal has it. A paste is one message whatever is in it: Textual makes
    keys of what follows an Escape.
    """

    _ALONE = re.compile("\x1b(?=[^\x1b\\[O])")
    _BEGIN, _END = "\x1b[200~", "\x1b[201~"
    _ANSWER = re.compile("\x1bP[01]\\$r([0-9;:]*)m\x1b\\\\")
    _BEGUN = re.compile("\x1b(P([01](\\$(r[0-9;:]*(m\x1b?)?)?)?)?)?$")
    # until then what may be the beginning of an answer waits for its end
    answer_until = 0.0
    _held, _held_until = "", 0.0
    _pasting = False
    # of a paste all that has been read, else the end of it
    _read = ""

    def feed(self, data: str) -> Iterable[Message]:
        """The tokens of what has been read; nothing means the end."""
        if not data:
            yield from super().feed(data)
        while data:
            known = len(self._read)
            self._read += data
            mark = self._END if self._pasting else self._BEGIN
            before, found, data = self._read.partition(mark)
            if self._pasting and found:
                yield events.Paste(before.replace("\0", ""))
            if not self._pasting:
                yield from self._typed((before + found)[known:])
            elif found:
                yield from self._typed(found)
            if found:
                self._pasting, self._read = not self._pasting, ""
            elif not self._pasting:
                self._read = before[1 - len(mark) :]

    def tick(self) -> Iterable[Message]:
        """What has waited for the rest of an answer that does not come was typed."""
        if self._held and time.monotonic() > self._held_until:
            text, self._held = self._held, ""
            yield from self._keys(text)
        yield from super().tick()

    def _typed(self, text: str) -> Iterable[Message]:
        text, self._held = self._held + text, ""
        if time.monotonic() < EscapingParser.answer_until and (cut := self._BEGUN.search(text)):
            text, self._held = text[: cut.start()], cut[0]
            self._held_until = time.monotonic() + HOLD_SECONDS
        for place, part in enumerate(self._ANSWER.split(text)):
            yield from (ColourAnswer(part),) if place % 2 else self._keys(part)

    def _keys(self, text: str) -> Iterable[Message]:
        for place, part in enumerate(self._ALONE.split(text)):
            if place:
                yield events.Key("escape", "\x1b")
            for token in super().feed(part) if part else ():
                # its own idea of a paste is an empty one
                if not isinstance(token, events.Paste):
                    yield token

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if alt:
            yield events.Key("escape", "\x1b")
        elif len(sequence) == 2 and sequence[0] == "\x1b" and sequence[1] not in "[O":
            yield events.Key("escape", "\x1b")
            sequence = sequence[1]
        yield from super()._sequence_to_key_events(sequence)


linux_driver.XTermParser = EscapingParser  # type: ignore[attr-defined]


class HookedDriver(LinuxDriver):
    """Textual's own driver with its app in the open, and the gate before the terminal.

    It asks the terminal itself for its size: Textual believes COLUMNS and LINES first, and
    where a shell exports them the window would keep the size that it had when that started.
    """

    @property
    def app(self) -> App[Any]:
        """The app that it works for."""
        return self._app

    def write(self, data: str) -> None:
        """Send what the workbench has made; anything else (a bell, a title) is dropped."""
        if passes(data):
            super().write(data)

    @classmethod
    def _patch_lflag(cls, attrs: int) -> int:
        return super()._patch_lflag(attrs) | termios.ISIG

    def start_application_mode(self) -> None:
        r"""Of the keys that are signals leave Ctrl+\ alone, which ends what hangs."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        modes = termios.tcgetattr(self.fileno)
        none = bytes([os.fpathconf(self.fileno, "PC_VDISABLE") & 0xFF])
        modes[6][termios.VINTR] = modes[6][termios.VSUSP] = none
        termios.tcsetattr(self.fileno, termios.TCSANOW, modes)

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            found = os.get_terminal_size(self.fileno)
        except OSError:
            return super()._get_terminal_size()
        return found.columns or 80, found.lines or 24
