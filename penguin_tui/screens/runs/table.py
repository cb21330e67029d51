"""The table of the Runs screen: the columns and the keys of a run; the screen has the actions."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.message import Message

from engine.comparison.comparison import LEAST, MOST
from engine.store.records import RunRecord
from penguin_tui.bars.keys import key_of
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.forms.run_command import run_command
from penguin_tui.presentation.runs.columns import RUN_COLUMNS, RunColumn, read_columns
from penguin_tui.presentation.runs_list import cells, columns_of
from penguin_tui.screens.dialogs import TextDialog
from penguin_tui.screens.messages import CompareRuns
from penguin_tui.tables.row_table import RowTable

COLUMNS_HINT = "run name val lr dropout …; empty: the usual ones"


class RunsTable(RowTable[RunRecord]):
    """The table of runs with the keys that work on one of them."""

    BINDING_GROUP_TITLE = "In the table of runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", id="open", tooltip="Live or finished, the same view."),
        Binding("slash", "screen.filter", "Filter", id="filter", key_display="/",
                tooltip="Show only the runs that match. Words, or lr<0.01 val>97% kind:train"
                " tag:final !failed."),
        Binding("space", "mark", "Mark", show=False, id="mark",
                tooltip="Mark the run, to compare it with others."),
        Binding("equals_sign", "compare", "Compare", id="compare", key_display="=",
                tooltip="Show two to eight runs side by side: those marked, or those shown."),
        Binding("s", "screen.request('stop')", "Stop", id="stop",
                tooltip="Stop the run; what it has is kept. A run that has not stopped within five"
                " seconds is killed."),
        Binding("p", "screen.request('turn')", "Pause or resume", show=False, id="pause",
                tooltip="Pause the run, or resume it where it was."),
        Binding("r", "screen.rerun", "Rerun", id="rerun",
                tooltip="Run it again with the same settings and seed; shows what changed since."),
        Binding("l", "screen.load", "Load settings", id="load",
                tooltip="Load its settings into the form."),
        Binding("n", "screen.text('name')", "Name", id="rename", tooltip="Give the run a name."),
        Binding("i", "screen.text('note')", "Note", id="note", tooltip="Keep a note with the run."),
        Binding("number_sign", "screen.text('tags_text')", "Tags", id="tag", key_display="#",
                tooltip="Put words to the run by which the filter finds it: tag:final."),
        Binding("f", "screen.figures", "Figures", show=False, id="figures",
                tooltip="Draw the run's figures into PNG files."),
        Binding("e", "screen.export", "Export", show=False, id="export",
                tooltip="Write the run to files: report, network, bundle, tables, notebook."),
        Binding("d,delete", "screen.delete", "Delete", id="delete",
                tooltip="Hide the run; it can be brought back."),
        Binding("full_stop", "screen.of_choice", "These data only", id="of_choice", key_display=".",
                tooltip="Show only the runs of the chosen data, or all of them again."),
        Binding("left", "screen.sort(-1)", "Sort by the column to the left", show=False,
                id="sort-left"),
        Binding("right", "screen.sort(1)", "Sort by the column to the right", show=False,
                id="sort-right", tooltip="Hidden columns are reached as well."),
        Binding("v", "screen.turn", "Reverse order", show=False, id="order",
                tooltip="Largest or smallest first."),
        Binding("asterisk", "columns", "Columns", show=False, id="columns",
                key_display="*", tooltip="Choose the columns: any setting or figure by its name."),
        Binding("x", "screen.reproduce", "Reproduce", id="reproduce",
                tooltip="Run everything in the post, beside its published figures."),
        Binding("u", "screen.undo", "Undo", id="undo", tooltip="Bring back what was deleted last."),
    ]  # fmt: skip

    def copied(self) -> str:
        """The command that runs the run under the cursor again."""
        record = self.current
        return run_command(record.spec) if record is not None and not record.unreadable else ""

    class Rearranged(Message):
        """Other columns have been chosen, or other runs marked."""

    def __init__(self, clock: Callable[[], float], choice: Callable[[], dict[str, Any]]) -> None:
        self.columns: tuple[RunColumn, ...] = RUN_COLUMNS
        # runs to compare, in the order in which they were marked
        self.marks: list[int] = []
        super().__init__(
            columns_of(()),
            lambda record: cells(
                record, clock(), choice(), self.width_of("name"),
                columns=self.columns, marked=record.id in self.marks,
            ),
            lambda record: record.id,
            id="table",
        )  # fmt: skip

    def on_mount(self) -> None:
        """The columns that were chosen last."""
        self.columns, _ = read_columns(self._app.run_columns)

    @property
    def _app(self) -> LinkedApp:
        return cast(LinkedApp, self.app)

    def show_records(self, records: Sequence[RunRecord], *order: Any) -> None:
        """Show these runs, in columns as wide as they need."""
        self.set_columns(columns_of(records, self.columns, marked=bool(self.marks)), self._cells)
        self.show(records, *order)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action == "mark":
            return self.current is not None
        return len(self.items) >= LEAST if action == "compare" else True

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark away."""
        if self.current is None:
            return
        run = self.current.id
        if run in self.marks:
            self.marks.remove(run)
        elif len(self.marks) < MOST:
            self.marks.append(run)
        else:
            self.notify(f"At most {MOST} runs are compared.", severity="warning")
        self.post_message(self.Rearranged())

    def action_compare(self) -> None:
        """The marked runs side by side; without a mark those that are shown, where they are few."""
        runs = self.marks or [record.id for record in self.items]
        if LEAST <= len(runs) <= MOST:
            self.post_message(CompareRuns(runs))
            return
        mark, leave, compare = (key_of(self, name) for name in ("mark", "filter", "compare"))
        self.notify(
            f"{mark} marks a run, {leave} leaves only some:"
            f" {compare} compares {LEAST} to {MOST} of them."
        )

    def action_columns(self) -> None:
        """Type the names of the columns."""
        names = " ".join(one.column.name for one in self.columns)
        self.app.push_screen(TextDialog("Columns", names, COLUMNS_HINT), self._show_columns)

    def _show_columns(self, typed: str | None) -> None:
        if typed is None:
            return
        self.columns, problems = read_columns(typed)
        if problems:
            self.notify("\n".join(map(str, problems)), severity="warning")
        self._app.run_columns = " ".join(one.column.name for one in self.columns)
        self.post_message(self.Rearranged())
