"""What is said of a run in scrolled text: its summary, and the parts of a reproduction."""

import time

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block
from penguin_tui.presentation.reproduction import reproduction_blocks
from penguin_tui.presentation.run_summary import summary_blocks
from penguin_tui.tables.text_lines import of_blocks


class TextPane(VerticalScroll, can_focus=True):
    """Blocks of text; a subclass says which. They are written where something has changed."""

    DEFAULT_CSS = """
    TextPane {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Static { height: auto; width: 100%; }
    }
    """

    def __init__(self) -> None:
        super().__init__(Static("", markup=False))
        self._shown: Content | None = None

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        text = of_blocks(self.blocks(record, state))
        if text != self._shown:
            self._shown = text
            self.query_one(Static).update(text)

    def blocks(self, record: RunRecord, state: RunState) -> list[Block]:
        """What is shown of this moment."""
        raise NotImplementedError


class Summary(TextPane):
    """Figures with their uncertainty, how the run ended, what it used."""

    BINDING_GROUP_TITLE = "Summary"

    def blocks(self, record: RunRecord, state: RunState) -> list[Block]:
        """The whole summary, as of now."""
        clock = getattr(self.app, "clock", time.time)
        return summary_blocks(record, state, clock())


class PartsPane(TextPane):
    """The reproduction of the post as far as it is done: each part with its verdict below."""

    BINDING_GROUP_TITLE = "Parts"

    def blocks(self, record: RunRecord, state: RunState) -> list[Block]:
        """The conclusion, then the parts."""
        return reproduction_blocks(state)
