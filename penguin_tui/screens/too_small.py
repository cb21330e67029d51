"""What is shown in a terminal too small to work in."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

SMALLEST = Size(60, 18)


def too_small(size: Size) -> bool:
    """Whether a terminal of this size is too small to work in."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height


class TooSmallScreen(ModalScreen[None]):
    """Asks for more room, and goes away when there is."""

    DEFAULT_CSS = """
    TooSmallScreen {
        align: center middle;
        background: $background;
        Static { width: auto; max-width: 100%; text-align: center; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "Quit")]

    def __init__(self) -> None:
        super().__init__()
        self._going = False

    def compose(self) -> ComposeResult:
        """The request."""
        least = f"{SMALLEST.width} columns by {SMALLEST.height} rows"
        yield Static(f"Please make this window larger:\n{least}, or more.\n\nq quits.")

    def on_resize(self) -> None:
        """Go when there is room."""
        self._go_if_large()

    def on_screen_resume(self) -> None:
        """Go when room was made while another place was on screen."""
        self._go_if_large()

    def _go_if_large(self) -> None:
        if self.is_current and not self._going and not too_small(self.app.size):
            # a resize and a return may come in the same moment
            self._going = True
            self.dismiss()
