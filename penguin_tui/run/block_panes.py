"""What is said of a run in blocks: scrolled text, or a line about a table and the table."""

import math
import time
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
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
    """The blocks of a tab as text, written where something has changed; two columns of many."""

    # of the pane: from here on the blocks stand in two columns
    TWO_COLUMNS: ClassVar[float] = math.inf
    DEFAULT_CSS = """
    TextPane {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Horizontal { height: auto; }
        Static { height: auto; width: 1fr; }
        #second { display: none; padding-left: 3; }
        &.-two #first { width: auto; max-width: 60%; }
        &.-two #second { display: block; }
    }
    """

    def __init__(self, tab: Tab) -> None:
        columns = (Static("", markup=False, id=name) for name in ("first", "second"))
        super().__init__(Horizontal(*columns))
        self._tab = tab
        self._empty = Content(tab.empty) if isinstance(tab, BlockTab) else Content("")
        self._state: tuple[RunRecord, RunState] | None = None
        self._shown: list[Content] = []
        self.BINDING_GROUP_TITLE = tab.title

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this moment of the run."""
        self._state = record, state
        width = self.scrollable_content_region.width
        if width < 1:
            return
        blocks = [block for block in self.blocks(record, state) if block.laid_out()]
        two = width >= self.TWO_COLUMNS and len(blocks) > 1
        room = 6 * width // 10 if two else width
        place = _halves(blocks, room) if two else len(blocks)
        texts = [of_blocks(own, room) for own in (blocks[:place], blocks[place:])]
        self.set_class(two, "-two")
        if texts != self._shown:
            self._shown = texts
            self.query_one("#first", Static).update(texts[0] or self._empty)
            self.query_one("#second", Static).update(texts[1])

    def on_resize(self) -> None:
        """Other columns fit."""
        if self._state is not None:
            self.show(*self._state)

    def blocks(self, record: RunRecord, state: RunState) -> Iterable[Block]:
        """What is shown of this moment."""
        return self._tab.blocks(record, state, False)


def _halves(blocks: Sequence[Block], room: int) -> int:
    """The block with which the second of two columns begins, so that both are of like height."""
    heights = [len(block.laid_out(room)) + 1 for block in blocks]
    return min(range(1, len(blocks)), key=lambda n: abs(sum(heights[:n]) - sum(heights[n:])))


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
