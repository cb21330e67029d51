"""The summary of a run: figures with their uncertainty, how it ended, what it used."""

import time

from textual.containers import VerticalScroll
from textual.widgets import Static

from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.presentation.run_summary import summary_blocks
from penguin_tui.tables.text_lines import of_blocks


class Summary(VerticalScroll, can_focus=True):
    """Scrolled text."""

    BINDING_GROUP_TITLE = "Summary"
    DEFAULT_CSS = """
    Summary {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Static { height: auto; width: 100%; }
    }
    """

    def __init__(self) -> None:
        super().__init__(Static("", markup=False))

    def show(self, record: RunRecord, state: RunState) -> None:
        """Write the summary of this moment."""
        clock = getattr(self.app, "clock", time.time)
        self.query_one(Static).update(of_blocks(summary_blocks(record, state, clock())))
