"""A field of one line that takes all lines of a paste, or says that it cannot."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Input


class LineInput(Input):
    """Textual's field, which would take the first line of a paste and drop the others.

    Its cursor is steady: a blinking one sends frames to a terminal far away while nothing happens.
    """

    cursor_blink = reactive(False, init=False)

    def on_paste(self, event: events.Paste) -> None:
        """All lines, with a blank between them."""
        event.stop()
        event.prevent_default()
        text = " ".join(line.strip() for line in event.text.splitlines() if line.strip())
        kept = len(self.value) - len(self.selected_text)
        if self.max_length is not None and kept + len(text) > self.max_length:
            told = f"That is too long to paste: at most {self.max_length:,} characters fit."
            self.notify(told, severity="warning")
        else:
            self.replace(text, *self.selection)


class FilterInput(LineInput):
    """A filter over a table, which says how to get out of it: with the filter, or without."""

    BINDING_GROUP_TITLE = "In a filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep", id="filter.keep",
                tooltip="To the rows that the filter has left."),
        Binding("escape", "screen.leave", "Back", id="filter.back",
                tooltip="Out of the filter: all rows again."),
    ]  # fmt: skip
