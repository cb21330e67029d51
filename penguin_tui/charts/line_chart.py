"""Line charts of figures by epoch, made to be watched live over a slow line."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from penguin_tui.charts.cursor_chart import DRAWING, CursorChart
from penguin_tui.charts.grid import Grid
from penguin_tui.charts.line_drawing import LABEL_WIDTH, Chart, Plot, Series, View, draw_again
from penguin_tui.presentation.references import Reference
from penguin_tui.presentation.text import csv_row

ZOOMS = (None, 1000, 100, 20)


class LineChart(CursorChart):
    """Several series over the same x, with a legend that shows their values."""

    DEFAULT_CSS = """
    LineChart { min-height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y", "log_axis", "Log axis", id="chart.log", group=DRAWING,
            tooltip="Show values on a log axis.",
        ),
        Binding(
            "m", "smooth", "Smooth", id="chart.smooth", group=DRAWING,
            tooltip="Show a moving average of about the last ten epochs.",
        ),
        Binding(
            "z", "zoom", "Zoom", id="chart.zoom", group=DRAWING,
            tooltip="Show the last 1,000, 100 or 20 epochs only, or all of them again.",
        ),
        Binding("home", "cursor_end(0)", "First value", show=False, id="chart.first"),
        Binding("end", "cursor_end(-1)", "Last value", show=False, id="chart.last"),
    ]  # fmt: skip

    def __init__(
        self,
        title: str,
        *,
        empty: str,
        unit: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._chart = Chart(title, unit=unit, empty=empty)
        self._plot: Plot | None = None

    def on_show(self) -> None:
        """Its keys are offered wherever the focus is."""
        self.refresh_bindings()

    def on_hide(self) -> None:
        """They are no longer."""
        self.refresh_bindings()

    def show(
        self,
        series: Sequence[Series],
        x_label: str = "epoch",
        x_max: float | None = None,
        levels: Sequence[Reference] = (),
    ) -> None:
        """Show these series instead of those before, drawn with the widget's next message."""
        self._chart = replace(
            self._chart, series=tuple(series), x_label=x_label, x_max=x_max, levels=tuple(levels)
        )
        self.call_later(self.redraw)

    def set_title(self, title: str) -> None:
        """Another title, shown when the chart is drawn next."""
        self._chart = replace(self._chart, title=title)

    def draw(self, width: int, height: int) -> Grid:
        """The whole chart as cells."""
        grid, self._plot = draw_again(
            self._chart, width, height, self._plot, focused=self.has_focus
        )
        return grid

    @property
    def view(self) -> View:
        """How it is looked at."""
        return self._chart.view

    class CursorMoved(Message):
        """A person reads another value of x; None where no value is read any more."""

        def __init__(self, cursor: float | None) -> None:
            super().__init__()
            self.cursor = cursor

    def _look(self, **changed: Any) -> None:
        self._chart = replace(self._chart, view=replace(self.view, **changed))
        self.redraw()

    def read_at(self, cursor: float | None) -> None:
        """Show the values at `cursor`, as another chart of the same x does; None hides it."""
        if cursor != self.view.cursor:
            self._look(cursor=cursor)

    def _move_cursor(self, cursor: float | None) -> None:
        self._look(cursor=cursor)
        self.post_message(self.CursorMoved(cursor))

    def action_log_axis(self) -> None:
        """Switch between a linear and a log axis."""
        self._look(log=not self.view.log)

    def action_smooth(self) -> None:
        """Switch smoothing on and off."""
        self._look(smooth=not self.view.smooth)

    def action_zoom(self) -> None:
        """Show fewer of the last epochs, or all of them after the fewest."""
        known = max((len(series.xs) for series in self._chart.series), default=0)
        useful = [zoom for zoom in ZOOMS if zoom is None or zoom < known]
        place = useful.index(self.view.zoom) if self.view.zoom in useful else 0
        self._look(zoom=useful[(place + 1) % len(useful)])

    @property
    def has_cursor(self) -> bool:
        """Whether a value is being read."""
        return self.view.cursor is not None

    def action_cursor(self, steps: int | None) -> None:
        """Move by points, or by columns when points are many."""
        if steps is None:
            self._move_cursor(None)
            return
        xs = _shown_xs(self._chart.series, self.view)
        if not xs:
            return
        per_cell = max(1, len(xs) // max(1, self.size.width - LABEL_WIDTH - 1))
        if self.view.cursor is None:
            place = len(xs) - 1
        else:
            place = min(bisect_left(xs, self.view.cursor), len(xs) - 1) + steps * per_cell
        self._move_cursor(xs[max(0, min(len(xs) - 1, place))])

    def copied(self) -> str:
        """The value under the cursor and what the series have there, as CSV."""
        at = self.view.cursor
        if at is None:
            return ""
        found = (
            (one, place)
            for one in self._chart.series
            if (place := bisect_left(one.xs, at)) < len(one.xs) and one.xs[place] == at
        )
        return csv_row([f"{at:g}", *(repr(float(one.ys[place])) for one, place in found)])

    def action_cursor_end(self, place: int) -> None:
        """Put the cursor on the first or last value shown."""
        xs = _shown_xs(self._chart.series, self.view)
        if xs:
            self._move_cursor(xs[place])


def _shown_xs(series: Sequence[Series], view: View) -> Sequence[float]:
    longest = max(series, key=lambda one: len(one.xs), default=None)
    if longest is None:
        return ()
    return longest.xs[-view.zoom :] if view.zoom else longest.xs
