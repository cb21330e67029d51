"""Which columns a run's predictions rest on, and how they depend on the one that is chosen."""

from functools import partial
from typing import ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from engine.errors import EngineError
from engine.results.explanation import ColumnImportance, Dependence, Explanation
from engine.results.scores import Scored
from engine.runs.state import RunState
from engine.specs.kinds.explain import DependenceQuestion, ExplainQuestion
from engine.store.records import RunRecord
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.engine_link.query import Query
from penguin_tui.presentation.blocks import Line, line, muted
from penguin_tui.presentation.results.explanation import (
    COLUMNS,
    NOT_YET,
    bar_scale,
    correlated_lines,
    head_lines,
    importance_cells,
)
from penguin_tui.run.dependence_chart import DependenceChart
from penguin_tui.tables.row_table import MOVES, RowTable
from penguin_tui.tables.text_lines import content

# room for table and chart side by side, and the columns that the table has then
WIDE, BESIDE = 130, 70


class ColumnTable(RowTable[ColumnImportance], inherit_bindings=False):
    """The columns of the data, the most important first."""

    BINDING_GROUP_TITLE = "Feature importance"
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Dependence", id="importance.dependence",
                tooltip="Show how the probabilities depend on this column: partial dependence."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(COLUMNS, lambda _: (), lambda own: own.name)

    def show_columns(self, found: Explanation) -> None:
        """Show all columns."""
        self.set_columns(COLUMNS, partial(importance_cells, bar_scale(found)))
        self.show(found.columns)


class FeatureImportancePane(Container):
    """The table; Enter opens the chart in its place, beside it where there is room."""

    BINDING_GROUP_TITLE = "Feature importance"
    DEFAULT_CSS = f"""
    FeatureImportancePane {{
        height: 1fr; layout: horizontal;
        #importance-columns {{ width: 1fr; height: 1fr; }}
        Static {{ height: auto; padding: 0 1; }}
        DependenceChart {{ display: none; }}
        &.-open #importance-columns {{ display: none; }}
        &.-open DependenceChart {{ display: block; }}
        &.-wide #importance-columns {{ display: block; }}
        &.-wide.-open #importance-columns {{ width: {BESIDE}; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", id="importance.close"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._record: RunRecord | None = None
        self._asked: int | None = None
        self.found: Explanation | None = None

    def compose(self) -> ComposeResult:
        """The table between what was done and what to know of it, and the chart."""
        with Vertical(id="importance-columns"):
            yield Static(NOT_YET, id="importance-head", markup=False)
            yield ColumnTable()
            yield Static("", id="importance-notes", markup=False)
        yield DependenceChart()

    def on_mount(self) -> None:
        """Nothing to show yet."""
        self.query_one(ColumnTable).display = False
        app = cast(LinkedApp, self.app)
        self._columns = Query(app, "explain", "feature importance", self, self._refused)
        self._chart = Query(app, "dependence", "dependence", self, self._refused)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Ask once there is a network."""
        self._record = record
        if self._asked is None and isinstance(state.result, Scored):
            self._asked = record.id
            self._say([muted("waiting for the engine …")])
            rule = record.decision_rule_json or ""
            self._columns.put(
                lambda store: ExplainQuestion(home=str(store.home), run=record.id, rule=rule)
            )

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        if isinstance(self.app, LinkedApp):
            self._columns.withdraw()
            self._chart.withdraw()

    def on_resize(self, event: events.Resize) -> None:
        """Beside each other where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")

    def on_query_progress(self, message: QueryProgress) -> None:
        """What the engine is busy with."""
        if message.phase:
            self._say([muted(f"{message.phase} …")])

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show the answer, or why there is none."""
        answer = message.answer
        if message.query == self._columns.number and isinstance(answer, Explanation):
            self._columns.forget()
            self._fill(answer)
        elif message.query == self._chart.number and isinstance(answer, Dependence):
            self._chart.forget()
            self._open(answer)
        elif isinstance(answer, EngineError):
            self._refused(answer)

    def _fill(self, found: Explanation) -> None:
        self.found = found
        self._say(head_lines(found))
        notes = list(correlated_lines(found))
        says = self.query_one("#importance-notes", Static)
        says.display = bool(notes)
        says.update(content(notes))
        table = self.query_one(ColumnTable)
        table.display = True
        table.show_columns(found)
        if self.screen.focused is None or not self.screen.focused.is_on_screen:
            table.focus(scroll_visible=False)

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        """Enter on a column: how the probabilities depend on it."""
        message.stop()
        record, name = self._record, message.item.name
        if record is None:
            return
        rule = record.decision_rule_json or ""
        self._chart.put(
            lambda store: DependenceQuestion(
                home=str(store.home), run=record.id, rule=rule, name=name
            )
        )

    def _open(self, found: Dependence) -> None:
        if self.found is not None:
            self._say(head_lines(self.found))
        self.add_class("-open")
        chart = self.query_one(DependenceChart)
        chart.show(found)
        chart.focus(scroll_visible=False)

    def action_close(self) -> None:
        """Back to the table."""
        self.remove_class("-open")
        self.query_one(ColumnTable).focus(scroll_visible=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a chart, escape belongs to the screen."""
        return self.has_class("-open") if action == "close" else True

    def _refused(self, error: EngineError) -> None:
        self._say([line(error.message), muted(error.hint)])

    def _say(self, lines: list[Line]) -> None:
        self.query_one("#importance-head", Static).update(content(lines))
