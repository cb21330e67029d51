"""An app that sends the terminal only what looks different from what it shows."""

from typing import Any, ClassVar

from rich.console import RenderableType
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from penguin_tui.terminal.diff_renderer import Frame


class SparingApp(App[None]):
    """The base of the workbench: knows what is on the terminal, and when it no longer does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+l", "redraw", "Redraw", id="redraw", show=False, key_display="^l",
            tooltip="Draw everything again, when something else has written on the terminal.",
        ),
    ]  # fmt: skip

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.frame = Frame()

    def on_mount(self) -> None:
        """After a return from the shell the terminal is blank."""
        self.app_resume_signal.subscribe(self, lambda _: self.frame.forget())

    def on_resize(self) -> None:
        """A terminal that changes its size rearranges or loses what it shows."""
        self.frame.forget()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, self.frame.update(renderable))

    def action_redraw(self) -> None:
        """Send everything again."""
        self.frame.forget()
        self.screen.refresh()
