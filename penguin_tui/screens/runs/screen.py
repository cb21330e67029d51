"""Runs: every run there has been; find one, open it, use it again."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events
from textual.widget import Widget

from penguin_tui.bars.keys import key_of
from penguin_tui.engine_link.messages import RunsChanged
from penguin_tui.presentation.runs.listing import Listing
from penguin_tui.presentation.runs_list import is_experiment
from penguin_tui.presentation.text import counted
from penguin_tui.run.run_actions import RunRequested, request_for
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.messages import DrawFigures, ExportRun, LoadSettings, OpenRun
from penguin_tui.screens.runs.filter import RunsFilter
from penguin_tui.screens.runs.preview import RunPreview
from penguin_tui.screens.runs.reproduce import reproduce_post
from penguin_tui.screens.runs.table import RunsTable
from penguin_tui.screens.runs.texts import ask_text
from penguin_tui.tables.steady_text import SteadyText
from penguin_tui.terminal.flow_control import ready

if TYPE_CHECKING:
    from engine.store.records import RunRecord

# the actions on the run under the cursor
ON_ONE = ("text", "rerun", "load", "delete", "request", "figures", "export")
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
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "RunsTable"

    def __init__(self) -> None:
        super().__init__()
        self._records: list[RunRecord] = []
        self.arrived = False
        self._listing = Listing()
        self._deleted: list[int] = []

    def compose_body(self) -> Iterable[Widget]:
        """Filter, table, what is to be known about the run under the cursor, and its pictures."""
        yield RunsFilter()
        yield RunsTable(self.workbench.clock, lambda: self.workbench.data_choice)
        yield SteadyText("", id="order", markup=False)
        yield RunPreview(self.workbench.follower, self.workbench.clock)

    def on_mount(self) -> None:
        """Follow the choice of data, of which the runs are listed first."""
        self._arrange()
        self.watch(self.app, "data_choice", self._arrange, init=False)
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        """Follow the runs while they are looked at."""
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

    def _list(self, listing: Listing) -> None:
        """List other runs, or in another order."""
        self._listing = listing
        self._arrange()

    def _arrange(self) -> None:
        table, listing = self._table, self._listing
        shown = listing.shown(self._records, self.workbench.data_choice, self.workbench.clock())
        lines = NOTHING_FOUND if listing.is_narrowed else EMPTY
        places = {name: key_of(self, f"go-{name}") for name in ("baseline", "train")}
        empty = (
            [line.format(**places, leave=key_of(self, "leave")) for line in lines]
            if self.arrived
            else []
        )
        table.show_records(shown, listing.name, listing.descending, empty)
        self._show_order(len(shown))
        self._preview.tell(self._table.current)

    def _show_order(self, shown: int) -> None:
        line = self.query_one("#order", SteadyText)
        line.display = bool(shown or any(map(is_experiment, self._records)))
        line.set_class(self._listing.is_by_test, "-warning")
        keys = " ".join(key_of(self._table, name) for name in ("sort-left", "sort-right", "order"))
        marked = ""
        if marks := len(self._table.marks):
            marked = f"{counted(marks, 'run')} marked ({key_of(self._table, 'compare')})"
        choice = self.workbench.data_choice
        line.update(self._listing.line(shown, self._records, choice, marked, keys))

    def on_row_table_moved(self) -> None:
        """Another run is under the cursor, or the same one has changed."""
        self._preview.tell(self._table.current)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action == "undo":
            return bool(self._deleted)
        if action in ON_ONE:
            record = self._table.current if self.is_mounted else None
            if record is None or (record.unreadable and action in ("rerun", "load")):
                return False
            return action != "request" or request_for(parameters[0], record) is not None
        return True

    # -- order and filter ---------------------------------

    def action_sort(self, step: int) -> None:
        """Sort by the next column."""
        self._list(self._listing.beside(self._table.columns, step))

    def action_turn(self) -> None:
        """The other way round."""
        self._list(self._listing.turned())

    def on_row_table_header_clicked(self, message: RunsTable.HeaderClicked) -> None:
        """A column's title: sort by it, or the other way round."""
        if message.column == self._listing.name:
            self.action_turn()
        else:
            found = (one for one in self._table.columns if one.column.name == message.column)
            self._list(self._listing.by(next(found)))

    def on_runs_table_rearranged(self) -> None:
        """Other columns, or other marks."""
        self._list(self._listing.among(self._table.columns))

    def action_of_choice(self) -> None:
        """Only the runs of the chosen data, or all of them again."""
        self._list(replace(self._listing, of_choice=not self._listing.of_choice))

    def action_filter(self) -> None:
        """Type what is looked for."""
        self.query_one(RunsFilter).open()

    def on_runs_filter_changed(self, message: RunsFilter.Changed) -> None:
        """Other runs are looked for."""
        self._list(replace(self._listing, chosen=message.chosen))

    def on_input_submitted(self) -> None:
        """Back to the table, filtered."""
        self._table.focus()

    def action_leave(self) -> None:
        """Out of the filter, then all runs again."""
        self.query_one(RunsFilter).close()
        if self._listing.of_choice:
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

    def action_text(self, field: str) -> None:
        """Ask for its name, a note or tags."""
        ask_text(self, self._record, field)

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
        reproduce_post(self)

    def action_figures(self) -> None:
        """The run as pictures."""
        self.post_message(DrawFigures(self._record.id))

    def action_export(self) -> None:
        """The run as files."""
        self.post_message(ExportRun(self._record.id))

    def action_load(self) -> None:
        """Its settings into the form."""
        self.post_message(LoadSettings(self._record.spec))
