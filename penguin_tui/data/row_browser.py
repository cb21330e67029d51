"""All rows of the chosen data: the first ones at once, then every page, sorted and filtered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from engine.errors import EngineError
from engine.results.describe import DescribeResult
from engine.results.rows import RowsPage
from penguin_tui.bars.keys import key_of
from penguin_tui.data.data_query import DataQuery
from penguin_tui.data.paged_table import PagedTable, page_at
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.forms.line_input import FilterInput
from penguin_tui.presentation.blocks import Line, Span, line
from penguin_tui.presentation.table_rows import arrangement, first_page, shown_rows
from penguin_tui.presentation.text import clipped, counted
from penguin_tui.tables.row_table import RowTable
from penguin_tui.tables.text_lines import content

# of a message of the engine's in the line above the table
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which rows are shown, and in which order: that of the file without a column."""

    where: str = ""
    sort: str | None = None
    descending: bool = False


class RowBrowser(Vertical):
    """The rows panel of the Data screen; asks nothing of the engine until it is browsed."""

    BINDING_GROUP_TITLE = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "turn", "Reverse order", show=False, id="rows.order",
                tooltip="The largest first, or the last row of the file."),
        Binding("slash", "filter", "Filter", id="rows.filter", key_display="/",
                tooltip="Show only the rows of which a condition holds."),
        Binding("backspace", "reset", "Reset", id="rows.reset",
                tooltip="All rows again, as in the file."),
    ]  # fmt: skip

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._choice: Mapping[str, Any] = {}
        self._data: DescribeResult | None = None
        self._page: RowsPage | None = None
        # as they are shown; and as they are asked for, until these rows come
        self._shown = Arrangement()
        self._asked: Arrangement | None = None
        self._phase, self._error = "", ""
        # what the heading has been laid out for
        self._told: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """A line about what is shown, the filter where it is edited, the rows."""
        yield Static(id="rows-heading", markup=False)
        yield FilterInput(
            placeholder="condition: year > 2008 and species contains ade", id="where",
            compact=True, select_on_focus=False,
        )  # fmt: skip
        yield PagedTable(id="browsed")

    def on_mount(self) -> None:
        """The filter is hidden until it is used."""
        self._field.display = False
        self._query = DataQuery(cast(LinkedApp, self.app), "rows", self, self._refused)

    @property
    def table(self) -> PagedTable:
        """The rows."""
        return self.query_one(PagedTable)

    @property
    def _field(self) -> FilterInput:
        return self.query_one(FilterInput)

    # -- from the data to their rows ---------------------------------------------------------------

    def show(self, data: DescribeResult, choice: Mapping[str, Any]) -> None:
        """The first rows of these data, and all of them where rows are browsed already."""
        self._query.withdraw()
        self._choice, self._data, self._page = dict(choice), data, None
        self._shown, self._asked = Arrangement(), None
        self._phase = self._error = ""
        self._close_filter()
        browsed, self.table.browsed = self.table.browsed, False
        self.table.begin(first_page(data))
        self._tell()
        if browsed:
            self.browse()

    def browse(self) -> None:
        """Ask for the rows, if that has not been done."""
        if not self.table.browsed and self._data is not None:
            self.table.browsed = True
            self._arrange(Arrangement())

    def suspend(self) -> None:
        """Take back an open question: nobody looks."""
        self._query.withdraw()
        self.table.forget()
        self._phase, self._asked = "", None
        if self._page is None:
            self.table.browsed = False

    def _arrange(self, wanted: Arrangement) -> None:
        """Ask for the first page of another arrangement; what is shown stays until it comes."""
        self._asked, self._error, self._phase = wanted, "", "waiting for the engine"
        self.table.forget()
        self._ask(0, self.table.block)
        self._tell()

    def _ask(self, offset: int, first_column: int) -> None:
        wanted = self._asked or self._shown
        self._query.ask(
            self._choice, **page_at(offset, first_column),
            where=[wanted.where] if wanted.where else [], sort=wanted.sort,
            descending=wanted.descending,
        )  # fmt: skip

    def on_paged_table_wanted(self, message: PagedTable.Wanted) -> None:
        """Something in view is not there; while another arrangement is on its way, it is not."""
        message.stop()
        if self._asked is None:
            self._ask(message.offset, message.first_column)

    def on_query_progress(self, message: QueryProgress) -> None:
        """The engine reads the file, which it does for the first page alone."""
        if message.query == self._query.number:
            self._phase = message.phase
            self._tell()

    def on_query_answered(self, message: QueryAnswered) -> None:
        """A page, or why there is none."""
        if message.query != self._query.number:
            return
        self._query.forget()
        if isinstance(message.answer, RowsPage):
            self._take(message.answer)
        elif isinstance(message.answer, EngineError):
            self._refused(message.answer)

    def _take(self, page: RowsPage) -> None:
        self._phase = self._error = ""
        before, self._page = self._page, page
        as_before = before is not None and (before.found, before.total) == (page.found, page.total)
        if self._asked is None and as_before:
            self.table.add(page)
        else:
            self._shown, self._asked = self._asked or self._shown, None
            empty = (
                "",
                f"No row of {counted(page.total, 'row')} fits the filter.",
                f"{key_of(self, 'rows.filter')} changes it,"
                f" {key_of(self, 'rows.reset')} shows all rows again.",
            )
            self.table.begin(page, self._shown.sort or "", self._shown.descending, empty)
            self._close_filter()
        self._tell()
        if before is None:
            # its keys work from now on
            self.screen.refresh_bindings()

    def _refused(self, error: EngineError) -> None:
        self._phase, self._asked = "", None
        self._error = clipped(" ".join(filter(None, (error.message, error.hint))), _LONGEST)
        self.table.forget()
        if self._page is None:
            self.table.browsed = False
        self._tell()

    # -- what is said ------------------------------------------------------------------------------

    def _tell(self) -> None:
        lines = [line(*self._heading())]
        if self._error:
            lines.append(line(Span(f"! {self._error}", "warning")))
        heading = self.query_one("#rows-heading", Static)
        told = (heading.size.width, self._shown, self._phase, self._error)
        # how many rows are in view is said in it: where that decides whether it wraps, the table
        # would become shorter and taller by turns for ever, so it keeps the room that it has taken
        heading.styles.min_height = heading.size.height if told == self._told else None
        self._told = told
        heading.update(content(lines))

    def _heading(self) -> Line:
        if self._data is None:
            return ()
        if self._page is None:
            browse = f"{key_of(self, 'data.rows')} shows all rows"
            waits = f"{self._phase} …" if self._phase else browse
            return line(Span("First rows", "strong"), Span(f" · {waits}", "muted"))
        table, page, shown = self.table, self._page, self._shown
        top = table.scroll_offset.y
        count = max(0, min(page.found - top, table.size.height - table.HEAD))
        told = shown_rows(page.found, page.total, top, count)
        where = [shown.where] if shown.where else []
        rest = [*arrangement(where, shown.sort, shown.descending)]
        if page.columns > 1 and table.column is not None:
            rest.append(f"column {table.place + 1:,} of {page.columns:,}")
        if self._phase:
            rest.append(f"{self._phase} …")
        return line(Span(told, "strong"), Span("".join(f" · {text}" for text in rest), "muted"))

    def on_row_table_moved(self, message: RowTable.Moved) -> None:
        """Other rows may be in view."""
        message.stop()
        self._tell()

    def on_paged_table_scrolled(self, message: PagedTable.Scrolled) -> None:
        """Other rows or columns are in view."""
        message.stop()
        self._tell()

    # -- order and filter --------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sorting and filtering are for rows that are browsed."""
        if action in ("turn", "filter", "reset"):
            return self._page is not None
        return True

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        """Sort by the column that has the cursor, or the other way round."""
        message.stop()
        if self._page is not None and self.table.column is not None:
            self._sort_by(self.table.column)

    def on_row_table_header_clicked(self, message: RowTable.HeaderClicked) -> None:
        """A column's title: sort by it, or the other way round."""
        message.stop()
        if self._page is not None:
            self._sort_by(message.column or None)

    def _sort_by(self, column: str | None) -> None:
        turned = column == self._shown.sort and not self._shown.descending
        self._arrange(replace(self._shown, sort=column, descending=turned))

    def action_turn(self) -> None:
        """The other way round."""
        self._arrange(replace(self._shown, descending=not self._shown.descending))

    def action_reset(self) -> None:
        """All rows, as in the file."""
        self._arrange(Arrangement())

    def action_filter(self) -> None:
        """Type a condition."""
        self._field.display = True
        self._field.focus()

    def on_input_submitted(self, message: FilterInput.Submitted) -> None:
        """Ask for the rows of which it holds; until they are there it can be corrected."""
        message.stop()
        self._arrange(replace(self._shown, where=message.value.strip()))

    def leave_filter(self) -> bool:
        """Out of the filter, which stays as it was; whether it was being edited."""
        if not self._field.has_focus:
            return False
        self._error = ""
        self._close_filter()
        self._tell()
        return True

    def _close_filter(self) -> None:
        if self._field.has_focus:
            self.table.focus()
        self._field.value = self._shown.where
        self._field.display = False
