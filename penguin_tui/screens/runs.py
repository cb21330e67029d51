"""Runs: every run there has been; find one, open it, use it again."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from penguin_tui.app.follower import RunsChanged
from penguin_tui.presentation import text
from penguin_tui.presentation.runs_list import (
    BY_NAME,
    COLUMNS,
    arranged,
    cells,
    details,
    is_experiment,
)
from penguin_tui.run.run_actions import resume_wish, stop_wish
from penguin_tui.screens.base import WorkScreen
from penguin_tui.tables.row_table import RowTable
from penguin_tui.terminal.flow_control import ready

if TYPE_CHECKING:
    from engine.store import RunRecord, Store
    from penguin_tui.run.run_actions import Request

EMPTY = (
    "No runs yet.",
    "",
    "Press 2 for the baseline, or 3 to train a network.",
    "Every run is kept here with its settings and figures.",
)
NOTHING_FOUND = (
    "No run holds these words. Esc shows all runs again.",
    "Looks at data are listed with the word 'describe'.",
)
BY_TEST = (
    "Sorted by test accuracy: the best of many is good by luck as well. "
    "Choose by validation; the test part only tells what the choice is worth."
)


class RunsTable(RowTable["RunRecord"]):
    """The table of runs with the keys that work on one of them."""

    BINDING_GROUP_TITLE = "In the table of runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", id="open", tooltip="Live or finished, the same view."),
        # a priority binding acts before the next key is handed out: of letters that come in one
        # go with it, none gets to the table
        Binding("slash", "screen.filter", "Filter", id="filter", key_display="/", priority=True,
                tooltip="Show only runs that hold these words."),
        Binding("left", "screen.sort(-1)", "Sort by the column to the left", show=False,
                id="sort-left"),
        Binding("right", "screen.sort(1)", "Sort by the column to the right", show=False,
                id="sort-right", tooltip="Columns that find no room are reached as well."),
        Binding("o", "screen.turn", "Order", show=False, id="order",
                tooltip="Largest or smallest first."),
        Binding("n", "screen.rename", "Name", id="rename", tooltip="Give the run a name."),
        Binding("e", "screen.note", "Note", id="note", tooltip="Keep a note with the run."),
        Binding("a", "screen.again", "Again", id="again",
                tooltip="The same settings and seed once more; tells what has changed since."),
        Binding("l", "screen.load", "Load", id="load",
                tooltip="Put its settings into the form."),
        Binding("s", "screen.ask('stop')", "Stop", id="stop",
                tooltip="End the run; what it has is kept. Kills one that does not stop for five"
                " seconds."),
        Binding("c", "screen.ask('resume')", "Go on", show=False, id="resume",
                tooltip="Let a run go on that waits or was cut off."),
        Binding("d,delete", "screen.delete", "Delete", id="delete", tooltip="u brings it back."),
        Binding("p", "screen.reproduce", "The post", id="reproduce",
                tooltip="Run everything in the post, beside its published figures."),
        Binding("u", "screen.undo", "Undo", id="undo", tooltip="Bring back what was deleted last."),
    ]  # fmt: skip


def _wish(record: "RunRecord", key: object) -> "Request | None":
    return stop_wish(record) if key == "stop" else resume_wish(record)


class RunsScreen(WorkScreen):
    """The table of all runs."""

    PLACE = "runs"
    CSS_PATH = "runs.tcss"
    AUTO_FOCUS = "RunsTable"

    def __init__(self) -> None:
        super().__init__()
        self._records: list[RunRecord] = []
        self.arrived = False
        self._words = ""
        self._column = "validation"
        self._descending = True
        self._deleted: list[int] = []

    def compose_body(self) -> Iterable[Widget]:
        """Filter, table, what is to be known about the run under the cursor."""
        yield Input(placeholder="words: name, kind, data, status …", id="filter", compact=True)
        clock = self.workbench.clock
        yield RunsTable(
            COLUMNS, lambda record: cells(record, clock()), lambda record: record.id, id="table"
        )
        yield Static("", id="order", markup=False)
        yield Static("", id="details", markup=False)

    def on_mount(self) -> None:
        """The filter shows when it is wanted."""
        self.query_one("#filter").display = False
        self._arrange()
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        """Follow the runs while they are looked at."""
        super().on_screen_resume()
        self.workbench.follower.watch_runs(self)

    def on_screen_suspend(self) -> None:
        """Nobody looks."""
        self.workbench.follower.unwatch(self)

    # -- what is shown ---------------------------------

    def on_runs_changed(self, message: RunsChanged) -> None:
        """The runs as they stand now."""
        self._records = message.records
        self.arrived = True
        self._arrange()

    def _tick(self) -> None:
        """Times of live runs go on."""
        if self.is_current and ready(self.app) and any(r.live for r in self._records):
            self._table.refresh_changed()

    @property
    def _table(self) -> RunsTable:
        return self.query_one(RunsTable)

    def _arrange(self) -> None:
        table = self._table
        shown = arranged(self._records, self._words, self._column, self._descending)
        told = NOTHING_FOUND if self._words else EMPTY
        empty = told if self.arrived else ()
        table.show(shown, self._column, self._descending, empty)
        self._tell_order(len(shown))
        self._tell_details()

    def _tell_order(self, shown: int) -> None:
        line = self.query_one("#order", Static)
        experiments = sum(is_experiment(record) for record in self._records)
        line.display = bool(experiments or shown)
        way = "largest first" if self._descending else "smallest first"
        if not BY_NAME[self._column].descending:
            way = "backwards" if self._descending else "in order"
        total = text.counted(experiments, "run")
        count = f"{shown:,} of {total}" if self._words else total
        line.set_class(self._column == "test", "-warning")
        if self._column == "test":
            line.update(BY_TEST)
        else:
            line.update(f"{count} · by {BY_NAME[self._column].title}, {way} (← → o)")

    def _tell_details(self) -> None:
        box = self.query_one("#details", Static)
        record = self._table.current
        box.display = record is not None
        if record is not None:
            box.update("\n".join(details(record, self.workbench.clock())))

    def on_row_table_moved(self) -> None:
        """Another run is under the cursor, or the same one has changed."""
        self._tell_details()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action == "undo":
            return bool(self._deleted)
        if action in ("rename", "note", "again", "load", "delete", "ask"):
            record = self._table.current if self.is_mounted else None
            return record is not None and (action != "ask" or bool(_wish(record, parameters[0])))
        return True

    # -- order and filter ---------------------------------

    def action_sort(self, step: int) -> None:
        """Sort by the next column."""
        names = list(BY_NAME)
        self._sort_by(names[(names.index(self._column) + step) % len(names)])

    def action_turn(self) -> None:
        """The other way round."""
        self._descending = not self._descending
        self._arrange()

    def on_row_table_header_clicked(self, message: RunsTable.HeaderClicked) -> None:
        """A column's title: sort by it, or the other way round."""
        if message.column == self._column:
            self.action_turn()
        else:
            self._sort_by(message.column)

    def _sort_by(self, column: str) -> None:
        self._column = column
        self._descending = BY_NAME[column].descending
        self._arrange()

    def action_filter(self) -> None:
        """Type words."""
        field = self.query_one("#filter", Input)
        field.display = True
        self.set_focus(field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while one types."""
        self._words = event.value
        self._arrange()

    def on_input_submitted(self) -> None:
        """Back to the table, filtered."""
        self._table.focus()

    def action_leave(self) -> None:
        """Out of the filter, then all runs again."""
        field = self.query_one("#filter", Input)
        if field.display:
            field.value = ""
            field.display = False
        self._table.focus()

    # -- one run ---------------------------------

    def on_row_table_chosen(self, message: RunsTable.Chosen) -> None:
        """Open the run."""
        self.app.run_worker(self.workbench.open_run(message.item.id), exit_on_error=True)

    def action_rename(self) -> None:
        """Ask for a name."""
        self._ask("Name of run", "name", lambda store, run, value: store.rename(run, value))

    def action_note(self) -> None:
        """Ask for a note."""
        self._ask("Note on run", "note", lambda store, run, value: store.annotate(run, value))

    def _ask(self, title: str, field: str, write: "Callable[[Store, int, str], None]") -> None:
        from penguin_tui.screens.dialogs import TextDialog

        record = self._table.current
        if record is None:
            return
        run = record.id

        def keep(value: str | None) -> None:
            if value is not None:
                self.workbench.engine_call(lambda store: write(store, run, value))

        dialog = TextDialog(f"{title} {run}", getattr(record, field))
        self.app.push_screen(dialog, keep)

    def action_ask(self, key: str) -> None:
        """Stop the run or kill it, or let it go on, as it stands."""
        from penguin_tui.run.run_view import RunView
        from penguin_tui.screens.form_and_run import ask

        record = self._table.current
        wish = _wish(record, key) if record is not None else None
        if record is not None and wish is not None:
            ask(self, RunView.Asked(record.id, wish))

    def action_delete(self) -> None:
        """Hide the run."""
        record = self._table.current
        if record is None:
            return
        run = record.id

        def done(_: None) -> None:
            self._deleted.append(run)
            self.refresh_bindings()
            self.notify(f"Run {run} is deleted. u brings it back.", markup=False)

        self.workbench.engine_call(lambda store: store.delete(run), done)

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        run = self._deleted.pop()
        self.refresh_bindings()
        self.workbench.engine_call(lambda store: store.undelete(run))

    def action_again(self) -> None:
        """The same once more."""
        from engine.client import rerun

        def told(found: tuple[int, tuple[str, ...]]) -> None:
            run, changed = found
            if changed:
                differences = "\n".join(text.sanitize(line) for line in changed)
                self.notify(
                    f"Run {run} is queued. Not all is as it was:\n{differences}",
                    severity="warning", timeout=15, markup=False,
                )  # fmt: skip
            else:
                self.notify(f"Run {run} is queued, with everything as it was.", markup=False)

        self._with_run(rerun, told)

    def action_reproduce(self) -> None:
        """Run the whole post, and watch it."""
        from engine import client
        from engine.kinds import make_spec

        def open_it(run: int) -> None:
            self.app.run_worker(self.workbench.open_run(run), exit_on_error=True)

        spec = make_spec("reproduce", {})
        self.workbench.engine_call(lambda store: client.submit(store, spec), open_it)

    def action_load(self) -> None:
        """Its settings into the form."""
        record = self._table.current
        if record is not None:
            self.app.run_worker(self.workbench.take_settings(record))

    def _with_run(self, work: Any, then: Any = None) -> None:
        """Do `work(store, run)` with the run under the cursor."""
        record = self._table.current
        if record is None:
            return
        run = record.id

        def in_thread(store: "Store") -> Any:
            return work(store, run)

        self.workbench.engine_call(in_thread, then)
