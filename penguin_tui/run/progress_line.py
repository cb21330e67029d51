"""The head of a run: how far it is while it runs, what came out when it has ended."""

import time

from textual.content import Content
from textual.widget import Widget

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.run_head import head_lines
from penguin_tui.tables.text_lines import content


class ProgressLine(Widget):
    """A few lines: progress and speed, or the figures; and what the person should know."""

    DEFAULT_CSS = """
    ProgressLine { height: auto; min-height: 2; padding: 0 1; background: $surface; }
    """

    def __init__(self, next_step: str = "") -> None:
        super().__init__()
        self.next_step = next_step
        self._content = Content("")
        self._shown: tuple[RunRecord, RunState] | None = None

    def on_mount(self) -> None:
        """Follow the engine's status: it says what a run waits for."""
        if hasattr(self.app, "engine_status"):
            self.watch(self.app, "engine_status", self.on_resize)

    def on_resize(self) -> None:
        """Other lines fit."""
        if self._shown is not None:
            self.show(*self._shown)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        self._shown = record, state
        clock = getattr(self.app, "clock", time.time)
        engine = getattr(self.app, "engine_status", None)
        width = self.size.width or 78
        new = content(head_lines(record, state, width, clock(), self.next_step, engine))
        if new != self._content:
            taller = new.plain.count("\n") != self._content.plain.count("\n")
            self._content = new
            self.refresh(layout=taller)

    def render(self) -> Content:
        """The lines."""
        return self._content
