"""Line charts of figures by epoch, made to be watched live over a slow line."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from penguin_tui.charts import axis as axes
from penguin_tui.charts import palette
from penguin_tui.charts import series as series_math
from penguin_tui.charts.canvas import Cells, Plane, lay_line, paint, plane
from penguin_tui.charts.cursor_chart import CursorChart
from penguin_tui.charts.grid import CURSOR, MUTED, SERIES, TITLE, Grid
from penguin_tui.charts.header import Item, put_header, width_of
from penguin_tui.charts.levels import lay_levels, with_near
from penguin_tui.presentation.references import Reference
from penguin_tui.presentation.text import clipped, csv_row, figure, percent, short

LABEL_WIDTH = 6
# of a value in a legend
VALUE_WIDTH = 7
MIN_WIDTH, MIN_HEIGHT = 24, 6
ZOOMS = (None, 1000, 100, 20)


@dataclass(frozen=True, slots=True)
class Series:
    """A line: `xs` rise, and what is not finite in `ys` leaves a gap.

    `style_index` chooses colour and line pattern: 0 is solid, 1 dashed,
    2 dotted, 3 dashes and dots. `short` is its name where there is little room.
    """

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    style_index: int = 0
    short: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """How a chart is looked at; `cursor` is a value of x, `zoom` a number of epochs."""

    log: bool = False
    smooth: bool = False
    zoom: int | None = None
    cursor: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What a line chart shows, and how it is looked at.

    With `unit="%"` the values are fractions and shown as percentages. `empty` is said while there
    is nothing to draw. The horizontal axis ends at `x_max`, such as the epochs planned; without
    it a little after the last value, growing in steps. `levels` are lines across the chart.
    """

    title: str
    series: tuple[Series, ...] = ()
    view: View = View()
    unit: str = ""
    empty: str = ""
    x_label: str = ""
    x_max: float | None = None
    levels: tuple[Reference, ...] = ()


class LineChart(CursorChart):
    """Several series over the same x, with a legend that shows their values."""

    DEFAULT_CSS = """
    LineChart { min-height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "log_axis", "Log axis", id="chart.log", tooltip="Show values on a log axis."),
        Binding(
            "m", "smooth", "Smooth", id="chart.smooth",
            tooltip="Show a moving average of about the last ten epochs.",
        ),
        Binding(
            "z", "zoom", "Zoom", id="chart.zoom",
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
        return draw_chart(self._chart, width, height, focused=self.has_focus)

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


def draw_chart(chart: Chart, width: int, height: int, *, focused: bool = False) -> Grid:
    """A chart of `width` x `height` cells; whatever cannot be drawn is left out."""
    grid = Grid(width, height)
    head = _header(grid, chart, focused)
    if not any(len(one.xs) for one in chart.series):
        grid.put(min(height - 1, max(head, height // 2)), 2, chart.empty, MUTED)
        return grid
    if width < MIN_WIDTH or height - head < MIN_HEIGHT - 2:
        return grid
    room, lines = _room(chart, width, height - head)
    cells: Cells = {}
    lay_levels(grid, cells, room, chart.levels)
    cursor = _cursor_column(room, chart.view)
    if cursor is not None:
        cells |= {(cursor, row): ("│", CURSOR) for row in range(room.rows)}
    for one, columns in zip(chart.series, lines, strict=True):
        lay_line(cells, room, columns, one.style_index)
    paint(grid, head, room, cells, chart.x_label)
    return grid


def _room(chart: Chart, width: int, height: int) -> tuple[Plane, list[series_math.Columns]]:
    """The room of the chart, and each series reduced to its columns of dots."""
    label_width, view, fractions = LABEL_WIDTH, chart.view, chart.unit == "%"
    shown = [(s.xs, series_math.smooth(s.ys) if view.smooth else s.ys) for s in chart.series]
    while True:
        columns = width - label_width - 1
        x = _x_axis(chart, columns)
        dots = 2 * columns
        lines = [series_math.reduce(xs, ys, x, dots, view.log) for xs, ys in shown]
        values = [v for line in lines for c in line if c is not None for v in (c.low, c.high)]
        if values and not view.log:
            values = with_near(values, chart.levels)
        rows = height - 2
        make = axes.log_axis if view.log and values else axes.value_axis
        y = make(values or (0.0, 1.0), rows, axes.FRACTIONS if fractions else axes.ANY)
        room = plane(width, height, x, y, percent=fractions, label_width=label_width)
        if room.left == label_width + 1:
            return room, lines
        # a label is wider than usual: once more with less room
        label_width = room.left - 1


def _x_axis(chart: Chart, columns: int) -> axes.Axis:
    series, zoom, x_max = chart.series, chart.view.zoom, chart.x_max
    first = min(one.xs[0] for one in series if len(one.xs))
    last = max(one.xs[-1] for one in series if len(one.xs))
    if zoom:
        # moves in steps of a tenth, so that not every epoch shifts the whole chart
        step = max(1, zoom // 10)
        stop = math.ceil(last / step) * step
        return axes.count_axis(max(first, stop - zoom), stop, columns)
    end = max(x_max, last) if x_max is not None else axes.round_end(last)
    return axes.count_axis(min(first, end), end, columns)


def _cursor_column(room: Plane, view: View) -> int | None:
    if view.cursor is None or not room.x.low <= view.cursor <= room.x.high:
        return None
    return round(room.x.place(view.cursor, 2 * room.columns)) // 2


def _header(grid: Grid, chart: Chart, focused: bool) -> int:
    """Write title and legend; returns how many rows they take."""
    view = chart.view
    notes = [
        *(["log axis"] if view.log else []),
        *(["smoothed"] if view.smooth else []),
        *([f"last {view.zoom:,}"] if view.zoom else []),
        *([f"at {short(view.cursor)}"] if view.cursor is not None else []),
    ]
    items = _legend(chart)
    if width_of(items) > grid.width - 2:
        items = _legend(chart, short=True)
    return put_header(grid, chart.title, items, notes=notes, focused=focused)


def _legend(chart: Chart, *, short: bool = False) -> list[Item]:
    return [
        (
            (f"{palette.sample(one.style_index)} ", SERIES + one.style_index),
            (f"{clipped(one.short if short and one.short else one.name, 24)} ", MUTED),
            # as wide as most, so that what is beside it stays where it is
            (f"{_value(one, chart.view, chart.unit):<{VALUE_WIDTH}}  ", TITLE),
        )
        for one in chart.series
        if len(one.xs)
    ]


def _value(one: Series, view: View, unit: str) -> str:
    place = len(one.xs) - 1
    if view.cursor is not None:
        place = bisect_left(one.xs, view.cursor)
        if place == len(one.xs) or one.xs[place] != view.cursor:
            return "–"
    value = one.ys[place]
    if unit == "%":
        return percent(value)
    return f"{figure(value)} {unit}".rstrip()
