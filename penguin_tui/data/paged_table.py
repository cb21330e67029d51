"""A table of any length and width of which a few pages are there at a time."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from engine.results.rows import RowsPage
from penguin_tui.presentation.columns import Cell
from penguin_tui.presentation.table_rows import cells_of, columns_of, widen
from penguin_tui.presentation.text import csv_row
from penguin_tui.tables.row_table import RowTable

PAGE_ROWS = 100
# columns of a page, and how far the first ones of two pages are apart: what is in view at a time
# is always within one page
PAGE_COLUMNS, COLUMN_STEP = 60, 20
KEPT_PAGES = 12

Place = tuple[int, int]


class PagedTable(RowTable[int]):
    """Items are places in the table as it is sorted and filtered; their cells come in pages.

    It asks with `Wanted` for a page of which something is in view, one at a time, and shows
    nothing in its place until `add` brings it. Left and right move over the columns.
    """

    BINDING_GROUP_TITLE = "In the rows of the data"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Sort", id="rows.sort",
                tooltip="Sort by the column that has the cursor; again: the other way round."),
        Binding("left", "column(-1)", "Previous column", show=False, id="rows.left"),
        Binding("right", "column(1)", "Next column", show=False, id="rows.right"),
        Binding("shift+left", "column(-10)", "Back 10", show=False, id="rows.left10"),
        Binding("shift+right", "column(10)", "Forward 10", show=False, id="rows.right10"),
    ]  # fmt: skip

    class Wanted(Message):
        """A page is missing: its first row and its first column."""

        def __init__(self, offset: int, first_column: int) -> None:
            super().__init__()
            self.offset, self.first_column = offset, first_column

    class Scrolled(Message):
        """Other rows or columns are in view."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__((), lambda place: (), lambda place: place, id=id)
        self._pages: OrderedDict[Place, RowsPage] = OrderedDict()
        self._widths: dict[str, int] = {}
        # columns there are, the first one in view, and the one that has the cursor
        self._count = self._first = self._column = 0
        self._total = 0
        self._wanted: Place | None = None
        # only a table that is browsed asks for more than it has
        self.browsed = False

    # -- what is shown ---------------------------------------------------------------------------

    def begin(
        self, page: RowsPage, sort: str = "", descending: bool = False, empty: Sequence[str] = ()
    ) -> None:
        """Show another arrangement of the rows from its first page on."""
        self._pages.clear()
        self._items, self._cursor = (), 0
        self._count, self._total = page.columns, page.total
        self._column = min(self._column, max(0, page.columns - 1))
        self._first = min(self._first, self._column)
        self._keep(page)
        self.scroll_to(y=0, animate=False)
        self.show(range(page.found), sort, descending, empty)
        self._lay_out()

    def add(self, page: RowsPage) -> None:
        """Show a page that was wanted."""
        self._keep(page)
        # which columns find room is known with their page
        self._show_column()

    def forget(self) -> None:
        """What is wanted will not come; it is asked for again when something moves."""
        self._wanted = None

    def _keep(self, page: RowsPage) -> None:
        self._wanted = None
        self._pages[page.offset // PAGE_ROWS, page.first_column] = page
        widen(self._widths, page)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    @property
    def block(self) -> int:
        """The first column of the pages of which something is in view."""
        return self._first // COLUMN_STEP * COLUMN_STEP

    @property
    def place(self) -> int:
        """The place of the column that has the cursor, from 0."""
        return self._column

    @property
    def column(self) -> str | None:
        """The name of the column that has the cursor."""
        page = self._any_page()
        place = self._column - self.block
        return page.names[place] if page is not None and place < len(page.names) else None

    def _any_page(self) -> RowsPage | None:
        """One that has the columns in view; which rows it has does not matter."""
        return next((p for p in self._pages.values() if p.first_column == self.block), None)

    def _page_of(self, place: int) -> RowsPage | None:
        return self._pages.get((place // PAGE_ROWS, self.block))

    def _lay_out(self) -> None:
        """Deal the width again, with room for what is in view, and ask for what is missing."""
        page = self._any_page()
        if page is not None:
            columns = columns_of(page, self._widths, self._total, self._first - self.block)
            self.set_columns(columns, self._cells_at)
        self.refresh()
        self._want()

    def _cells_at(self, place: int) -> tuple[Cell, ...]:
        page = self._page_of(place)
        row = place % PAGE_ROWS
        cells = (
            cells_of(page, row, self._first - self.block)
            if page is not None and row < len(page.cells)
            else ()
        )
        # a row as it is written may have fewer cells than there are columns
        return (*cells, *[("", "")] * (len(self._columns) - len(cells)))[: len(self._columns)]

    def _want(self) -> None:
        if not self.browsed or self._wanted is not None or not self._items:
            return
        top = self.scroll_offset.y
        bottom = min(len(self._items), top + max(1, self.size.height - self.HEAD)) - 1
        for number in range(top // PAGE_ROWS, bottom // PAGE_ROWS + 1):
            if (number, self.block) not in self._pages:
                self._wanted = (number, self.block)
                self.post_message(self.Wanted(number * PAGE_ROWS, self.block))
                return
            self._pages.move_to_end((number, self.block))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are in view."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())
        self._want()

    def on_resize(self) -> None:
        """More may be in view."""
        super().on_resize()
        self._show_column()

    # -- columns ---------------------------------------------------------------------------------

    def action_column(self, step: int) -> None:
        """Move the cursor over the columns, and the columns under it where it leaves the view."""
        self._column = max(0, min(self._column + step, self._count - 1))
        self._show_column()

    def _show_column(self) -> None:
        self._first = min(self._first, self._column)
        self._lay_out()
        while self._first < self._column and self.column and not self._in_view(self._column):
            self._first += 1
            self._lay_out()
        self.post_message(self.Scrolled())

    def _in_view(self, column: int) -> bool:
        # the number of the row is always in view
        return column - self._first < len(self._layout) - 1

    def _header(self) -> Strip:
        name, descending = self._sorted
        arrow = "▼" if descending else "▲"
        current = self.column if self.browsed else None
        return self._strip(
            self.base_style,
            (
                (
                    column.title + (arrow if column.name and column.name == name else ""),
                    "cursor" if column.name and column.name == current
                    else "sorted" if column.name and column.name == name else "header",
                )
                for _, column, _ in self._layout
            ),
        )  # fmt: skip

    # -- copying ---------------------------------------------------------------------------------

    def copied(self) -> str:
        """The row under the cursor as CSV, as many of its columns as are there."""
        place = self.current
        page = self._page_of(place) if place is not None else None
        if page is None or place is None or place % PAGE_ROWS >= len(page.cells):
            return ""
        return csv_row(cell or "" for cell in page.cells[place % PAGE_ROWS])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What is selected, to the last row in view: a million others are not there."""
        bottom = Offset(self.virtual_size.width, self.scroll_offset.y + self.size.height - 1)
        return super().get_selection(Selection(selection.start, selection.end or bottom))


def page_at(offset: int, first_column: int) -> dict[str, int]:
    """The arguments of the query for a page."""
    return {
        "offset": offset, "rows": PAGE_ROWS,
        "first_column": first_column, "columns": PAGE_COLUMNS,
    }  # fmt: skip
