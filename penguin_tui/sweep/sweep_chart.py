"""Accuracy over the swept value: means, their 95 % band, the best and the chosen value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from textual.binding import Binding, BindingType

from engine.results.search import Point
from engine.results.statistics import Band
from penguin_tui.charts import axis as axes
from penguin_tui.charts import palette
from penguin_tui.charts.band import SHADE, bar, shaded
from penguin_tui.charts.canvas import Cells, Plane, lay_line, paint, plane
from penguin_tui.charts.cursor_chart import DRAWING, CursorChart
from penguin_tui.charts.grid import ACCENT, CURSOR, MUTED, SERIES, TITLE, Grid
from penguin_tui.charts.header import put_header
from penguin_tui.charts.levels import lay_levels, with_near
from penguin_tui.charts.series import reduce
from penguin_tui.charts.value_axis import ValueScale, scale_of
from penguin_tui.presentation.results.sweep import SweepPicture, interval_covers, point_text
from penguin_tui.presentation.words import SETS, short_set

MIN_WIDTH, MIN_HEIGHT = 24, 6
LABEL_WIDTH = 6
BAR = "┃"
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


class SweepChart(CursorChart):
    """Training and validation accuracy over the swept value, growing as points arrive."""

    DEFAULT_CSS = """
    SweepChart { min-height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "band", "Band", id="sweep.band", group=DRAWING,
                tooltip="Shade the 95 % band of validation, of training, or of none."),
        Binding("y", "log", "Log axis", id="sweep.log", group=DRAWING,
                tooltip="Show the values on a log axis, or on a linear one."),
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

    def settings_under_cursor(self) -> dict[str, Any] | None:
        """The value of the point that is read."""
        place, picture = self.look.cursor, self._picture
        if picture is None or place is None or place >= len(picture.points):
            return None
        return {picture.setting: picture.points[place].value}

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

    @property
    def has_cursor(self) -> bool:
        """Whether a point is being read."""
        return self.look.cursor is not None

    def action_cursor(self, steps: int | None) -> None:
        """Move from point to point."""
        count = len(self._picture.points) if self._picture else 0
        now, place = self.look.cursor, None
        if count and steps is not None:
            place = count - 1 if now is None else max(0, min(count - 1, now + steps))
        self._see(replace(self.look, cursor=place))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Names have no log axis."""
        if action == "log":
            found = self._picture
            return found is not None and scale_of(found.values, True).log
        return super().check_action(action, parameters)


def draw_sweep(
    width: int, height: int, picture: SweepPicture | None, look: SweepLook, focused: bool = False
) -> Grid:
    """The chart of `width` x `height` cells."""
    grid = Grid(width, height)
    if picture is None:
        return grid
    points = _drawn(picture)
    head = _header(grid, picture, look, focused)
    if not points:
        text = "The first point is drawn when a training has finished."
        grid.put(min(height - 1, max(head, height // 2)), 2, text, MUTED)
        return grid
    if width < MIN_WIDTH or height - head < MIN_HEIGHT - 2:
        return grid
    scale = scale_of(picture.values, look.log)
    rows = height - head - 2
    heights = with_near(_heights(points, look), picture.references)
    y = axes.value_axis(heights, rows, axes.FRACTIONS)
    room = plane(
        width, height - head, scale.axis(width - LABEL_WIDTH - 1), y,
        percent=True, label_width=LABEL_WIDTH,
    )  # fmt: skip
    cells: Cells = {}
    lay_levels(grid, cells, room, picture.references)
    paint(grid, head, room, cells | _cells(room, scale, picture, look))
    return grid


def _drawn(picture: SweepPicture) -> list[Point]:
    """The points that have a height: of a value whose seeds all diverged there is none."""
    return [point for point in picture.points if point.validation is not None]


def _heights(points: Sequence[Point], look: SweepLook) -> list[float]:
    found = [band.mean for point in points for band in (point.train, point.validation) if band]
    if look.band != "none":
        for point in _having(points, look.band):
            found += _ends(point, look.band)
    return found


def _having(points: Sequence[Point], name: str) -> list[Point]:
    """The points with figures of that set; of the training set there may be none yet."""
    return [point for point in points if getattr(point, name) is not None]


def _cells(room: Plane, scale: ValueScale, picture: SweepPicture, look: SweepLook) -> Cells:
    points = sorted(_drawn(picture), key=lambda point: scale.x(point.value))
    cells: Cells = {}
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
        own = _having(points, name)
        if scale.numeric:
            xs = [scale.x(point.value) for point in own]
            ys = [getattr(point, name).mean for point in own]
            lay_line(cells, room, reduce(xs, ys, room.x, 2 * room.columns, log=False), style)
        if not scale.numeric or len(points) <= MARKED:
            for point in own:
                spot = _spot(room, scale, point.value, getattr(point, name).mean)
                cells[spot] = ("●" if style == 0 else "○", SERIES + style)
    for named, sign in ((places["best"], BEST), (chosen, CHOSEN)):
        if named is not None and named.validation is not None:
            spot = _spot(room, scale, named.value, named.validation.mean)
            cells[spot] = (sign, ACCENT)
    return cells


def _ends(point: Point, name: str) -> tuple[float, float]:
    """The interval of a point's mean; without one the mean twice, which shades nothing."""
    band: Band = getattr(point, name)
    if band.low is None or band.high is None:
        return band.mean, band.mean
    return band.low, band.high


def _column(room: Plane, scale: ValueScale, value: Any) -> int:
    return round(room.x.place(scale.x(value), 2 * room.columns)) // 2


def _spot(room: Plane, scale: ValueScale, value: Any, share: float) -> tuple[int, int]:
    row = round(room.y.place(share, 4 * room.rows)) // 4
    return _column(room, scale, value), max(0, min(room.rows - 1, row))


def _band(room: Plane, scale: ValueScale, points: Sequence[Point], name: str) -> Cells:
    """The band as shade between the points; of names a bar for each."""
    ends = [(_column(room, scale, p.value), *_ends(p, name)) for p in _having(points, name)]
    style = SERIES + (0 if name == "validation" else 1)
    if scale.numeric:
        return shaded(room, ends, style)
    return {place: cell for end in ends for place, cell in bar(room, end, style, BAR).items()}


def _header(grid: Grid, picture: SweepPicture, look: SweepLook, focused: bool) -> int:
    """Title, legend, and the figures of the point being read; returns their rows."""
    legend: list[tuple[str, str, int]] = [
        (palette.sample(0), picture.selection, SERIES),
        (palette.sample(1), SETS["train"], SERIES + 1),
    ]
    if covered := look.band != "none" and interval_covers(picture.points, look.band):
        name = short_set(picture.selection if look.band == "validation" else SETS["train"])
        style = SERIES + (look.band == "train")
        numbers = scale_of(picture.values, look.log).numeric
        legend.append((SHADE * 2 if numbers else BAR, f"{name} 95 % over {covered}", style))
    if picture.best is not None:
        legend.append((BEST, "best", ACCENT))
    if picture.chosen is not None:
        legend.append((CHOSEN, "chosen", ACCENT))
    items = [((f"{sign} ", style), (f"{text}  ", MUTED)) for sign, text, style in legend]
    rows = put_header(
        grid, f"Accuracy over {picture.label}, {picture.repeats}", items, focused=focused
    )
    if look.cursor is not None and look.cursor < len(picture.points):
        grid.put(rows, 2, point_text(picture, picture.points[look.cursor]), TITLE)
        rows += 1
    return rows
