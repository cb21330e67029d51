"""The rows of a search space as they are drawn: heading, rows, what is wrong with them."""

from collections.abc import Mapping
from typing import Any

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from penguin_tui.bars.keys import key_of
from penguin_tui.forms.search_space.cells import (
    SpaceCell,
    cells_of,
    heading_segments,
    lines_of,
    problem_text,
    row_segments,
)
from penguin_tui.forms.search_space.row import Row
from penguin_tui.forms.text_editor import EditorView


class SearchSpaceView(EditorView):
    """Draws `rows` and their `problems`; `_row` and `_cell` have the keys.

    Cell -1 is the row as a whole.
    """

    def __init__(self, kind: str, *, single: bool = False) -> None:
        super().__init__()
        self.kind, self.single = kind, single
        self.rows: tuple[Row, ...] = ()
        self.problems: dict[int, str] = {}
        self._others: Mapping[str, Any] = {}
        self._row, self._cell = 0, -1

    def _layout_anew(self) -> None:
        size = Size(max(1, self.size.width), self._height)
        if size != self.virtual_size:
            self.virtual_size = size
            self.refresh(layout=True)
        self.refresh()

    @property
    def _height(self) -> int:
        return 1 + len(self._lines) if self.rows else 2

    @property
    def _lines(self) -> list[tuple[int, str]]:
        return lines_of(len(self.rows), self.problems)

    def nothing_yet(self) -> str:
        """What is said while there is no row."""
        return f"No hyperparameters yet: {key_of(self, 'vary.add')} adds one."

    def on_resize(self) -> None:
        """Deal the width again."""
        self._layout_anew()

    def _cells(self, row: Row) -> list[SpaceCell]:
        return cells_of(row, self.size.width)

    def content_line(self, number: int) -> Strip:
        """The heading, a row, or what is wrong with a row."""
        line = number - 1
        width = self.size.width
        if line < 0:
            segments = heading_segments(self.single, self.style)
        elif not self.rows:
            text = f"   {self.nothing_yet()}" if line == 0 else ""
            segments = [Segment(text, self.style("muted"))]
        elif line >= len(self._lines):
            return Strip.blank(width, self.base_style)
        else:
            segments = self._line_segments(*self._lines[line], width)
        return Strip(segments).adjust_cell_length(width, self.base_style)

    def _line_segments(self, place: int, problem: str, width: int) -> list[Segment]:
        cells = self._cells(self.rows[place])
        if not problem:
            here = self.has_focus and place == self._row
            line = self.line if self.typing else None
            return list(row_segments(cells, self._cell if here else -1, line, self.style))
        return [Segment(problem_text(problem, cells, width), self.style("problem"))]
