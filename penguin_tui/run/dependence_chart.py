"""Partial dependence: a class's probability over one column, on average and of single rows."""

from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from engine.results.explanation import ClassDependence, Dependence
from penguin_tui.charts import axis as axes
from penguin_tui.charts import palette
from penguin_tui.charts.canvas import Cells, Plane, lay_line, paint, plane
from penguin_tui.charts.cursor_chart import CursorChart
from penguin_tui.charts.grid import CURSOR, MUTED, SERIES, TITLE, Grid
from penguin_tui.charts.header import Item, put_header
from penguin_tui.charts.series import BRAILLE, Dots, draw, reduce
from penguin_tui.charts.value_axis import ValueScale, scale_of
from penguin_tui.presentation.results.explanation import dependence_at, dependence_title
from penguin_tui.presentation.text import counted

MIN_WIDTH, MIN_HEIGHT = 24, 6
LABEL_WIDTH = 6
MARK, SINGLE = "●", "·"
# single rows that can be told apart
SINGLES = 12


@dataclass(frozen=True, slots=True)
class DependenceLook:
    """The class that is shown, and the value of the grid being read."""

    place: int = 0
    cursor: int | None = None


class DependenceChart(CursorChart):
    """One class at a time; its keys go from value to value and from class to class."""

    DEFAULT_CSS = "DependenceChart { height: 1fr; min-height: 8; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "class(1)", "Class", id="dependence.class", key_display="↑↓",
                tooltip="Show the probability of another class."),
        Binding("up", "class(-1)", "Class", show=False, id="dependence.class_back"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.found: Dependence | None = None
        self.look = DependenceLook()

    def show(self, found: Dependence) -> None:
        """Show the dependence on another column; the class stays where it is shown again."""
        labels = [own.label for own in found.classes]
        before = self.found.classes[self.look.place].label if self.found is not None else ""
        self.found = found
        self._see(DependenceLook(labels.index(before) if before in labels else 0))

    def draw(self, width: int, height: int) -> Grid:
        """The chart."""
        if self.found is None:
            return Grid(width, height)
        return draw_dependence(width, height, self.found, self.look, focused=self.has_focus)

    def _see(self, look: DependenceLook) -> None:
        self.look = look
        self.redraw()
        self.refresh_bindings()

    def action_class(self, step: int) -> None:
        """Another class."""
        if self.found is not None:
            self._see(replace(self.look, place=(self.look.place + step) % len(self.found.classes)))

    @property
    def has_cursor(self) -> bool:
        """Whether a value is being read."""
        return self.look.cursor is not None

    def action_cursor(self, steps: int | None) -> None:
        """Move from value to value, first to the one in the middle."""
        if self.found is None:
            return
        last, now, place = len(self.found.grid) - 1, self.look.cursor, None
        if steps is not None:
            place = last // 2 if now is None else max(0, min(last, now + steps))
        self._see(replace(self.look, cursor=place))


def draw_dependence(
    width: int, height: int, found: Dependence, look: DependenceLook, focused: bool = False
) -> Grid:
    """The chart of `width` x `height` cells."""
    grid = Grid(width, height)
    head = _header(grid, found, look, focused)
    if width < MIN_WIDTH or height - head < MIN_HEIGHT - 2:
        return grid
    scale = scale_of(found.numbers or found.grid, log=False if found.numbers else None)
    room = plane(
        width, height - head, scale.axis(width - LABEL_WIDTH - 1),
        axes.Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0)), percent=True, label_width=LABEL_WIDTH,
    )  # fmt: skip
    xs = [scale.x(value) for value in found.numbers or found.grid]
    paint(grid, head, room, _cells(room, scale, xs, found.classes[look.place], look))
    return grid


def _cells(
    room: Plane, scale: ValueScale, xs: list[float], own: ClassDependence, look: DependenceLook
) -> Cells:
    cells: Cells = {}
    if look.cursor is not None:
        at = round(room.x.place(xs[look.cursor], room.columns))
        cells |= {(at, row): ("│", CURSOR) for row in range(room.rows)}
    if not scale.numeric:
        # between categories there is nothing to draw a line through
        for curve in own.individual[:SINGLES]:
            cells |= {_spot(room, x, y): (SINGLE, MUTED) for x, y in zip(xs, curve, strict=True)}
    else:
        dots = Dots(room.columns, room.rows)
        for curve in own.individual[:SINGLES]:
            reduced = reduce(xs, curve, room.x, 2 * room.columns, log=False)
            draw(dots, reduced, room.y, lambda column: column % 2 == 0)
        cells |= {place: (chr(BRAILLE + bits), MUTED) for place, bits in dots.drawn()}
        average: Cells = {}
        columns = reduce(xs, own.average, room.x, 2 * room.columns, log=False)
        lay_line(average, room, columns, 0)
        cells |= average
    if not scale.numeric or len(xs) <= room.columns // 4:
        cells |= {_spot(room, x, y): (MARK, SERIES) for x, y in zip(xs, own.average, strict=True)}
    return cells


def _spot(room: Plane, x: float, y: float) -> tuple[int, int]:
    row = round(room.y.place(y, 4 * room.rows)) // 4
    return round(room.x.place(x, room.columns)), max(0, min(room.rows - 1, row))


def _header(grid: Grid, found: Dependence, look: DependenceLook, focused: bool) -> int:
    """Title, legend, and the figures of the value being read; returns their rows."""
    singles = min(SINGLES, len(found.classes[look.place].individual))
    drawn = f", drawn from {found.of_rows:,}" if found.rows < found.of_rows else ""
    legend: list[Item] = [
        (
            (f"{palette.sample(0)} " if found.numbers else f"{MARK} ", SERIES),
            (f"average of {counted(found.rows, 'row')}{drawn}  ", MUTED),
        ),
        ((f"{SINGLE * 3} ", MUTED), (f"{singles} single rows", MUTED)),
    ]
    rows = put_header(grid, dependence_title(found, look.place), legend, focused=focused)
    if look.cursor is not None:
        grid.put(rows, 2, dependence_at(found, look.place, look.cursor), TITLE)
        rows += 1
    return rows
