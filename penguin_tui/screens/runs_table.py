"""The table of the Runs screen: the columns and the keys of a run; the screen has the actions."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from engine.store.records import RunRecord
from penguin_tui.forms.run_command import run_command
from penguin_tui.presentation.runs_list import COLUMNS, cells, columns_of
from penguin_tui.tables.row_table import RowTable


class RunsTable(RowTable[RunRecord]):
    """The table of runs with the keys that work on one of them."""

    BINDING_GROUP_TITLE = "In the table of runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", id="open", tooltip="Live or finished, the same view."),
        Binding("slash", "screen.filter", "Filter", id="filter", key_display="/",
                tooltip="Show only the runs that match: words, lr<0.01 val>97% kind:train tag:final"
                " !failed."),
        Binding("space", "screen.mark", "Mark", show=False, id="mark",
                tooltip="Mark the run, to compare it with others."),
        Binding("equals_sign", "screen.compare", "Compare", id="compare", key_display="=",
                tooltip="Show the marked runs side by side: two to eight."),
        Binding("left", "screen.sort(-1)", "Sort by the column to the left", show=False,
                id="sort-left"),
        Binding("right", "screen.sort(1)", "Sort by the column to the right", show=False,
                id="sort-right", tooltip="Hidden columns are reached as well."),
        Binding("full_stop", "screen.of_choice", "These data only", id="of_choice", key_display=".",
                tooltip="Show only the runs of the chosen data, or all of them again."),
        Binding("v", "screen.turn", "Reverse order", show=False, id="order",
                tooltip="Largest or smallest first."),
        Binding("n", "screen.rename", "Name", id="rename", tooltip="Give the run a name."),
        Binding("i", "screen.note", "Note", id="note", tooltip="Keep a note with the run."),
        Binding("number_sign", "screen.tag", "Tags", id="tag", key_display="#",
                tooltip="Put words to the run by which the filter finds it: tag:final."),
        Binding("r", "screen.rerun", "Rerun", id="rerun",
                tooltip="Run it again with the same settings and seed; shows what changed since."),
        Binding("l", "screen.load", "Load settings", id="load",
                tooltip="Load its settings into the form."),
        Binding("s", "screen.request('stop')", "Stop", id="stop",
                tooltip="Stop the run; what it has is kept. A run that has not stopped within five"
                " seconds is killed."),
        Binding("p", "screen.request('turn')", "Pause or resume", show=False, id="pause",
                tooltip="Pause the run, or resume it where it was."),
        Binding("d,delete", "screen.delete", "Delete", id="delete",
                tooltip="Hide the run; it can be brought back."),
        Binding("x", "screen.reproduce", "Reproduce", id="reproduce",
                tooltip="Run everything in the post, beside its published figures."),
        Binding("u", "screen.undo", "Undo", id="undo", tooltip="Bring back what was deleted last."),
    ]  # fmt: skip

    def copied(self) -> str:
        """The command that runs the run under the cursor again."""
        record = self.current
        return run_command(record.spec) if record is not None and not record.unreadable else ""

    def __init__(self, clock: Callable[[], float], choice: Callable[[], dict[str, Any]]) -> None:
        super().__init__(
            COLUMNS,
            lambda record: cells(
                record, clock(), choice(), self.width_of("name"), marked=record.id in self.marks
            ),
            lambda record: record.id,
            id="table",
        )
        # runs to compare, in the order in which they were marked
        self.marks: list[int] = []

    def show_records(self, records: Sequence[RunRecord], *order: Any) -> None:
        """Show these runs, in columns as wide as they need."""
        self.set_columns(columns_of(records, marked=bool(self.marks)), self._cells)
        self.show(records, *order)
