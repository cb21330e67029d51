"""A place that is in the navigation before its work can be done."""

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Static

from penguin_tui.screens.base import WorkScreen


class ComingScreen(WorkScreen):
    """Says what will be here, and what can be done meanwhile."""

    TITLE_TEXT: ClassVar[str] = ""
    LINES: ClassVar[tuple[str, ...]] = ()
    DEFAULT_CSS = """
    ComingScreen {
        #coming { width: 100%; height: 100%; padding: 1 3; max-width: 84; color: $foreground 85%; }
    }
    """

    def compose_body(self) -> Iterable[Widget]:
        """The text."""
        text = "\n\n".join((self.TITLE_TEXT, *self.LINES))
        yield Static(text, id="coming", markup=False)
