"""A table of any length of which only the visible rows are ever formatted.

Ten thousand rows cost no more than the thirty on screen. The cursor stays with
its item when the order changes, and only rows that look different are repainted.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from penguin_tui.presentation.columns import GAP, Cell, Column, deal
from penguin_tui.presentation.text import clipped

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


class RowTable(ScrollView, Generic[T], can_focus=True):
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
        self._drawn: dict[int, tuple[Any, ...]] = {}
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
        header = self._sorted != (sorted_by, descending)
        self._sorted = (sorted_by, descending)
        size = Size(self.size.width, len(items) + 1)
        if size != self.virtual_size:
            self.virtual_size = size
        if header:
            self._drawn.clear()
        self.refresh_changed()
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
        self._drawn.clear()
        self.refresh()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; `cells` gives one cell for each of them from now on."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._deal_anew()

    def refresh_changed(self) -> None:
        """Repaint the visible rows whose cells are no longer those on screen."""
        width = self.size.width
        for y in range(1, self.size.height):
            if self._drawn.get(y) != self._content(y):
                self.refresh(Region(0, y, width, 1))
        if 0 not in self._drawn:
            self.refresh(Region(0, 0, width, 1))

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
            self.refresh_changed()
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
        """Deal the width anew."""
        self._deal_anew()
        self.virtual_size = Size(self.size.width, len(self._items) + 1)
        self._keep_in_sight()

    def notify_style_update(self) -> None:
        """The colours have changed."""
        super().notify_style_update()
        self._drawn.clear()

    def _content(self, y: int) -> tuple[Any, ...]:
        index = self.scroll_offset.y + y - 1
        if index >= len(self._items):
            line = self._empty[y - 2 : y - 1] if y > 1 and not self._items else ()
            return ("", *line)
        return (index == self._cursor, *self._cells(self._items[index]))

    def render_line(self, y: int) -> Strip:
        """One row: the header, or an item."""
        if y == 0:
            self._drawn[0] = self._sorted
            return self._header()
        content = self._content(y)
        self._drawn[y] = content
        base = self.rich_style
        under_cursor, *cells = content
        if under_cursor == "":
            line = Segment("   " + "".join(cells), base)
            return Strip([line]).adjust_cell_length(self.size.width, base)
        if under_cursor:
            base += self.get_component_rich_style("row-table--cursor", partial=True)
        segments = [Segment(" ", base)]
        by_name = dict(zip((c.name for c in self._columns), cells, strict=True))
        for _, column, width in self._layout:
            text, name = by_name[column.name]
            style = base
            if name and not under_cursor:
                style = self.get_component_rich_style(f"row-table--{name}")
            segments.append(Segment(_fitted(text, width, column.right), style))
            segments.append(Segment(" " * GAP, base))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _header(self) -> Strip:
        base: Style = self.rich_style
        plain = self.get_component_rich_style("row-table--header")
        marked = self.get_component_rich_style("row-table--sorted")
        segments = [Segment(" ", base)]
        for _, column, width in self._layout:
            title, style = column.title, plain
            if column.name == self._sorted[0]:
                title, style = title + ("▼" if self._sorted[1] else "▲"), marked
            segments.append(Segment(_fitted(title, width, column.right), style))
            segments.append(Segment(" " * GAP, base))
        return Strip(segments).adjust_cell_length(self.size.width, base)


def _fitted(text: str, width: int, right: bool) -> str:
    text = clipped(text, width)
    if right:
        text = " " * max(0, width - Segment(text).cell_length) + text
    return set_cell_size(text, width)
