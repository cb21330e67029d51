"""A table of plain text, for layers, coefficients and rows of the data."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.widgets import DataTable

from penguin_tui.presentation.text import sanitize

MAX_CELL = 40
Rows = Sequence[Sequence[str]]


class FactTable(DataTable[Text]):
    """Cells are shown as they are, never as markup; the first `left` columns to the left."""

    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    FactTable { height: 1fr; width: 1fr; background: $background; scrollbar-size-vertical: 1; }
    """

    def __init__(self, *, left: int = 1, fixed: int = 0) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, fixed_columns=fixed)
        self._left = left
        self._rows: tuple[Sequence[str], Rows] | None = None

    def fill(self, header: Sequence[str], rows: Rows) -> None:
        """Show these rows, unless they are those already shown."""
        if (header, rows) == self._rows:
            return
        self._rows = (header, rows)
        self.clear(columns=True)
        for place, title in enumerate(header):
            self.add_column(self._cell(title, place))
        for row in rows:
            self.add_row(*(self._cell(cell, place) for place, cell in enumerate(row)))

    def _cell(self, text: str, column: int) -> Text:
        shown = sanitize(text, MAX_CELL)
        if column < self._left:
            return Text(shown, justify="left", no_wrap=True)
        return Text(shown, justify="right", no_wrap=True)
