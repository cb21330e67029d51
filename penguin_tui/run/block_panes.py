"""What is said of a run in blocks: scrolled text, or a line about a table and the table."""

import time
from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block
from penguin_tui.presentation.kinds import SUMMARY, BlockTab, Tab
from penguin_tui.presentation.run_summary import summary_blocks
from penguin_tui.tables.fact_table import FactTable
from penguin_tui.tables.text_blocks import TextBlocks
from penguin_tui.tables.text_lines import content


class TextPane(TextBlocks):
    """The blocks of a tab as text, written where something has changed; two columns of many."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab.title, tab.empty if isinstance(tab, BlockTab) else "")
        self._tab = tab
        self._state: tuple[RunRecord, RunState] | None = None

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        self._state = record, state
        self.on_resize()

    def on_resize(self) -> None:
        """Other columns fit."""
        if self._state is not None:
            self.fill(self.blocks(*self._state))

    def blocks(self, record: RunRecord, state: RunState) -> Iterable[Block]:
        """What is shown of this moment."""
        return self._tab.blocks(record, state, False)


class Summary(TextPane):
    """Figures with their uncertainty, how the run ended, what it used."""

    TWO_COLUMNS = 130

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
