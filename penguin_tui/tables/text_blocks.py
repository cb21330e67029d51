"""Scrolled text made of blocks, in two columns where there are many and the room is wide."""

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from penguin_tui.presentation.blocks import Block
from penguin_tui.tables.text_lines import of_blocks


class TextBlocks(VerticalScroll, can_focus=True):
    """Blocks as text, written where something has changed; `empty` while there are none."""

    # of the pane: from here on the blocks stand in two columns
    TWO_COLUMNS: ClassVar[float] = math.inf
    DEFAULT_CSS = """
    TextBlocks {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Horizontal { height: auto; }
        Static { height: auto; width: 1fr; }
        #second { display: none; padding-left: 3; }
        &.-two #first { width: auto; max-width: 60%; }
        &.-two #second { display: block; }
    }
    """

    def __init__(self, title: str, empty: str = "") -> None:
        columns = (Static("", markup=False, id=name) for name in ("first", "second"))
        super().__init__(Horizontal(*columns))
        self.BINDING_GROUP_TITLE = title
        self._empty = Content(empty)
        self._shown: list[Content] = []

    def fill(self, blocks: Iterable[Block]) -> None:
        """Show these blocks; nothing while there is no room yet."""
        width = self.scrollable_content_region.width
        if width < 1:
            return
        found = [block for block in blocks if block.laid_out()]
        two = width >= self.TWO_COLUMNS and len(found) > 1
        room = 6 * width // 10 if two else width
        place = _halves(found, room) if two else len(found)
        texts = [of_blocks(own, room) for own in (found[:place], found[place:])]
        self.set_class(two, "-two")
        if texts != self._shown:
            self._shown = texts
            self.query_one("#first", Static).update(texts[0] or self._empty)
            self.query_one("#second", Static).update(texts[1])


def _halves(blocks: Sequence[Block], room: int) -> int:
    """The block with which the second of two columns begins, so that both are of like height."""
    heights = [len(block.laid_out(room)) + 1 for block in blocks]
    return min(range(1, len(blocks)), key=lambda n: abs(sum(heights[:n]) - sum(heights[n:])))
