"""The head of a run: how far it is while it runs, what came out when it has ended."""

import time

from textual.content import Content
from textual.widget import Widget

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.kinds import LOG
from penguin_tui.presentation.run_head import Around, head_lines
from penguin_tui.tables.text_lines import content

# of the terminal: with fewer, what is below the head needs them more than its warnings do
MANY_ROWS = 30


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
        """Follow what is said beside the run: what the engine does, which data are chosen."""
        for name in ("engine_status", "data_choice"):
            if hasattr(self.app, name):
                self.watch(self.app, name, self.on_resize, init=False)

    def on_resize(self) -> None:
        """Other lines fit."""
        if self._shown is not None:
            self.show(*self._shown)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        self._shown = record, state
        clock = getattr(self.app, "clock", time.time)
        around = Around(
            width=self.size.width or 78,
            now=clock(),
            next_step=self.next_step,
            engine=getattr(self.app, "engine_status", None),
            few_rows=self.app.size.height < MANY_ROWS,
            log_key=LOG.key,
            choice=getattr(self.app, "data_choice", None),
        )
        new = content(head_lines(record, state, around))
        if new != self._content:
            taller = new.plain.count("\n") != self._content.plain.count("\n")
            self._content = new
            self.refresh(layout=taller)

    def render(self) -> Content:
        """The lines."""
        return self._content
