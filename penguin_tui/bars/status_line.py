"""One row above the keys: what the engine does, and which data all screens use."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from penguin_tui.presentation.engine_text import engine_label
from penguin_tui.terminal.gate import visible

if TYPE_CHECKING:
    from engine.client.process import EngineStatus


class StatusLine(Widget):
    """Engine at the left, data set at the right."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        background: $surface;
        color: $foreground 70%;
    }
    """

    engine: reactive[str] = reactive("engine: starting")
    data: reactive[str] = reactive("")

    def on_mount(self) -> None:
        """Follow the app, which has `engine_status` and `data_choice`."""
        self.watch(self.app, "engine_status", self._engine_changed)
        self.watch(self.app, "data_choice", self._data_changed)

    def _engine_changed(self, status: "EngineStatus | None") -> None:
        if status is not None:
            self.engine = visible(engine_label(status))

    def _data_changed(self, choice: dict[str, object]) -> None:
        self.data = visible(data_label(choice))

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
    return f"data: {name} · target: {target}{protocol}"
