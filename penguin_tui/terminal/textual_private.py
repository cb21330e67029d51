"""Every private attribute of Textual that the program touches, and why.

Tried with Textual 8.2. tests/penguin_tui/terminal/test_private_api.py names each of them, so
that another version fails there and not on a screen; no other module may touch one.

- `App._display` is where a frame goes to the terminal: the renderer of differences stands there.
- `App._driver.write` asks the terminal whether it has taken a frame. Every byte for the terminal
  goes through `write` of the driver: the gate stands there.
- `App._handle_exception`, `_fatal_error`, `_exception`, `_exit`, `_close_messages_no_wait`: a
  crash ends with a sentence and a log, not with a screenful of traceback.
- `LinuxDriver._get_terminal_size` believes COLUMNS and LINES; `_app` is its app.
- `CommandPalette._action_command_list` fails on page keys before its list is laid out.
- `DOMNode._bindings` has all bindings of a node, also those that do nothing at the moment.
- `textual._compositor` has the types of the updates that `_display` is given.
"""

import os
import traceback
from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding
from textual.command import CommandList, CommandPalette
from textual.dom import DOMNode
from textual.drivers.linux_driver import LinuxDriver
from textual.notifications import SeverityLevel
from textual.screen import Screen

from penguin_tui.terminal.gate import passes, visible_lines

__all__ = ["ChopsUpdate", "CompositorUpdate", "HookedApp", "LayoutUpdate", "Palette"]


class HookedApp(App[None]):
    """An app whose frames and crashes go through methods of its own."""

    def outgoing(self, renderable: RenderableType | None) -> RenderableType | None:
        """What to send to the terminal instead of this frame."""
        return renderable

    def crashed(self, trace: str, *, leaving: bool) -> None:
        """Take the traceback of an error that nobody caught; `leaving`: the app ended before it."""

    def ask_terminal(self, question: str) -> None:
        """Write a question to the terminal behind what has been written so far."""
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
        """Copy what was selected as it was shown: what is pasted is obeyed by a shell."""
        super().copy_to_clipboard(visible_lines(text))

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


def own_bindings(node: DOMNode, key: str = "") -> Iterator[Binding]:
    """The bindings of a node and its base classes, all or those of a key; not its ancestors'."""
    for _, binding in node._bindings:
        if not key or binding.key == key:
            yield binding


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

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            found = os.get_terminal_size(self.fileno)
        except OSError:
            return super()._get_terminal_size()
        return found.columns or 80, found.lines or 24
