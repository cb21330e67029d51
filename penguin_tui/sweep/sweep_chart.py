"""Accuracy over the swept value: means, their 95 % band, the best and the chosen value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, Literal

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from engine.results import Point
from penguin_tui.charts import axis as axes
from penguin_tui.charts import palette
from penguin_tui.charts import series as series_math
from penguin_tui.charts.canvas import Plane, paint, plane
from penguin_tui.charts.grid import ACCENT, CURSOR, MUTED, SERIES, TITLE, CellWidget, Grid
from penguin_tui.charts.value_axis import ValueScale, scale_of
from penguin_tui.presentation.sweep import SweepPicture, point_text

MIN_WIDTH, MIN_HEIGHT = 24, 6
LABEL_WIDTH = 6
SHADE, BAR = "░", "┃"
BANDS: tuple[Literal["validation", "train", "none"], ...] = ("validation", "train", "none")
BEST, CHOSEN = "▲", "◆"
# with so few points each one is marked
MARKED = 40


@dataclass(frozen=True, slots=True)
class SweepLook:
    """How it is looked at: which band is shaded, a log axis or not, the point being read."""

    band: Literal["validation", "train", "none"] = "validation"
    log: bool | None = None
    cursor: int | None = None


class SweepChart(CellWidget, can_focus=True):
    """Training and validation accuracy over the swept value, growing as points arrive."""

    BINDING_GROUP_TITLE = "Chart"
    DEFAULT_CSS = """
    SweepChart { min-height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "band", "Band", id="sweep.band",
                tooltip="Shade the 95 % band of validation, of training, or of none."),
        Binding("g", "log", "Log axis", id="sweep.log",
                tooltip="Show the values on a log axis, or on a linear one."),
        Binding("left", "cursor(-1)", "Value", id="sweep.left", key_display="←→",
                tooltip="Go from point to point to read the figures."),
        Binding("right", "cursor(1)", "Value", show=False, id="sweep.right"),
        Binding("shift+left", "cursor(-10)", "Back 10", show=False, id="sweep.far_left"),
        Binding("shift+right", "cursor(10)", "Forward 10", show=False, id="sweep.far_right"),
        Binding("escape", "no_cursor", "Hide cursor", show=False, id="sweep.no_cursor"),
    ]  # fmt: skip

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._picture: SweepPicture | None = None
        self.look = SweepLook()

    def show(self, picture: SweepPicture) -> None:
        """Show these points."""
        if picture != self._picture:
            self._picture = picture
            self.redraw()
            self.refresh_bindings()

    def draw(self, width: int, height: int) -> Grid:
        """The chart."""
        return draw_sweep(width, height, self._picture, self.look, focused=self.has_focus)

    def _see(self, look: SweepLook) -> None:
        self.look = look
        self.redraw()
        self.refresh_bindings()

    def action_band(self) -> None:
        """Shade another band."""
        place = BANDS.index(self.look.band)
        self._see(replace(self.look, band=BANDS[(place + 1) % len(BANDS)]))

    def action_log(self) -> None:
        """The other kind of axis."""
        if self._picture is not None:
            now = scale_of(self._picture.values, self.look.log).log
            self._see(replace(self.look, log=not now))

    def action_cursor(self, step: int) -> None:
        """To another point."""
        count = len(self._picture.points) if self._picture else 0
        if count:
            now = self.look.cursor
            place = count - 1 if now is None else max(0, min(count - 1, now + step))
            self._see(replace(self.look, cursor=place))

    def action_no_cursor(self) -> None:
        """Read no point."""
        self._see(replace(self.look, cursor=None))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a cursor, escape belongs to the screen; names have no log axis."""
        if action == "no_cursor":
            return self.look.cursor is not None
        if action == "log":
            found = self._picture
            return found is not None and scale_of(found.values, True).log
        return True

    def on_focus(self) -> None:
        """The title of the focused chart stands out."""
        self.redraw()

    def on_blur(self) -> None:
        """Back to a plain title."""
        self.redraw()


def draw_sweep(
    width: int, height: int, picture: SweepPicture | None, look: SweepLook, focused: bool = False
) -> Grid:
    """The chart of `width` x `height` cells."""
    grid = Grid(width, height)
    if picture is None:
        return grid
    points = picture.points
    head = _header(grid, picture, look, focused)
    if not points:
        text = "The first point is drawn when a training has finished."
        grid.put(min(height - 1, max(head, height // 2)), 2, text, MUTED)
        return grid
    if width < MIN_WIDTH or height - head < MIN_HEIGHT - 2:
        return grid
    scale = scale_of(picture.values, look.log)
    rows = height - head - 2
    y = axes.value_axis(_heights(points, look), rows)
    room = plane(
        width, height - head, scale.axis(width - LABEL_WIDTH - 1), y,
        percent=True, label_width=LABEL_WIDTH,
    )  # fmt: skip
    marks = _marks(room, scale, picture, look)
    paint(grid, head, room, [(*place, *cell) for place, cell in marks.items()])
    return grid


def _heights(points: Sequence[Point], look: SweepLook) -> list[float]:
    found = [band.mean for point in points for band in (point.train, point.validation)]
    if look.band != "none":
        for point in points:
            found += getattr(point, look.band).ends
    return found


Marks = dict[tuple[int, int], tuple[str, int]]


def _marks(room: Plane, scale: ValueScale, picture: SweepPicture, look: SweepLook) -> Marks:
    points = sorted(picture.points, key=lambda point: scale.x(point.value))
    cells: Marks = {}
    places = {
        "chosen": picture.marked(picture.chosen),
        "best": picture.marked(picture.best),
    }
    if look.band != "none":
        cells |= _band(room, scale, points, look.band)
    chosen = places["chosen"]
    if chosen is not None:
        column = _column(room, scale, chosen.value)
        cells |= {(column, row): ("┊", ACCENT) for row in range(room.rows)}
    if look.cursor is not None and look.cursor < len(picture.points):
        column = _column(room, scale, picture.points[look.cursor].value)
        cells |= {(column, row): ("│", CURSOR) for row in range(room.rows)}
    for style, name in ((1, "train"), (0, "validation")):
        if scale.numeric:
            cells |= _line(room, scale, points, name, style, cells)
        if not scale.numeric or len(points) <= MARKED:
            for point in points:
                spot = _spot(room, scale, point.value, getattr(point, name).mean)
                cells[spot] = ("●" if style == 0 else "○", SERIES + style)
    for named, sign in ((places["best"], BEST), (chosen, CHOSEN)):
        if named is not None:
            spot = _spot(room, scale, named.value, named.validation.mean)
            cells[spot] = (sign, ACCENT)
    return cells


def _column(room: Plane, scale: ValueScale, value: Any) -> int:
    return round(room.x.place(scale.x(value), 2 * room.columns)) // 2


def _spot(room: Plane, scale: ValueScale, value: Any, share: float) -> tuple[int, int]:
    row = round(room.y.place(share, 4 * room.rows)) // 4
    return _column(room, scale, value), max(0, min(room.rows - 1, row))


def _line(
    room: Plane, scale: ValueScale, points: Sequence[Point], name: str, style: int, before: Marks
) -> Marks:
    xs = [scale.x(point.value) for point in points]
    ys = [getattr(point, name).mean for point in points]
    columns = series_math.reduce(xs, ys, room.x, 2 * room.columns, log=False)
    dots = series_math.Dots(room.columns, room.rows)
    series_math.draw(dots, columns, room.y, partial(palette.drawn, style))
    found: Marks = {}
    for place, bits in dots.drawn():
        there = before.get(place, (" ", 0))[0]
        # where lines cross, the dots of both stay
        both = bits | (ord(there) & 0xFF if there > chr(series_math.BRAILLE) else 0)
        found[place] = chr(series_math.BRAILLE + both), SERIES + style
    return found


def _band(room: Plane, scale: ValueScale, points: Sequence[Point], name: str) -> Marks:
    """The band as shade between the points; of names, and of the last point, a bar."""
    found: Marks = {}
    ends = [(_column(room, scale, p.value), *getattr(p, name).ends) for p in points]
    style = SERIES + (0 if name == "validation" else 1)
    for place, (column, low, high) in enumerate(ends):
        found |= _shade(room, column, low, high, SHADE if scale.numeric else BAR, style)
        if not scale.numeric or place + 1 == len(ends):
            continue
        stop, low_after, high_after = ends[place + 1]
        for x in range(column + 1, stop):
            part = (x - column) / (stop - column)
            found |= _shade(
                room, x, low + part * (low_after - low), high + part * (high_after - high),
                SHADE, style,
            )  # fmt: skip
    return found


def _shade(room: Plane, column: int, low: float, high: float, sign: str, style: int) -> Marks:
    if high <= low:
        return {}
    bottom = max(0, round(room.y.place(low, 4 * room.rows)) // 4)
    top = min(room.rows - 1, round(room.y.place(high, 4 * room.rows)) // 4)
    return {(column, row): (sign, style) for row in range(bottom, top + 1)}


def _header(grid: Grid, picture: SweepPicture, look: SweepLook, focused: bool) -> int:
    """Title, legend, and the figures of the point being read; returns their rows."""
    column = grid.put(0, 0, "▸ " if focused else "  ", ACCENT)
    column = grid.put(0, column, f"Accuracy over {picture.label}", TITLE)
    legend: list[tuple[str, str, int]] = [
        (palette.sample(0), picture.selection, SERIES),
        (palette.sample(1), "training", SERIES + 1),
    ]
    repeats = max((point.validation.repeats for point in picture.points), default=1)
    if look.band != "none" and repeats > 1:
        name = picture.selection if look.band == "validation" else "training"
        style = SERIES + (look.band == "train")
        numbers = scale_of(picture.values, look.log).numeric
        legend.append((SHADE * 2 if numbers else BAR, f"95 % of {name}", style))
    if picture.best is not None:
        legend.append((BEST, "best", ACCENT))
    if picture.chosen is not None:
        legend.append((CHOSEN, "chosen", ACCENT))
    needed = sum(cell_len(sign) + cell_len(text) + 3 for sign, text, _ in legend)
    row = 0 if column + 2 + needed <= grid.width else 1
    at = max(2, grid.width - needed) if row == 0 else 2
    for sign, text, style in legend:
        at = grid.put(row, at, sign + " ", style)
        at = grid.put(row, at, text + "  ", MUTED)
    if look.cursor is not None and look.cursor < len(picture.points):
        row += 1
        grid.put(row, 2, point_text(picture, picture.points[look.cursor]), TITLE)
    return row + 1
