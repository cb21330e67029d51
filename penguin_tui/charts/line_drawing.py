"""How a line chart is drawn: series, the way they are looked at, and the cells of the picture."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from penguin_tui.charts import axis as axes
from penguin_tui.charts import palette
from penguin_tui.charts import series as series_math
from penguin_tui.charts.band import SHADE, shaded
from penguin_tui.charts.canvas import Cells, Plane, lay_line, paint, plane
from penguin_tui.charts.grid import CURSOR, MUTED, SERIES, TITLE, Grid
from penguin_tui.charts.header import Item, put_header, width_of
from penguin_tui.charts.levels import NEAR, SIGNS, lay_levels, with_near
from penguin_tui.presentation.references import Reference
from penguin_tui.presentation.text import clipped, figure, percent, short

LABEL_WIDTH = 6
# of a value in a legend
VALUE_WIDTH = 7
MIN_WIDTH, MIN_HEIGHT = 24, 6
# columns from the marker of one line to that of the next
MARKER_STEP = 3
# what the cursor covers
BEHIND = (" ", SHADE, *SIGNS)


@dataclass(frozen=True, slots=True)
class Series:
    """A line: `xs` rise, and what is not finite in `ys` leaves a gap.

    `style_index` chooses colour and line pattern: 0 is solid, 1 dashed,
    2 dotted, 3 dashes and dots. `short` is its name where there is little room. `marker` is a
    sign put on the line now and then, for more lines than there are patterns; `band` are the lower
    and the upper ends of what is shaded around it, one for each of `xs`.
    """

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    style_index: int = 0
    short: str = ""
    marker: str = ""
    band: tuple[Sequence[float], Sequence[float]] | None = None


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


@dataclass(frozen=True, slots=True)
class Plot:
    """What stands below the header but for the cursor, which moves over it without a new drawing.

    `chart` has no cursor; `grid` is as large as the room below the header.
    """

    chart: Chart
    room: Plane
    grid: Grid

    def fits(self, chart: Chart, width: int, height: int) -> bool:
        """Whether it is what would be drawn of `chart` in this room."""
        return self.chart == chart and (self.grid.width, self.grid.height) == (width, height)


def draw_chart(chart: Chart, width: int, height: int) -> Grid:
    """A chart of `width` x `height` cells; whatever cannot be drawn is left out."""
    return draw_again(chart, width, height)[0]


def draw_again(
    chart: Chart, width: int, height: int, before: Plot | None = None, *, focused: bool = False
) -> tuple[Grid, Plot | None]:
    """The same, and its plot; that of a drawing `before` serves where only the cursor has moved."""
    grid = Grid(width, height)
    head = _header(grid, chart, focused)
    if not any(len(one.xs) for one in chart.series):
        grid.put(min(height - 1, max(head, height // 2)), 2, chart.empty, MUTED)
        return grid, None
    if width < MIN_WIDTH or height - head < MIN_HEIGHT - 2:
        return grid, None
    still = replace(chart, view=replace(chart.view, cursor=None))
    fits = before is not None and before.fits(still, width, height - head)
    found = before if before is not None and fits else _plot(still, width, height - head)
    for row, (characters, styles) in enumerate(
        zip(found.grid.characters, found.grid.styles, strict=True), start=head
    ):
        grid.characters[row], grid.styles[row] = characters[:], styles[:]
    lay_levels(grid, {}, found.room, chart.levels)
    _lay_cursor(grid, head, found.room, chart.view)
    return grid, found


def _plot(chart: Chart, width: int, height: int) -> Plot:
    grid = Grid(width, height)
    room, lines = _room(chart, width, height)
    cells: Cells = {}
    for one in chart.series:
        cells |= _shade(one, room, chart.view)
    lay_levels(Grid(width, 1), cells, room, chart.levels)
    for one, columns in zip(chart.series, lines, strict=True):
        lay_line(cells, room, columns, one.style_index)
    for place, (one, columns) in enumerate(zip(chart.series, lines, strict=True)):
        cells |= _markers(one, room, columns, place, len(chart.series))
    paint(grid, 0, room, cells, chart.x_label)
    return Plot(chart, room, grid)


def _lay_cursor(grid: Grid, head: int, room: Plane, view: View) -> None:
    """The cursor, behind what the lines have in its column."""
    at = _cursor_column(room, view)
    if at is None:
        return
    for row in range(head, head + room.rows):
        if grid.characters[row][room.left + at] in BEHIND:
            grid.put(row, room.left + at, "│", CURSOR)


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
        values = _with_bands(values, chart, x, dots)
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


def _with_bands(values: list[float], chart: Chart, x: axes.Axis, dots: int) -> list[float]:
    """The heights of the lines and of their bands, which press no line flat.

    Beyond the axis a band is cut.
    """
    if not values:
        return values
    room = NEAR * (max(values) - min(values))
    low, high = min(values) - room, max(values) + room
    bands = (
        series_math.reduce(one.xs, ys, x, dots, chart.view.log)
        for one in chart.series
        for ys in one.band or ()
    )
    ends = (v for line in bands for c in line if c is not None for v in (c.low, c.high))
    return [*values, *(min(max(end, low), high) for end in ends)]


def _shade(one: Series, room: Plane, view: View) -> Cells:
    """The band of a series."""
    if one.band is None:
        return {}
    dots = 2 * room.columns
    lows, highs = (series_math.reduce(one.xs, ys, room.x, dots, view.log) for ys in one.band)
    high = {found.column // 2: found.high for found in highs if found is not None}
    low = {found.column // 2: found.low for found in lows if found is not None}
    ends = [(x, low[x], high[x]) for x in sorted(low) if x in high]
    return shaded(room, ends, SERIES + one.style_index)


def _markers(
    one: Series, room: Plane, columns: series_math.Columns, place: int, number: int
) -> Cells:
    """The marker of a series every so many columns, each series at columns of its own."""
    if not one.marker:
        return {}
    found: Cells = {}
    step = MARKER_STEP * number
    for column in filter(None, columns):
        x = column.column // 2
        if x % step == MARKER_STEP * place:
            y = round(room.y.place((column.low + column.high) / 2, 4 * room.rows)) // 4
            if 0 <= y < room.rows:
                found[x, y] = (one.marker, SERIES + one.style_index)
    return found


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
            (f"{palette.sample(one.style_index, one.marker)} ", SERIES + one.style_index),
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
