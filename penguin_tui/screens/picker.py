"""A list to choose from, over the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from penguin_tui.presentation.text import clipped


@dataclass(frozen=True, slots=True)
class Offer:
    """One line: what is returned when it is chosen, its name, and a word about it."""

    id: str
    name: str
    about: str


class ChoosingScreen(ModalScreen[str | None]):
    """Returns the id of what was chosen, or None; the first nine have a number."""

    DEFAULT_CSS = """
    ChoosingScreen {
        align: center middle;
        OptionList {
            width: 92; max-width: 96%; height: auto; max-height: 90%;
            border: round $accent; border-title-color: $accent; background: $surface;
            padding: 0 1; scrollbar-size-vertical: 1;
            &:focus { border: round $accent; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,p,q", "dismiss(None)", "Close", id="choosing.close"),
        # bindings and no on_key: the number may be typed before the list is there to get it
        *(Binding(str(n), f"take({n})", f"Line {n}", show=False) for n in range(1, 10)),
    ]

    def __init__(self, title: str, offers: Sequence[Offer], current: str = "") -> None:
        super().__init__()
        self._title, self._offers, self._current = title, tuple(offers), current

    def compose(self) -> ComposeResult:
        """One line for each."""
        wide = max((len(offer.name) for offer in self._offers), default=0)
        room = min(92, int(self.app.size.width * 0.96)) - wide - 11
        box = OptionList(
            *(
                Option(
                    Content.assemble(
                        (f"{number} " if number < 10 else "  ", "bold $accent"),
                        f" {offer.name:<{wide}} ",
                        (clipped(offer.about, room), "$foreground 70%"),
                    ),
                    id=offer.id,
                )
                for number, offer in enumerate(self._offers, start=1)
            )
        )
        box.border_title = self._title
        yield box

    def on_mount(self) -> None:
        """Begin at what is chosen now."""
        ids = [offer.id for offer in self._offers]
        if self._current in ids:
            self.query_one(OptionList).highlighted = ids.index(self._current)

    def action_take(self, number: int) -> None:
        """A number takes that line."""
        if number <= len(self._offers):
            self.dismiss(self._offers[number - 1].id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click takes the line."""
        event.stop()
        self.dismiss(event.option_id)
