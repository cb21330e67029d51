"""Axes drawn by plotext into a grid, and marked cells between them.

plotext places ticks and labels, once for the axes of a chart. It is given no points: a line of a
few hundred noisy ones would take it a quarter of a second.

This is the one module that touches plotext (5.3, with textual-plotext 1.0) and what is private
there: `Plot._set_size`, because `plotsize` alone cuts at what plotext takes for the terminal's
size, and the matrix of characters and colours that `build` leaves in `Plot.monitor`.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from penguin_tui.charts import palette
from penguin_tui.charts.axis import Axis
from penguin_tui.charts.grid import AXIS, PLAIN, SERIES, Grid
from penguin_tui.charts.series import BRAILLE, Columns, Dots, draw

# plotext knows colours by number; these two mark the axes and stand for "no colour".
_AXES, _NONE = 255, "default"


@dataclass(frozen=True, slots=True)
class Plane:
    """The room of a chart: its axes, and the cells of its canvas within `width` x `height`."""

    width: int
    height: int
    x: Axis
    y: Axis
    y_labels: tuple[str, ...]

    @property
    def left(self) -> int:
        """The first column of the canvas."""
        return max(map(len, self.y_labels), default=0) + 1

    @property
    def columns(self) -> int:
        """Columns of the canvas."""
        return self.width - self.left

    @property
    def rows(self) -> int:
        """Rows of the canvas: all but the axis and its labels."""
        return self.height - 2


def plane(width: int, height: int, x: Axis, y: Axis, *, percent: bool, label_width: int) -> Plane:
    """The plane of a chart; labels of the vertical axis are at least `label_width` wide."""
    labels = tuple(label.rjust(label_width) for label in y.labels(percent))
    return Plane(width, height, x, y, labels)


# character and style by (column, row from below)
Cells = dict[tuple[int, int], tuple[str, int]]


def lay_line(cells: Cells, room: Plane, columns: Columns, style: int) -> None:
    """Lay a series, reduced to columns of dots, over what is there.

    `style` chooses colour and pattern. Where lines cross, the dots of both stay.
    """
    dots = Dots(room.columns, room.rows)
    draw(dots, columns, room.y, partial(palette.drawn, style))
    for place, bits in dots.drawn():
        before = cells.get(place, (" ", 0))[0]
        both = bits | (ord(before) & 0xFF if before > chr(BRAILLE) else 0)
        cells[place] = chr(BRAILLE + both), SERIES + style


def paint(grid: Grid, top: int, room: Plane, cells: Cells, x_label: str = "") -> None:
    """Paint axes and `cells` from row `top` of the grid on."""
    for row, (characters, styles) in enumerate(_axes(room), start=top):
        grid.characters[row][: room.width] = characters
        grid.styles[row][: room.width] = styles
    for (column, row), (character, style) in cells.items():
        if 0 <= column < room.columns and 0 <= row < room.rows:
            y, x = top + room.rows - 1 - row, room.left + column
            grid.characters[y][x], grid.styles[y][x] = character, style
    if x_label and len(x_label) < room.left:
        # beside the axis: below it the first tick's label may need the room
        grid.put(top + room.height - 2, room.left - 1 - len(x_label), x_label, AXIS)


@lru_cache(maxsize=64)
def _axes(room: Plane) -> tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]:
    """Characters and styles of each row of an empty chart, from the top.

    Axes change less often than what is between them, and take plotext several milliseconds.
    """
    # imported here: it takes longer than everything else on the first screen
    from textual_plotext.plot import Plot

    plot: Any = Plot()
    plot._set_size(room.width, room.height)
    plot.ticks_color(_AXES)
    plot.canvas_color(_NONE)
    plot.axes_color(_NONE)
    plot.xaxes(True, False)
    plot.yaxes(True, False)
    plot.xlim(0, room.columns - 1)
    plot.ylim(0, room.rows - 1)
    plot.xticks([room.x.place(tick, room.columns) for tick in room.x.ticks], room.x.labels())
    plot.yticks([room.y.place(tick, room.rows) for tick in room.y.ticks], list(room.y_labels))
    # without data plotext draws no axes
    plot.scatter([0], [0], marker=" ", color=_NONE)
    plot.build()
    matrix = plot.monitor.matrix
    # plotext counts rows from below
    return tuple(
        (tuple(matrix.marker[row]), tuple(map(_style, matrix.fullground[row])))
        for row in reversed(range(room.height))
    )


def _style(colour: Any) -> int:
    return AXIS if colour == _AXES else PLAIN
