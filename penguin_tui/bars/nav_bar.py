"""The navigation: one row with a number for each screen."""

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from penguin_tui.app.navigation import PLACES


class NavBar(Widget):
    """Shows where one is; a click goes elsewhere."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"nav-bar--key", "nav-bar--current"}
    DEFAULT_CSS = """
    NavBar {
        height: 1;
        background: $panel;
        color: $foreground;
        .nav-bar--key { color: $accent; }
        .nav-bar--current { color: $background; background: $accent; text-style: bold; }
    }
    """

    class Chosen(Message):
        """A place was clicked."""

        def __init__(self, place: str) -> None:
            super().__init__()
            self.place = place

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    def render(self) -> Content:
        """The places in order, the current one marked."""
        key = self.get_visual_style("nav-bar--key")
        current = self.get_visual_style("nav-bar--current")
        parts: list[Content] = []
        for place in PLACES:
            label = f" {place.key} {place.title} "
            if place.name == self._current:
                parts.append(Content.styled(label, current))
            else:
                parts.append(Content(label).stylize(key, 1, 2))
        return Content("").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Go to the place under the mouse."""
        offset = 0
        for place in PLACES:
            offset += len(place.title) + 4
            if event.x < offset:
                self.post_message(self.Chosen(place.name))
                return
