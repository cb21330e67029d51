"""A table of any length of which only the visible rows are ever formatted.

Ten thousand rows cost no more than the thirty on screen. The cursor stays with its
item when the order changes.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from penguin_tui.presentation.columns import GAP, Cell, Column, deal
from penguin_tui.presentation.text import cell_width, csv_row, fitted
from penguin_tui.tables.selectable import SelectableLines

T = TypeVar("T")


# through the rows by keys that no table needs for anything else
MOVES: tuple[Binding, ...] = (
    Binding("up", "move(-1)", "Up", show=False),
    Binding("down", "move(1)", "Down", show=False),
    Binding("pageup", "page(-1)", "Page up", show=False),
    Binding("pagedown", "page(1)", "Page down", show=False),
    Binding("home", "end(0)", "First", show=False),
    Binding("end", "end(-1)", "Last", show=False),
)


class RowTable(SelectableLines, Generic[T], can_focus=True):
    """Rows of items with a cursor.

    `columns` in order; `cells(item)` gives a cell for each column; `key(item)`
    tells items apart.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-table--header", "row-table--sorted", "row-table--cursor", "row-table--muted",
        "row-table--accent", "row-table--good", "row-table--bad", "row-table--warning",
    }  # fmt: skip
    DEFAULT_CSS = """
    RowTable {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        .row-table--header { color: $foreground 65%; text-style: bold; }
        .row-table--sorted { color: $accent; text-style: bold; }
        .row-table--cursor {
            background: $block-cursor-blurred-background; color: $foreground;
        }
        .row-table--muted { color: $foreground 60%; }
        .row-table--accent { color: $accent; }
        .row-table--good { color: $success; }
        .row-table--bad { color: $error; }
        .row-table--warning { color: $warning; }
        &:focus .row-table--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    HEAD = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("k", "move(-1)", "Up", show=False),
        Binding("j", "move(1)", "Down", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]

    class Moved(Message):
        """The cursor is on another item, or on none."""

        def __init__(self, item: Any) -> None:
            super().__init__()
            self.item = item

    class Chosen(Message):
        """Enter was pressed on an item, or it was clicked twice."""

        def __init__(self, item: Any) -> None:
            super().__init__()
            self.item = item

    class HeaderClicked(Message):
        """The title of a column was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Callable[[T], tuple[Cell, ...]],
        key: Callable[[T], Hashable],
        id: str | None = None,  # noqa: A002 - the name Textual uses
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._cells = cells
        self._key = key
        self._items: Sequence[T] = ()
        self._cursor = 0
        self._sorted = ("", False)
        self._empty: tuple[str, ...] = ()
        self._layout: tuple[tuple[int, Column, int], ...] = ()
        self._dealt = -1

    # -- what is shown -----------------------------------------------------------------------

    def show(
        self,
        items: Sequence[T],
        sorted_by: str = "",
        descending: bool = False,
        empty: Sequence[str] = (),
    ) -> None:
        """Show these items; the cursor stays with its item where that is still there.

        Without items the lines of `empty` are shown: what to do to get some.
        """
        self._empty = tuple(empty)
        current = self.current
        before = self._key(current) if current is not None else None
        self._items = items
        if before is not None:
            found = next((i for i, item in enumerate(items) if self._key(item) == before), None)
            self._cursor = self._cursor if found is None else found
        self._cursor = max(0, min(self._cursor, len(items) - 1))
        if self._room != self._dealt:
            self._deal_anew()
        self._sorted = (sorted_by, descending)
        size = Size(self.size.width, len(items) + 1)
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()
        after = self.current
        if (self._key(after) if after is not None else None) != before or after is not current:
            self.post_message(self.Moved(after))

    @property
    def _room(self) -> int:
        """Cells of a row; the scroll bar takes one where there are more rows than fit."""
        return self.size.width - (len(self._items) + 1 > self.size.height)

    def _deal_anew(self) -> None:
        self._dealt = self._room
        self._layout = deal(self._columns, self._dealt)
        self.refresh()

    def set_columns(
        self, columns: Sequence[Column], cells: Callable[[T], tuple[Cell, ...]]
    ) -> None:
        """Show other columns, for each of which `cells` gives a cell from now on."""
        self._cells = cells
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._deal_anew()

    def width_of(self, name: str) -> int:
        """The terminal cells that a column has by now; 0 where it has no room."""
        return next((width for _, column, width in self._layout if column.name == name), 0)

    @property
    def current(self) -> T | None:
        """The item under the cursor."""
        return self._items[self._cursor] if self._cursor < len(self._items) else None

    @property
    def items(self) -> Sequence[T]:
        """What is shown."""
        return self._items

    # -- moving --------------------------------------------------------------------------------

    def move_to(self, index: int) -> None:
        """Put the cursor on the item of that index, as near as there is one."""
        index = max(0, min(index, len(self._items) - 1))
        if index != self._cursor and self._items:
            self._cursor = index
            self._keep_in_sight()
            self.refresh()
            self.post_message(self.Moved(self.current))

    def _keep_in_sight(self) -> None:
        rows = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False)
        elif self._cursor >= top + rows:
            self.scroll_to(y=self._cursor - rows + 1, animate=False)

    def action_move(self, rows: int) -> None:
        """Up or down."""
        self.move_to(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """A page up or down."""
        self.move_to(self._cursor + pages * max(1, self.size.height - 2))

    def action_end(self, index: int) -> None:
        """First or last item."""
        self.move_to(index if index >= 0 else len(self._items) - 1)

    def action_choose(self) -> None:
        """Open the item under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen(self.current))

    def copied(self) -> str:
        """The row under the cursor as CSV."""
        return csv_row(text for text, _ in self._cells(self.current)) if self.current else ""

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; twice opens; the header sorts."""
        if event.y == 0:
            for start, column, width in self._layout:
                if start <= event.x < start + width + GAP:
                    self.post_message(self.HeaderClicked(column.name))
            return
        index = self.scroll_offset.y + event.y - 1
        if index < len(self._items):
            self.move_to(index)
            if event.chain == 2:
                self.action_choose()

    # -- drawing ----------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Deal the width again."""
        self._deal_anew()
        self.virtual_size = Size(self.size.width, len(self._items) + 1)
        self._keep_in_sight()

    def content_line(self, number: int) -> Strip:
        """The header, an item, or one of the lines that stand for no items."""
        base = self.base_style
        if number == 0:
            return self._header()
        index = number - 1
        if index >= len(self._items):
            text = "   " + self._empty[number - 2] if 0 <= number - 2 < len(self._empty) else ""
            line = Segment(text if not self._items else "", base)
            return Strip([line]).adjust_cell_length(self.size.width, base)
        under_cursor = index == self._cursor
        if under_cursor:
            base += self.get_component_rich_style("row-table--cursor", partial=True)
        by_name = dict(zip((c.name for c in self._columns), self._cells(self._items[index]),
                           strict=True))  # fmt: skip
        return self._strip(
            base, (by_name[column.name] for _, column, _ in self._layout), plain=under_cursor
        )

    def _strip(self, base: Style, cells: Iterable[Cell], *, plain: bool = False) -> Strip:
        segments = [Segment(" ", base)]
        for (_, column, width), (text, name) in zip(self._layout, cells, strict=True):
            style = base
            if name and not plain:
                style = self.get_component_rich_style(f"row-table--{name}")
            # the arrow of a title that fills its column stands in the gap
            over = int(name == "sorted" and cell_width(text) == width + 1)
            segments.append(Segment(fitted(text, width + over, right=column.right), style))
            segments.append(Segment(" " * (GAP - over), base))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _header(self) -> Strip:
        name, descending = self._sorted
        arrow = "▼" if descending else "▲"
        return self._strip(
            self.base_style,
            (
                (column.title + arrow, "sorted") if column.name == name
                else (column.title, "header")
                for _, column, _ in self._layout
            ),
        )  # fmt: skip
