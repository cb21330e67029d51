"""A sweep, live or finished: the chart of its points and their table."""

from functools import partial
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from engine.results.search import Point
from engine.store.records import RunRecord
from penguin_tui.presentation.results.sweep import (
    SweepPicture,
    picture_of,
    point_cells,
    point_columns,
    sweep_lines,
)
from penguin_tui.run.live_pane import LivePane
from penguin_tui.sweep.sweep_chart import SweepChart
from penguin_tui.tables.row_table import RowTable
from penguin_tui.tables.text_lines import content

BESIDE = 116
EMPTY = ("", "No training has finished yet.")


class PointTable(RowTable[Point]):
    """A row for each value: accuracies, their interval, and which is best and chosen."""

    BINDING_GROUP_TITLE = "Points"

    def __init__(self) -> None:
        super().__init__((), lambda _: (), lambda point: repr(point.value))
        self._setting = ""

    def settings_under_cursor(self) -> dict[str, Any] | None:
        """The value of the point."""
        return {self._setting: self.current.value} if self.current is not None else None

    def show_picture(self, picture: SweepPicture) -> None:
        """Show the points of a picture."""
        self._setting = picture.setting
        self.set_columns(point_columns(picture), partial(point_cells, picture))
        self.show(picture.points, empty=EMPTY)


class SweepPane(LivePane):
    """The chart; beside it the table where there is room; below it what it says."""

    BINDING_GROUP_TITLE = "Sweep"
    DEFAULT_CSS = """
    SweepPane {
        height: 1fr; layout: vertical;
        #sweep-row { height: 1fr; }
        SweepChart { width: 1fr; height: 1fr; margin-right: 1; }
        PointTable { width: 62; border-left: solid $foreground 20%; }
        #sweep-says { height: auto; padding: 0 1; color: $foreground 85%; }
    }
    """
    PARTS = ("picture",)

    def compose(self) -> ComposeResult:
        """Chart, table, sentence."""
        with Horizontal(id="sweep-row"):
            yield SweepChart()
            yield PointTable()
        yield Static("", id="sweep-says", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """The table where there is room."""
        self.query_one(PointTable).display = event.size.width >= BESIDE

    def draw_part(self, name: str, record: RunRecord) -> None:
        """All of it comes from the same points."""
        picture = picture_of(record, self.state)
        if picture is None:
            return
        self.query_one(PointTable).display = self.size.width >= BESIDE
        self.query_one(SweepChart).show(picture)
        self.query_one(PointTable).show_picture(picture)
        says = self.query_one("#sweep-says", Static)
        # of a finished one the head says it
        lines = sweep_lines(record, self.state) if self.state.result is None else []
        says.display = bool(lines)
        says.update(content(lines))


class PointsPane(LivePane):
    """The table alone."""

    DEFAULT_CSS = "PointsPane { height: 1fr; }"
    PARTS = ("table",)

    def compose(self) -> ComposeResult:
        """The table."""
        yield PointTable()

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Show the points."""
        picture = picture_of(record, self.state)
        if picture is not None:
            self.query_one(PointTable).show_picture(picture)
