"""What is said of a run in blocks: scrolled text, or a line about a table and the table."""

import time
from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block
from penguin_tui.presentation.kinds import SUMMARY, BlockTab, Tab
from penguin_tui.presentation.run_summary import summary_blocks
from penguin_tui.tables.fact_table import FactTable
from penguin_tui.tables.text_lines import content, of_blocks


class TextPane(VerticalScroll, can_focus=True):
    """The blocks of a tab as text, written where something has changed."""

    DEFAULT_CSS = """
    TextPane {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Static { height: auto; width: 100%; }
    }
    """

    def __init__(self, tab: Tab) -> None:
        super().__init__(Static("", markup=False))
        self._tab = tab
        self._empty = Content(tab.empty) if isinstance(tab, BlockTab) else Content("")
        self._shown: Content | None = None
        self.BINDING_GROUP_TITLE = tab.title

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        text = of_blocks(self.blocks(record, state)) or self._empty
        if text != self._shown:
            self._shown = text
            self.query_one(Static).update(text)

    def blocks(self, record: RunRecord, state: RunState) -> Iterable[Block]:
        """What is shown of this moment."""
        return self._tab.blocks(record, state, False)


class Summary(TextPane):
    """Figures with their uncertainty, how the run ended, what it used."""

    def __init__(self) -> None:
        super().__init__(SUMMARY)

    def blocks(self, record: RunRecord, state: RunState) -> Iterable[Block]:
        """The whole summary, as of now."""
        clock = getattr(self.app, "clock", time.time)
        return summary_blocks(record, state, clock())


class TablePane(Vertical):
    """The first block of a tab: its lines, and its table, whose first column does not scroll."""

    DEFAULT_CSS = """
    TablePane {
        height: 1fr;
        Static { height: auto; padding: 0 1; color: $foreground 75%; }
    }
    """

    def __init__(self, tab: BlockTab) -> None:
        super().__init__()
        self._tab = tab

    def compose(self) -> ComposeResult:
        """The line and the table."""
        yield Static(self._tab.empty, markup=False)
        yield FactTable(fixed=1)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show what there is."""
        block = next(iter(self._tab.blocks(record, state, False)), Block())
        self.query_one(Static).update(content(block.lines) if block.lines else self._tab.empty)
        table = self.query_one(FactTable)
        table.display = bool(block.rows)
        table.fill(block.header, block.rows, left=block.left)
