"""The tabs of the Data screen, for terminals that cannot show everything at once."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab with its key."""

    key: str
    name: str
    title: str


TABS = (
    Tab("f", "features", "Features"),
    Tab("h", "histogram", "Histogram"),
    Tab("s", "scatter", "Scatter"),
    Tab("c", "correlations", "Correlations"),
    Tab("r", "rows", "First rows"),
)


class DataTabs(Widget):
    """One row: keys and titles, the one that is shown marked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"data-tabs--key", "data-tabs--current"}
    DEFAULT_CSS = """
    DataTabs {
        height: 1;
        color: $foreground 75%;
        .data-tabs--key { color: $accent; text-style: bold; }
        .data-tabs--current { color: $foreground; text-style: bold underline; }
    }
    """

    current: reactive[str] = reactive("features")

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def render(self) -> Content:
        """The tabs."""
        key = self.get_visual_style("data-tabs--key")
        current = self.get_visual_style("data-tabs--current")
        parts = [
            Content.assemble(
                (tab.key, key), " ", (tab.title, current if tab.name == self.current else "")
            )
            for tab in TABS
        ]
        return Content("   ").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        end = 0
        for tab in TABS:
            end += len(tab.key) + 1 + len(tab.title) + 3
            if event.x < end:
                self.post_message(self.Chosen(tab.name))
                return
