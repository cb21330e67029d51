"""An app that sends the terminal only what looks different from what it shows."""

import os
from typing import Any, ClassVar

from rich.console import RenderableType
from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from penguin_tui.terminal.colours import erases
from penguin_tui.terminal.diff_renderer import Frame
from penguin_tui.terminal.graphics import Graphics
from penguin_tui.terminal.rich_private import measure_as_shown
from penguin_tui.terminal.textual_private.driver import GraphicsAnswer
from penguin_tui.terminal.typed_order import OrderedApp

# the app tells itself its size before the first frame, the driver once more, and a terminal that
# tells it in its input when it is asked to
FIRST_SIZES = 3


class Uncovered(Message, bubble=False):
    """Cells under a picture have been written; sent to the screen that is shown."""


class DiffApp(OrderedApp):
    """The base of the workbench: knows what is on the terminal, and when it no longer does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+l", "redraw", "Redraw", id="redraw", show=False, key_display="^l",
            tooltip="Draw everything again, when something else has written on the terminal.",
        ),
    ]  # fmt: skip

    def __init__(self, **settings: Any) -> None:
        measure_as_shown()
        super().__init__(**settings)
        self.frame = Frame(erases=erases(os.environ))
        self._first_sizes = FIRST_SIZES
        self._told_size = Size()
        self.graphics = Graphics()

    def on_mount(self) -> None:
        """After a return from the shell the terminal is blank."""
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())

    @on(events.Resize)
    def _resized(self, event: events.Resize) -> None:
        """A terminal that changes its size rearranges or loses what it shows.

        The same size once more is no change at the start, where it is told several times. Later
        there may have been another one in between: of several only the last comes.
        """
        # the frame may have the new size already, on a terminal that has rearranged the old one
        if self._first_sizes <= 0 or event.size != self._told_size:
            self.frame.forget()
        self._first_sizes -= 1
        self._told_size = event.size

    def ask_terminal(self, question: str) -> None:
        """Write a question; one about colours leaves the pen as it finds it best."""
        self.frame.look = None
        super().ask_terminal(question)

    def outgoing(self, renderable: RenderableType | None) -> RenderableType | None:
        """Of a frame, what looks different from what the terminal shows."""
        return self.frame.update(renderable)

    def on_graphics_answer(self, message: GraphicsAnswer) -> None:
        """The terminal has said whether and how it draws pictures."""
        self.graphics = self.graphics.after(message.text)

    def displayed(self) -> None:
        """Tell the screen where a frame has cut a hole into its picture."""
        if self.frame.uncovered:
            self.frame.uncovered = False
            self.screen.post_message(Uncovered())

    def action_redraw(self) -> None:
        """Send everything again."""
        self.frame.forget()
        self.screen.refresh()
