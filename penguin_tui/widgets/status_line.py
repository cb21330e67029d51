"""One row above the keys: what the engine does, and which data all screens use."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from penguin_tui.text import harmless


class StatusLine(Widget):
    """Engine at the left, data set at the right."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        background: $surface;
        color: $foreground 70%;
    }
    """

    engine: reactive[str] = reactive("engine: starting")
    data: reactive[str] = reactive("")

    def render(self) -> Content:
        """Engine at the left, data at the right; the data gives way on a narrow screen."""
        left = Content(f" {self.engine}")
        room = self.size.width - left.cell_length - 3
        right = Content(f"{self.data} ").truncate(max(0, room), ellipsis=True)
        gap = self.size.width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(1, gap), right)


def data_label(choice: dict[str, object]) -> str:
    """The chosen data in a few words."""
    name = str(choice.get("data") or "penguins").rsplit("/", 1)[-1]
    target = choice.get("target") or ("species" if name == "penguins" else "?")
    protocol = " · as published" if choice.get("protocol") == "as_published" else ""
    return harmless(f"data: {name} · target: {target}{protocol}")
