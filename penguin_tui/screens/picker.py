"""A list to choose from, over the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from penguin_tui.forms.line_input import LineInput
from penguin_tui.presentation.text import clipped


@dataclass(frozen=True, slots=True)
class Offer:
    """One line: what is returned when it is chosen, its name, and a word about it."""

    id: str
    name: str
    about: str


class ChoosingScreen(ModalScreen[str | None]):
    """Returns the id of what was chosen, or None; what is typed narrows the list."""

    DEFAULT_CSS = """
    ChoosingScreen {
        align: center middle;
        Vertical {
            width: 92; max-width: 96%; height: auto; max-height: 90%; background: $surface;
            border: round $accent; border-title-color: $accent; padding: 0 1;
        }
        Input { margin: 0; background: $surface; }
        OptionList {
            height: auto; max-height: 100%; border: none; background: $surface; padding: 0;
            scrollbar-size-vertical: 1;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="choosing.close"),
        Binding("down", "list('cursor_down')", "Next line", show=False, id="choosing.down"),
        Binding("up", "list('cursor_up')", "Previous line", show=False, id="choosing.up"),
        Binding("pagedown", "list('page_down')", "Page down", show=False),
        Binding("pageup", "list('page_up')", "Page up", show=False),
    ]

    def __init__(self, title: str, offers: Sequence[Offer], current: str = "") -> None:
        super().__init__()
        self._title, self._offers, self._current = title, tuple(offers), current

    def compose(self) -> ComposeResult:
        """The words to look for, and one line for each offer."""
        with Vertical() as box:
            box.border_title = self._title
            yield LineInput(placeholder="type to filter", compact=True)
            lines = OptionList(*map(self._option, self._offers))
            lines.can_focus = False
            yield lines

    def on_mount(self) -> None:
        """Begin at what is chosen now."""
        ids = [offer.id for offer in self._offers]
        self._lines.highlighted = ids.index(self._current) if self._current in ids else 0

    @property
    def _lines(self) -> OptionList:
        return self.query_one(OptionList)

    def _option(self, offer: Offer) -> Option:
        wide = max(len(offer.name) for offer in self._offers)
        room = min(92, int(self.app.size.width * 0.96)) - wide - 7
        about = (clipped(offer.about, room), "$foreground 70%")
        return Option(Content.assemble(f"{offer.name:<{wide}}  ", about), id=offer.id)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only the lines that hold every word."""
        words = event.value.casefold().split()
        found = [
            offer for offer in self._offers
            if all(word in f"{offer.name} {offer.about}".casefold() for word in words)
        ]  # fmt: skip
        self._lines.set_options(map(self._option, found))
        self._lines.highlighted = 0 if found else None

    def on_input_submitted(self) -> None:
        """Enter takes the line that is marked."""
        place = self._lines.highlighted
        if place is not None:
            self.dismiss(self._lines.get_option_at_index(place).id)

    def action_list(self, name: str) -> None:
        """Through the lines, while the words keep the keys."""
        getattr(self._lines, f"action_{name}")()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes the line."""
        event.stop()
        self.dismiss(event.option_id)
