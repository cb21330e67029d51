"""Small questions: a line of text, or yes and no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from penguin_tui.presentation.text import sanitize

_CSS = """
    align: center middle;
    Vertical {
        width: 64; max-width: 94%; height: auto; padding: 1 2;
        background: $surface; border: round $accent; border-title-color: $accent;
    }
    Static { width: 100%; height: auto; }
    Input { margin: 1 0 0 0; }
    .keys { color: $foreground 60%; margin: 1 0 0 0; }
"""


class TextDialog(ModalScreen[str | None]):
    """Asks for one line; the result is the text, or None when it was left."""

    DEFAULT_CSS = f"TextDialog {{ {_CSS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, value: str = "", placeholder: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Title, field, keys."""
        with Vertical() as box:
            box.border_title = self._title
            # a field obeys direction marks; what was stored may hold some
            value = sanitize(self._value, len(self._value))
            yield Input(value, placeholder=self._placeholder, max_length=500)
            yield Static("enter saves · esc cancels", classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value.strip())


class ConfirmDialog(ModalScreen[bool]):
    """Asks yes or no; leaving it is no."""

    DEFAULT_CSS = f"ConfirmDialog {{ {_CSS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "dismiss(True)", "Yes"),
        Binding("n,escape", "dismiss(False)", "No"),
    ]

    def __init__(self, title: str, question: str, yes: str) -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Title, question, keys."""
        with Vertical() as box:
            box.border_title = self._title
            yield Static(self._question, markup=False)
            yield Static(f"y {self._yes} · n leaves it", classes="keys", markup=False)
