"""Runs: every run there has been; find one, open it, use it again."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.widget import Widget
from textual.widgets import Input, Static

from penguin_tui.bars.keys import key_of
from penguin_tui.engine_link.follower import RunsChanged
from penguin_tui.forms.line_input import LineInput
from penguin_tui.presentation.data_text import is_of
from penguin_tui.presentation.data_text import label as data_label
from penguin_tui.presentation.runs.columns import BY_NAME, RunColumn
from penguin_tui.presentation.runs.filter import RunFilter, parse_filter
from penguin_tui.presentation.runs_list import (
    BY_TEST,
    OF_CHOICE,
    arranged,
    chooses_by_test,
    is_experiment,
    order_text,
)
from penguin_tui.presentation.text import counted
from penguin_tui.run.run_actions import RunRequested, request_for
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.messages import DrawFigures, LoadSettings, OpenRun
from penguin_tui.screens.run_preview import RunPreview
from penguin_tui.screens.runs_table import RunsTable
from penguin_tui.terminal.flow_control import ready

if TYPE_CHECKING:
    from engine.store.records import RunRecord
    from engine.store.store import Store

FILTER_HINT = "words, lr<0.01 val>97% kind:train data:… tag:… !failed"
# of the terminal: pictures of the run under the cursor have room
WIDE = 130
EMPTY = (
    "No runs yet.",
    "",
    "Press {baseline} for the baseline, or {train} to train a network.",
    "Every run is kept here with its settings and figures.",
)
NOTHING_FOUND = (
    "No matching runs. {leave} shows all runs again.",
    "Data summaries are listed with the word 'describe'.",
)


class RunsScreen(WorkScreen):
    """The table of all runs."""

    PLACE = "runs"
    CSS_PATH = "runs.tcss"
    AUTO_FOCUS = "RunsTable"

    def __init__(self) -> None:
        super().__init__()
        self._records: list[RunRecord] = []
        self.arrived = False
        self._filter = RunFilter()
        self._column = BY_NAME["validation"]
        self._descending = True
        self._deleted: list[int] = []
        # only runs of the chosen data
        self._of_choice = False

    def compose_body(self) -> Iterable[Widget]:
        """Filter, table, what is to be known about the run under the cursor, and its pictures."""
        yield LineInput(placeholder=FILTER_HINT, id="filter", compact=True)
        yield Static("", id="filter-problem", markup=False)
        yield RunsTable(self.workbench.clock, lambda: self.workbench.data_choice)
        yield Static("", id="order", markup=False)
        yield RunPreview(self.workbench.follower, self.workbench.clock)

    def on_mount(self) -> None:
        """The filter is hidden until it is used."""
        self.query("#filter, #filter-problem").set(display=False)
        self._arrange()
        self.watch(self.app, "data_choice", self._arrange, init=False)
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        """Follow the runs while they are looked at."""
        super().on_screen_resume()
        self.workbench.follower.watch_runs(self)

    def on_screen_suspend(self) -> None:
        """Nobody looks."""
        self.workbench.follower.unwatch(self)
        self._preview.follow(None)

    def on_resize(self, event: events.Resize) -> None:
        """Pictures of the run need room."""
        self._preview.set_class(event.size.width >= WIDE, "-pictures")
        self._preview.tell(self._table.current)

    # -- what is shown ---------------------------------

    def on_runs_changed(self, message: RunsChanged) -> None:
        """The runs as they stand now."""
        self._records = message.records
        known = {record.id for record in message.records}
        self._table.marks = [run for run in self._table.marks if run in known]
        self.arrived = True
        self._arrange()

    def _tick(self) -> None:
        """Keep the durations of live runs up to date."""
        if self.is_current and ready(self.app) and any(r.live for r in self._records):
            self._table.refresh()
            self._preview.tell(self._table.current)

    @property
    def _table(self) -> RunsTable:
        return self.query_one(RunsTable)

    @property
    def _preview(self) -> RunPreview:
        return self.query_one(RunPreview)

    def _arrange(self) -> None:
        table = self._table
        shown = arranged(
            self._records, self._filter, self._column, self._descending, self.workbench.clock()
        )
        if self._of_choice:
            shown = [r for r in shown if is_of(r, self.workbench.data_choice)]
        lines = NOTHING_FOUND if self._filter or self._of_choice else EMPTY
        places = {name: key_of(self, f"go-{name}") for name in ("baseline", "train")}
        empty = (
            [line.format(**places, leave=key_of(self, "leave")) for line in lines]
            if self.arrived
            else []
        )
        table.show_records(shown, self._column.column.name, self._descending, empty)
        self._tell_order(len(shown))
        self._preview.tell(self._table.current)

    def _tell_order(self, shown: int) -> None:
        line = self.query_one("#order", Static)
        runs = sum(map(is_experiment, self._records))
        line.display = bool(runs or shown)
        by_test = chooses_by_test(self._filter, self._column)
        line.set_class(by_test, "-warning")
        keys = " ".join(key_of(self._table, name) for name in ("sort-left", "sort-right", "order"))
        narrowed = self._filter or self._of_choice
        found = f"{shown:,} of {runs:,}" if narrowed else counted(runs, "run")
        here = f"{OF_CHOICE} {data_label(self.workbench.data_choice)}"
        found = f"{found} · {here}{' only' if self._of_choice else ''}"
        if marks := len(self._table.marks):
            found = f"{counted(marks, 'run')} marked ({key_of(self._table, 'compare')}) · {found}"
        told = order_text(found, self._column, self._descending, keys)
        line.update(BY_TEST if by_test else told)

    def on_row_table_moved(self) -> None:
        """Another run is under the cursor, or the same one has changed."""
        self._preview.tell(self._table.current)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action == "undo":
            return bool(self._deleted)
        on_one = ("rename", "note", "tag", "rerun", "load", "delete", "request", "figures")
        if action in on_one:
            record = self._table.current if self.is_mounted else None
            if record is None or (record.unreadable and action in ("rerun", "load")):
                return False
            return action != "request" or request_for(parameters[0], record) is not None
        return True

    # -- order and filter ---------------------------------

    def action_sort(self, step: int) -> None:
        """Sort by the next column."""
        columns = self._table.columns
        names = [one.column.name for one in columns]
        own = self._column.column.name
        now = names.index(own) if own in names else 0
        self._sort_by(columns[(now + step) % len(columns)])

    def action_turn(self) -> None:
        """The other way round."""
        self._descending = not self._descending
        self._arrange()

    def on_row_table_header_clicked(self, message: RunsTable.HeaderClicked) -> None:
        """A column's title: sort by it, or the other way round."""
        if message.column == self._column.column.name:
            self.action_turn()
        else:
            found = (one for one in self._table.columns if one.column.name == message.column)
            self._sort_by(next(found))

    def _sort_by(self, column: RunColumn) -> None:
        self._column = column
        self._descending = column.descending
        self._arrange()

    def on_runs_table_rearranged(self) -> None:
        """Other columns, or other marks."""
        if self._column.column.name not in (one.column.name for one in self._table.columns):
            self._column = BY_NAME["validation"]
        self._arrange()

    def action_of_choice(self) -> None:
        """Only the runs of the chosen data, or all of them again."""
        self._of_choice = not self._of_choice
        self._arrange()

    def action_filter(self) -> None:
        """Type what is looked for."""
        field = self.query_one("#filter", Input)
        field.display = True
        self.set_focus(field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while one types; a mistake is said, and the rest of the filter applies."""
        self._filter = parse_filter(event.value)
        problem = self.query_one("#filter-problem", Static)
        problem.display = bool(self._filter.problems)
        problem.update("\n".join(map(str, self._filter.problems[:2])))
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
        if self._of_choice:
            self.action_of_choice()
        self._table.focus()

    # -- one run ---------------------------------

    def on_row_table_chosen(self, message: RunsTable.Chosen) -> None:
        """Open the run."""
        self.post_message(OpenRun(message.item.id))

    @property
    def _record(self) -> "RunRecord":
        """The run under the cursor; without one `check_action` lets no action on it through."""
        record = self._table.current
        assert record is not None
        return record

    def action_rename(self) -> None:
        """Ask for a name."""
        self._ask("Name of run", "name", lambda store, run, value: store.rename(run, value))

    def action_note(self) -> None:
        """Ask for a note."""
        self._ask("Note on run", "note", lambda store, run, value: store.annotate(run, value))

    def action_tag(self) -> None:
        """Ask for tags."""
        self._ask(
            "Tags of run", "tags_text", lambda store, run, value: store.set_tags(run, [value])
        )

    def _ask(self, title: str, field: str, write: "Callable[[Store, int, str], None]") -> None:
        from penguin_tui.screens.dialogs import TextDialog

        run = self._record.id

        def keep(value: str | None) -> None:
            if value is not None:
                self.workbench.engine_call(lambda store: write(store, run, value))

        self.app.push_screen(TextDialog(f"{title} {run}", getattr(self._record, field)), keep)

    def action_request(self, action: str) -> None:
        """Stop the run, kill it or resume it, as it stands."""
        if request := request_for(action, self._record):
            self.post_message(RunRequested(self._record, request))

    def action_delete(self) -> None:
        """Hide the run."""
        run = self._record.id

        def done(_: None) -> None:
            self._deleted.append(run)
            self.refresh_bindings()
            self.notify(f"Run {run} is deleted. {key_of(self._table, 'undo')} brings it back.")

        self.workbench.engine_call(lambda store: store.delete(run), done)

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        run = self._deleted.pop()
        self.refresh_bindings()
        self.workbench.engine_call(lambda store: store.undelete(run))

    def action_rerun(self) -> None:
        """Run it again."""
        from engine.client.submission import rerun

        def queued(found: tuple[int, tuple[str, ...]]) -> None:
            number, changed = found
            self.report(f"Run {number} is queued", changed, always=True)

        run = self._record.id
        self.start(
            self._record.spec,
            lambda: self.workbench.engine_call(lambda store: rerun(store, run), queued),
        )

    def action_reproduce(self) -> None:
        """Run the whole post, and watch it."""
        from engine.client.submission import submit
        from engine.kinds import make_spec

        spec = make_spec("reproduce", {})

        def go() -> None:
            self.workbench.engine_call(
                lambda store: submit(store, spec), lambda run: self.post_message(OpenRun(run))
            )

        text = "All networks, experiments and searches of the post are run, which takes minutes."
        self.confirm("Reproduce the post", text, go)

    def action_figures(self) -> None:
        """The run as pictures."""
        self.post_message(DrawFigures(self._record.id))

    def action_load(self) -> None:
        """Its settings into the form."""
        self.post_message(LoadSettings(self._record.spec))
