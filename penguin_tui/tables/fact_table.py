"""A table of plain text, for layers, coefficients and rows of the data."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.selection import Selection
from textual.strip import Strip
from textual.widgets import DataTable

from penguin_tui.presentation.text import clipped, csv_row
from penguin_tui.tables.selectable import selectable
from penguin_tui.terminal.gate import visible

MAX_CELL = 40
Rows = Sequence[Sequence[str]]


class FactTable(DataTable[Text]):
    """Cells are shown as they are, never as markup."""

    BINDING_GROUP_TITLE = "Table"
    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    FactTable { height: 1fr; width: 1fr; background: $background; scrollbar-size-vertical: 1; }
    """

    def __init__(self, *, fixed: int = 0) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, fixed_columns=fixed)
        self._rows: tuple[Sequence[str], Rows] | None = None

    def fill(self, header: Sequence[str], rows: Rows, left: int = 1) -> None:
        """Show these rows, the first `left` columns flush left; those shown already stay."""
        if (header, rows) == self._rows:
            return
        self._rows = (header, rows)
        self.clear(columns=True)
        for place, title in enumerate(header):
            self.add_column(_cell(title, place < left))
        for row in rows:
            self.add_row(*(_cell(cell, place < left) for place, cell in enumerate(row)))

    def copied(self) -> str:
        """The row under the cursor as CSV."""
        rows = self._rows[1] if self._rows else ()
        return csv_row(rows[self.cursor_row]) if self.cursor_row < len(rows) else ""

    def render_line(self, y: int) -> Strip:
        """The row, where the mouse can select it."""
        left, top = self.scroll_offset
        return selectable(self, super().render_line(y), y + top if y else 0, left)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The rows that the selection touches, as CSV: their cells are wider than they look."""
        if self._rows is None:
            return None
        header, rows = self._rows
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else len(rows)
        lines = (header, *rows)[first : last + 1]
        return "\n".join(map(csv_row, lines)), "\n"


def _cell(text: str, left: bool) -> Text:
    return Text(visible(clipped(text, MAX_CELL)), justify="left" if left else "right", no_wrap=True)
