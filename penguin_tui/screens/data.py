"""Data: what is in the file, before anything learns from it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from engine.errors import EngineError
from engine.results.describe import DescribeResult
from penguin_tui.bars.keys import key_of
from penguin_tui.bars.link_bar import Link, LinkBar
from penguin_tui.data.column_changes import changes_of
from penguin_tui.data.data_query import DataQuery
from penguin_tui.data.feature_table import FeatureTable
from penguin_tui.data.panels import DataPanels
from penguin_tui.data.raw_lines_view import RawLinesView
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.presentation.data_text import label, notes, reading, title, unusable
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.first_steps import FirstSteps
from penguin_tui.screens.messages import LoadSettings
from penguin_tui.tables.text_lines import of_texts
from penguin_tui.terminal.gate import visible

if TYPE_CHECKING:
    from engine.specs.run_spec import RunSpec

# name of the panel, key, title
TABS = (
    ("features", "F", "Features"), ("histogram", "H", "Histogram"), ("scatter", "X", "Scatter"),
    ("correlations", "O", "Correlations"), ("rows", "R", "Rows"),
)  # fmt: skip
TOOLTIPS = {"rows": "All rows of the file, sorted and filtered by any column."}


class DataScreen(WorkScreen):
    """Class balance, columns, distributions, scatter, correlations and rows.

    With room for it everything is in view at once, otherwise in tabs.
    """

    PLACE = "data"
    CSS_PATH = "data.tcss"
    # nothing, until there are data; None would mean the first widget there is
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Open CSV", id="data.open", tooltip="Open another data file."),
        Binding(
            "up,left", "column(-1)", "Previous column", show=False, id="data.up",
            tooltip="Select the previous column.",
        ),
        Binding("down,right", "column(1)", "Next column", show=False, id="data.down"),
        Binding(
            "r", "again", "Read again", id="data.again",
            tooltip="Read the data again after a failure.",
        ),
        Binding(
            "u", "undo", "Undo", id="data.undo",
            tooltip="Undo the last change of the data.",
        ),
        Binding(
            "exclamation_mark", "leaks", "Leaks", show=False, id="data.leaks", key_display="!",
            tooltip="Put these data into the form that shows how much each data leak flatters.",
        ),
        *(
            Binding(
                key, f"tab('{name}')", title, show=name == "rows", id=f"data.{name}",
                tooltip=TOOLTIPS.get(name, ""),
            )
            for name, key, title in TABS
        ),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._data: DescribeResult | None = None
        self._phase = ""
        self._failed = False
        self._waiting = False
        self._described: Mapping[str, Any] = {}
        self._before: list[dict[str, Any]] = []
        self._tab = TABS[0][0]

    def compose_body(self) -> Iterable[Widget]:
        """A line about the file, notes, and the panels."""
        yield Static(id="title", markup=False)
        yield FirstSteps()
        yield Static(id="notes", markup=False)
        yield LinkBar(id="tabs")
        yield Static(id="message", markup=False)
        yield RawLinesView()
        yield DataPanels()

    def on_mount(self) -> None:
        """Describe the chosen data, now and whenever others are chosen."""
        self._query = DataQuery(self.workbench, "describe", self, self._fail)
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
        self._described, self._phase = dict(choice), ""
        self._wait()
        self._query.ask(choice)

    def on_screen_suspend(self) -> None:
        """Take back an open query when the person goes to another place; a dialog is none."""
        if self.workbench.current_mode != self.PLACE:
            self._panels.rows.suspend()
            self.query_one(RawLinesView).suspend()
            if self._waiting:
                self._query.withdraw()

    def on_screen_resume(self) -> None:
        """Ask again what was taken back."""
        self.query_one(FirstSteps).look()
        if self._waiting and self._query.number is None:
            self._describe(self.workbench.data_choice)

    def on_query_progress(self, message: QueryProgress) -> None:
        """The engine is at it."""
        if message.query == self._query.number:
            self._phase = message.phase
            self._wait()

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show what is in the data, or why that cannot be told."""
        if message.query != self._query.number:
            return
        self._query.forget()
        if isinstance(message.answer, DescribeResult):
            self._show(message.answer)
        elif isinstance(message.answer, EngineError):
            self._fail(message.answer)

    def _choose(self, choice: dict[str, Any]) -> None:
        """Other data for the whole workbench; `u` goes back."""
        if choice != self.workbench.data_choice:
            self._before.append(dict(self.workbench.data_choice))
            self.workbench.data_choice = choice

    # -- what is shown ---------------------------------------------------------------------------

    def _wait(self) -> None:
        engine = self.workbench.engine_status
        self._say(*reading(self._described, self._phase, engine, key_of(self, "data.open")))
        self._waiting = True

    def _fail(self, error: EngineError) -> None:
        again, other, undo = (key_of(self, f"data.{name}") for name in ("again", "open", "undo"))
        lines = unusable(error, again, other, undo if self._before else "")
        self._say(*lines, failed=True)
        self.query_one(RawLinesView).ask(self._described, error)

    def _say(self, *lines: str, failed: bool = False) -> None:
        """Words in the place of the panels."""
        self._data, self._failed, self._waiting = None, failed, False
        self.query_one(RawLinesView).clear()
        self.set_focus(None)
        self.query_one("#title", Static).update(visible(label(self._described)))
        self.query_one("#message", Static).update(of_texts(lines))
        self.query_one("#notes").display = False
        self.query_one("#body").set_class(True, "-empty")
        self.refresh_bindings()

    def _show(self, data: DescribeResult) -> None:
        self._data, self._waiting = data, False
        self.query_one(RawLinesView).clear()
        self.query_one("#body").set_class(False, "-empty")
        self.query_one("#title", Static).update(visible(title(self._described, data)))
        lines = notes(data, self._panels.exclude_key)
        shown = self.query_one("#notes", Static)
        shown.update(of_texts(lines))
        shown.display = bool(lines)
        self._panels.show(data, self._described)
        if self.focused is None:
            self.action_tab(self._tab)
        self.refresh_bindings()

    @property
    def _panels(self) -> DataPanels:
        return self.query_one(DataPanels)

    # -- keys ------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for the data only where there are data, undo only where there is something."""
        if action == "undo":
            return bool(self._before)
        if action == "again":
            return self._failed
        if action in ("axis", "column", "tab", "change", "leaks"):
            return self._data is not None
        return True

    def action_tab(self, name: str) -> None:
        """Show a tab; where all are in view, go there."""
        if not self.query(DataPanels):
            return
        self._tab = name
        links = [Link(key, title, f"screen.tab('{tab}')") for tab, key, title in TABS]
        self.query_one("#tabs", LinkBar).show(links, f"screen.tab('{name}')")
        taking = self._panels.bring_up(name)
        self.set_focus(taking if self._data is not None else None)
        if name == "rows" and self._data is not None:
            self._panels.rows.browse()

    def action_leave(self) -> None:
        """Out of the filter, then out of the rows, then out of the focused panel."""
        if self._panels.rows.leave_filter():
            return
        if self._tab == "rows":
            self.action_tab(TABS[0][0])
        else:
            super().action_leave()

    def action_column(self, step: int) -> None:
        """Select another column while its table is not focused."""
        self.query_one(FeatureTable).action_move(step)

    def action_axis(self, axis: str, step: int) -> None:
        """The next or previous feature for an axis of the scatter chart."""
        self._panels.turn_axis(axis, step)

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

    def action_leaks(self) -> None:
        """These data into the form of a leakage run, which is always strict."""
        from engine.kinds import make_spec

        fields = self.workbench.data_choice | {"protocol": "strict"}
        self.post_message(LoadSettings(make_spec("leaks", fields)))

    def action_undo(self) -> None:
        """The data as they were before the last change."""
        self.workbench.data_choice = self._before.pop()

    def on_row_table_chosen(self) -> None:
        """Offer what the selected column can be."""
        from penguin_tui.screens.picker import ChoosingScreen, Offer

        column = self._panels.column
        if column is None:
            return
        changes = changes_of(column).values()
        offers = [Offer(change.name, change.title, change.about) for change in changes]

        async def take(chosen: str | None) -> None:
            if chosen is not None:
                await self.app.run_action(f"change('{chosen}')", self)

        self.app.push_screen(ChoosingScreen(visible(column.name), offers), take)

    def action_change(self, name: str) -> None:
        """Change the selected column; of the target say why that cannot be."""
        column = self._panels.column
        if column is None:
            return
        change = changes_of(column)[name]
        if column.role != "target":
            self._choose(change.made(self.workbench.data_choice, column))
        elif change.refusal:
            self.notify(change.refusal, severity="warning")
