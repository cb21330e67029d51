"""What is shown in a terminal too small to work in."""

from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from penguin_tui.bars.keys import key_of

SMALLEST = Size(60, 18)


def too_small(size: Size) -> bool:
    """Whether a terminal of this size is too small to work in."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height


def cover_if_small(app: App[Any]) -> None:
    """Cover the screen with a request while there is too little room; it goes by itself."""
    if too_small(app.size) and not isinstance(app.screen, TooSmallScreen):
        app.push_screen(TooSmallScreen())


class TooSmallScreen(ModalScreen[None]):
    """Asks for more room, and goes away when there is."""

    DEFAULT_CSS = """
    TooSmallScreen {
        align: center middle;
        background: $background;
        Static { width: auto; max-width: 100%; text-align: center; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "Quit", id="too-small.quit")]

    def __init__(self) -> None:
        super().__init__()
        self._going = False

    def compose(self) -> ComposeResult:
        """The request."""
        least = f"{SMALLEST.width} columns by {SMALLEST.height} rows"
        key = key_of(self, "too-small.quit")
        yield Static(f"Please make this window larger:\n{least}, or more.\n\n{key} quits.")

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
