"""Small questions over the screen: a line of text, yes or no."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from penguin_tui.bars.keys import key_of
from penguin_tui.forms.line_input import LineInput
from penguin_tui.terminal.gate import visible

T = TypeVar("T")


class _Dialog(ModalScreen[T]):
    DEFAULT_CSS = """
    _Dialog {
        align: center middle;
        Vertical {
            width: 64; max-width: 94%; height: auto; padding: 1 2;
            background: $surface; border: round $accent; border-title-color: $accent;
        }
        Static { width: 100%; height: auto; }
        Input { margin: 1 0 0 0; }
        .keys { color: $foreground 60%; margin: 1 0 0 0; }
    }
    """


class ConfirmDialog(_Dialog[bool]):
    """Asks before something long or final; the result is whether it is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss(True)", "Confirm", id="confirm.yes"),
        Binding("escape", "dismiss(False)", "Cancel", id="confirm.no"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """Title, what it means, keys."""
        with Vertical() as box:
            box.border_title = self._title
            yield Static(self._text, markup=False)
            yes, no = key_of(self, "confirm.yes"), key_of(self, "confirm.no")
            yield Static(f"{yes} confirms · {no} cancels", classes="keys")


class TextDialog(_Dialog[str | None]):
    """Asks for one line; the result is the text, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel")
    ]

    def __init__(self, title: str, value: str = "", placeholder: str = "", about: str = "") -> None:
        super().__init__()
        self._title, self._about = title, about
        self._value = value
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Title, field, keys."""
        with Vertical() as box:
            box.border_title = self._title
            if self._about:
                yield Static(self._about, markup=False, classes="about")
            # a field has one line; what was stored may hold more
            yield LineInput(visible(self._value), placeholder=self._placeholder, max_length=500)
            yield from self.below()
            cancel = key_of(self, "dialog.cancel")
            yield Static(f"enter saves · {cancel} cancels", classes="keys")

    def below(self) -> Iterable[Widget]:
        """What stands below the field; nothing here."""
        return ()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value.strip())
