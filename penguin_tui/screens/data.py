"""Data: what is in the file, before anything learns from it."""

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engine.errors import EngineError
from engine.results.describe import ColumnFacts, DescribeResult
from engine.specs.base import InvalidSpec
from penguin_tui.bars.keys import key_of
from penguin_tui.bars.link_bar import Link, LinkBar
from penguin_tui.data.class_balance import ClassBalance
from penguin_tui.data.correlations import Correlations
from penguin_tui.data.describe_query import KIND, ask, describe_spec
from penguin_tui.data.feature_table import FeatureTable, details
from penguin_tui.data.histogram import Histogram
from penguin_tui.data.scatter import Scatter
from penguin_tui.engine_link.follower import QueryAnswered, QueryProgress
from penguin_tui.presentation.data_text import first_place, label, left_out, notes, title
from penguin_tui.presentation.text import counted
from penguin_tui.screens.base import WorkScreen
from penguin_tui.tables.fact_table import FactTable
from penguin_tui.tables.row_table import RowTable
from penguin_tui.tables.text_lines import of_texts
from penguin_tui.terminal.gate import visible

if TYPE_CHECKING:
    from engine.specs.run_spec import RunSpec
    from engine.store.store import Store

SHOWN_COLUMNS = 60
# name of the panel, key, title
TABS = (
    ("features", "f", "Features"), ("histogram", "h", "Histogram"), ("scatter", "s", "Scatter"),
    ("correlations", "c", "Correlations"), ("rows", "r", "First rows"),
)  # fmt: skip


class DataScreen(WorkScreen):
    """Class balance, columns, distributions, scatter, correlations and first rows.

    With room for it everything is in view at once, otherwise in tabs.
    """

    PLACE = "data"
    CSS_PATH = "data.tcss"
    # nothing, until there are data; None would mean the first widget there is
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open CSV", id="data.open", tooltip="Open another data file."),
        Binding(
            "x", "axis('x', 1)", "Scatter axes", id="data.x", key_display="x y",
            tooltip="The next feature on an axis of the scatter chart; shift: the previous one.",
        ),
        Binding("X", "axis('x', -1)", "Previous horizontal feature", show=False, id="data.x_back"),
        Binding("y", "axis('y', 1)", "Next vertical feature", show=False, id="data.y"),
        Binding("Y", "axis('y', -1)", "Previous vertical feature", show=False, id="data.y_back"),
        Binding(
            "up,left", "column(-1)", "Previous column", show=False, id="data.up",
            tooltip="Select the previous column.",
        ),
        Binding("down,right", "column(1)", "Next column", show=False, id="data.down"),
        Binding(
            "enter", "again", "Read again", id="data.again",
            tooltip="Read the data again after a failure.",
        ),
        Binding(
            "u", "undo", "Undo", id="data.undo",
            tooltip="Undo the last change of the data.",
        ),
        *(
            Binding(key, f"tab('{name}')", title, show=False, id=f"data.{name}")
            for name, key, title in TABS
        ),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._data: DescribeResult | None = None
        self._query: int | None = None
        self._asked = 0
        self._asking = threading.Lock()
        self._phase = ""
        self._failed = False
        self._waiting = False
        self._described: Mapping[str, Any] = {}
        self._before: list[dict[str, Any]] = []
        self._axes = {"x": "", "y": ""}
        self._tab = TABS[0][0]

    def compose_body(self) -> Iterable[Widget]:
        """A line about the file, notes, and the panels."""
        yield Static(id="title", markup=False)
        yield Static(id="notes", markup=False)
        yield LinkBar(id="tabs")
        yield Static(id="message", markup=False)
        with Container(id="panels"):
            with Vertical(id="features"):
                yield FeatureTable(id="columns")
                yield Static(id="details", markup=False)
            yield ClassBalance(id="balance")
            yield Histogram(id="histogram")
            yield Scatter(id="scatter")
            with Vertical(id="rows"):
                yield Static("First rows", classes="heading", markup=False)
                yield FactTable()
            yield Correlations(id="correlations")

    def on_mount(self) -> None:
        """Describe the chosen data, now and whenever others are chosen."""
        self.action_tab(self._tab)
        self.watch(self.workbench, "data_choice", self._chosen)

    def load(self, spec: "RunSpec") -> None:
        """Take over the data of a stored run."""
        self._choose(spec.data_spec.model_dump(mode="json", exclude_defaults=True)
                     | {"data": spec.data, "target": spec.target})  # fmt: skip

    # -- from the chosen data to what is in them --------------------------------------------------

    def _chosen(self, choice: dict[str, Any]) -> None:
        if choice != self._described:
            self._describe(choice)

    def _describe(self, choice: dict[str, Any]) -> None:
        self._described = dict(choice)
        self._forget()
        asked = self._asked
        self._wait()
        try:
            spec = describe_spec(choice)
        except InvalidSpec as error:
            self._fail(error)
            return
        allowed = self.workbench.engine_allowed

        def work(store: "Store") -> int | EngineError | None:
            # in another thread, where an older question must not replace a newer one
            with self._asking:
                return ask(store, spec, engine=allowed) if asked == self._asked else None

        def then(found: int | EngineError | None) -> None:
            if asked != self._asked:
                if isinstance(found, int):
                    self._remove(found)
            elif isinstance(found, EngineError):
                self._fail(found)
            elif found is not None:
                self._query = found
                self.workbench.follower.watch_query(found, KIND, self)

        self.workbench.engine_call(work, then)

    def _forget(self) -> None:
        """Heed no answer to what was asked before."""
        self._asked += 1
        self._phase = ""
        self._query = None
        self.workbench.follower.unwatch(self)

    def _withdraw(self) -> None:
        """Take back the query that is open, if there is one."""
        query = self._query
        self._forget()
        if query is not None:
            self._remove(query)

    def _remove(self, query: int) -> None:
        from engine.store import queries

        self.workbench.engine_call(lambda store: queries.remove(store, query))

    def on_screen_suspend(self) -> None:
        """Take back an open query when the person goes to another place; a dialog is none."""
        if self._waiting and self.workbench.current_mode != self.PLACE:
            self._withdraw()

    def on_screen_resume(self) -> None:
        """Ask again what was taken back."""
        super().on_screen_resume()
        if self._waiting and self._query is None:
            self._describe(self.workbench.data_choice)

    def on_query_progress(self, message: QueryProgress) -> None:
        """The engine is at it."""
        if message.query == self._query:
            self._phase = message.phase
            self._wait()

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show what is in the data, or why that cannot be told."""
        if message.query != self._query:
            return
        self.workbench.follower.unwatch(self)
        self._query = None
        if isinstance(message.answer, DescribeResult):
            self._show(message.answer)
        elif isinstance(message.answer, EngineError):
            self._fail(message.answer)

    def _progress(self) -> str:
        if self._phase:
            return f"Now: {self._phase}."
        status = self.workbench.engine_status
        if status is not None and status.state in ("starting", "loading"):
            return f"Waiting for the engine: {status.detail}."
        return "Waiting for the engine."

    def _choose(self, choice: dict[str, Any]) -> None:
        """Other data for the whole workbench; `u` goes back."""
        if choice != self.workbench.data_choice:
            self._before.append(dict(self.workbench.data_choice))
            self.workbench.data_choice = choice

    # -- what is shown ---------------------------------------------------------------------------

    def _wait(self) -> None:
        self._say(
            f"Reading {label(self._described)} …",
            self._progress(),
            "",
            f"{key_of(self, 'data.open')} opens another file.",
        )
        self._waiting = True

    def _fail(self, error: EngineError) -> None:
        again, other, undo = (key_of(self, f"data.{name}") for name in ("again", "open", "undo"))
        back = f", {undo} goes back to the previous data" if self._before else ""
        ways = f"{again} reads them again, {other} opens another file{back}."
        reason = [text for text in (error.message, error.hint) if text]
        self._say("The data cannot be used.", "", *reason, "", ways, failed=True)

    def _say(self, *lines: str, failed: bool = False) -> None:
        """Words in the place of the panels."""
        self._data, self._failed, self._waiting = None, failed, False
        self.set_focus(None)
        self.query_one("#title", Static).update(visible(label(self._described)))
        self.query_one("#message", Static).update(of_texts(lines))
        self.query_one("#notes").display = False
        self.query_one("#body").set_class(True, "-empty")
        self.refresh_bindings()

    def _show(self, data: DescribeResult) -> None:
        self._data, self._waiting = data, False
        self.query_one("#body").set_class(False, "-empty")
        self.query_one("#title", Static).update(visible(title(self._described, data)))
        lines = notes(data, self._exclude_key())
        shown = self.query_one("#notes", Static)
        shown.update(of_texts(lines))
        shown.display = bool(lines)
        table = self.query_one(FeatureTable)
        before = table.current
        table.show(data.columns)
        if before is None or before.name not in {column.name for column in data.columns}:
            table.move_to(first_place(data))
        self.query_one(ClassBalance).show(data)
        self.query_one(Correlations).show(data)
        self._fill_rows(data)
        features = data.scatter.features
        for place, name in enumerate(self._axes):
            if self._axes[name] not in features:
                self._axes[name] = features[min(place, len(features) - 1)] if features else ""
        self._show_scatter()
        self._show_column()
        if self.focused is None:
            self.action_tab(self._tab)
        self.refresh_bindings()

    def _fill_rows(self, data: DescribeResult) -> None:
        names = [column.name for column in data.columns]
        more = len(names) - SHOWN_COLUMNS
        rows = [row[:SHOWN_COLUMNS] for row in data.head]
        heading = "First rows" + (
            f", {counted(more, 'column')} more have no room" if more > 0 else ""
        )
        self.query_one("#rows .heading", Static).update(heading)
        self.query_one(FactTable).fill(names[:SHOWN_COLUMNS], rows, left=0)

    def _show_scatter(self) -> None:
        self.query_one(Scatter).show(self._data, self._axes["x"], self._axes["y"])

    @property
    def _column(self) -> ColumnFacts | None:
        return self.query_one(FeatureTable).current

    def on_row_table_moved(self, message: RowTable.Moved) -> None:
        """Another column is selected."""
        message.stop()
        self._show_column()

    def _exclude_key(self) -> str:
        return key_of(self.query_one(FeatureTable), "data.exclude")

    def _show_column(self) -> None:
        if self._data is None:
            return
        column = self._column
        self.query_one(Histogram).show(self._data, column.name if column else None)
        lines = details(column, self._data, self._exclude_key())
        self.query_one("#details", Static).update(of_texts(lines))

    # -- keys ------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for the data only where there are data, undo only where there is something."""
        if action == "undo":
            return bool(self._before)
        if action == "again":
            return self._failed
        if action in ("axis", "column", "tab", "exclude", "change_type", "take_target"):
            return self._data is not None
        return True

    def action_tab(self, name: str) -> None:
        """Show a tab; where all are in view, go there."""
        if not self.query("#panels"):
            return
        self._tab = name
        links = [Link(key, title, f"screen.tab('{tab}')") for tab, key, title in TABS]
        self.query_one("#tabs", LinkBar).show(links, f"screen.tab('{name}')")
        for panel in self.query_one("#panels").children:
            shown = panel.id == name or (name == "features" and panel.id == "balance")
            panel.set_class(shown, "-shown")
        target = {"features": "#columns", "rows": "FactTable"}.get(name)
        self.set_focus(self.query_one(target) if target and self._data is not None else None)

    def action_column(self, step: int) -> None:
        """Select another column while its table is not focused."""
        self.query_one(FeatureTable).action_move(step)

    def action_axis(self, axis: str, step: int) -> None:
        """The next or previous feature for an axis of the scatter chart."""
        features = self._data.scatter.features if self._data else ()
        if len(features) < 2:
            return
        place = features.index(self._axes[axis])
        self._axes[axis] = features[(place + step) % len(features)]
        self._show_scatter()
        if not self.query_one(Scatter).is_on_screen:
            self.action_tab("scatter")

    def action_open(self) -> None:
        """Choose another file."""
        from penguin_tui.data.open_file import OpenCsv

        def opened(choice: dict[str, Any] | None) -> None:
            if choice is not None:
                self._choose(choice)

        self.app.push_screen(OpenCsv(self.workbench.data_choice), opened)

    def action_again(self) -> None:
        """Read the data again."""
        self._describe(self.workbench.data_choice)

    def action_undo(self) -> None:
        """The data as they were before the last change."""
        self.workbench.data_choice = self._before.pop()

    def action_exclude(self) -> None:
        """Exclude the selected column, or include it again."""
        column = self._column
        if column is None or column.role == "target":
            self.notify(
                "The target cannot be excluded: choose another target first.",
                severity="warning",
            )
            return
        self._choose(left_out(self.workbench.data_choice, column))

    def action_change_type(self) -> None:
        """Take the selected column for the other type."""
        column = self._column
        if column is None or column.role == "target":
            self.notify("The target is always categorical.", severity="warning")
            return
        choice = self.workbench.data_choice
        other = "categorical" if column.type == "numeric" else "numeric"
        types = {**(choice.get("column_types") or {}), column.name: other}
        self._choose({**choice, "column_types": types})

    def action_take_target(self) -> None:
        """Make the selected column the target."""
        column = self._column
        if column is None or column.role == "target":
            return
        from penguin_tui.data.open_file import without

        choice = self.workbench.data_choice
        names = ("features", "exclude", "column_types")
        columns = {name: choice[name] for name in names if choice.get(name)}
        others = {name: value for name, value in choice.items() if name not in names}
        self._choose(others | without(columns, column.name) | {"target": column.name})
