"""The log of a run with many trainings: what was noted, and every training as it ended."""

from collections.abc import Iterator

from engine.store.records import RunRecord
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.run_log import Moment, moments
from penguin_tui.presentation.text import clock
from penguin_tui.run.live_pane import LivePane
from penguin_tui.tables.row_table import RowTable

COLUMNS = (Column("at", "time", 8), Column("text", "", 0, most=200))
EMPTY = ("", "Nothing has happened yet.")


def moment_cells(moment: Moment) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`."""
    return (clock(moment.at), "muted"), (moment.text, moment.style)


class TrialLog(LivePane):
    """The lines, the newest in sight while the run is live."""

    BINDING_GROUP_TITLE = "Log"
    DEFAULT_CSS = "TrialLog { height: 1fr; }"
    PARTS = ("lines",)

    def compose(self) -> Iterator[RowTable[Moment]]:
        """The table."""
        yield RowTable(COLUMNS, moment_cells, lambda one: (one.at, one.number, one.text))

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Show the lines."""
        table: RowTable[Moment] = self.query_one(RowTable)
        at_end = not table.items or table.current is table.items[-1]
        table.show(moments(record, self.state), empty=EMPTY)
        if at_end and record.live:
            table.move_to(len(table.items) - 1)
