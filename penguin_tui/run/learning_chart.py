"""Accuracy over the number of training rows: means, one model's band, and the power laws."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from engine.store.records import RunRecord
from penguin_tui.charts import axis as axes
from penguin_tui.charts import palette
from penguin_tui.charts.band import SHADE, shaded
from penguin_tui.charts.canvas import Cells, Plane, lay_line, paint, plane
from penguin_tui.charts.cursor_chart import DRAWING, CursorChart
from penguin_tui.charts.grid import CURSOR, MUTED, SERIES, TITLE, Grid
from penguin_tui.charts.header import put_header
from penguin_tui.charts.series import reduce
from penguin_tui.charts.value_axis import ValueScale, scale_of
from penguin_tui.presentation.kinds import NO_CURVE
from penguin_tui.presentation.results.evaluation import label
from penguin_tui.presentation.results.learning_curve import (
    CurvePicture,
    curve_lines,
    picture_of,
    point_text,
)
from penguin_tui.presentation.text import counted
from penguin_tui.run.live_pane import LivePane
from penguin_tui.tables.text_lines import content

MIN_WIDTH, MIN_HEIGHT = 24, 6
LABEL_WIDTH = 6
MARK, BEYOND = "●", "·"


@dataclass(frozen=True, slots=True)
class CurveLook:
    """How it is looked at: whose band is shaded (None: nobody's), the axis, the size being read."""

    band: int | None = 0
    log: bool = True
    cursor: int | None = None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A model's line: sizes, means, lower and upper ends; from place `beyond` on extrapolated."""

    name: str
    sizes: tuple[int, ...]
    means: tuple[float, ...]
    ends: tuple[tuple[float, float], ...]
    beyond: int


class LearningChart(CursorChart):
    """The curves, growing as repeats are done; the power laws when the run has ended."""

    DEFAULT_CSS = "LearningChart { height: 1fr; min-height: 6; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "band", "Band", id="learning.band", group=DRAWING,
                tooltip="Shade the 95 % band of one model, of the next, or of none."),
        Binding("y", "log", "Log axis", id="learning.log", group=DRAWING,
                tooltip="Show the rows on a log axis, or on a linear one."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._picture: CurvePicture | None = None
        self.look = CurveLook()

    def show(self, picture: CurvePicture) -> None:
        """Show these curves."""
        if picture != self._picture:
            self._picture = picture
            self.redraw()

    def draw(self, width: int, height: int) -> Grid:
        """The chart."""
        return draw_curves(width, height, self._picture, self.look, focused=self.has_focus)

    def _see(self, look: CurveLook) -> None:
        self.look = look
        self.redraw()
        self.refresh_bindings()

    def action_band(self) -> None:
        """Shade another model's band."""
        models = len(self._picture.curves) if self._picture is not None else 1
        now = self.look.band
        after = 0 if now is None else now + 1 if now + 1 < models else None
        self._see(replace(self.look, band=after))

    def action_log(self) -> None:
        """The other kind of axis."""
        self._see(replace(self.look, log=not self.look.log))

    @property
    def has_cursor(self) -> bool:
        """Whether a size is being read."""
        return self.look.cursor is not None

    def action_cursor(self, steps: int | None) -> None:
        """Move from size to size, first to the largest that was measured."""
        if self._picture is None:
            return
        now, place = self.look.cursor, None
        if steps is not None:
            last = len(self._picture.all_sizes) - 1
            measured = len(self._picture.sizes) - 1
            place = measured if now is None else max(0, min(last, now + steps))
        self._see(replace(self.look, cursor=place))


class LearningPane(LivePane):
    """The chart, and what it says."""

    BINDING_GROUP_TITLE = "Learning curve"
    DEFAULT_CSS = """
    LearningPane {
        height: 1fr; layout: vertical;
        #learning-says { height: auto; padding: 0 1; color: $foreground 85%; }
    }
    """
    PARTS = ("picture",)

    def compose(self) -> ComposeResult:
        """Chart and sentences."""
        yield LearningChart()
        yield Static("", id="learning-says", markup=False)

    def draw_part(self, name: str, record: RunRecord) -> None:
        """All of it comes from the same curves."""
        picture = picture_of(record, self.state)
        if picture is None:
            return
        self.query_one(LearningChart).show(picture)
        says = self.query_one("#learning-says", Static)
        # of a finished one the head says it
        lines = curve_lines(record, self.state, self.size.width) if record.live else []
        says.display = bool(lines)
        says.update(content(lines))


def draw_curves(
    width: int, height: int, picture: CurvePicture | None, look: CurveLook, focused: bool = False
) -> Grid:
    """The chart of `width` x `height` cells."""
    grid = Grid(width, height)
    if picture is None:
        grid.put(height // 2, 2, NO_CURVE, MUTED)
        return grid
    drawn = [_drawn(picture, place) for place in range(len(picture.curves))]
    head = _header(grid, picture, look, focused)
    if width < MIN_WIDTH or height - head < MIN_HEIGHT - 2:
        return grid
    scale = scale_of(picture.all_sizes, look.log)
    heights = [value for one in drawn for value in one.means]
    if look.band is not None:
        heights += [end for ends in drawn[look.band].ends for end in ends]
    room = plane(
        width, height - head, scale.axis(width - LABEL_WIDTH - 1),
        axes.value_axis(heights, height - head - 2, axes.FRACTIONS),
        percent=True, label_width=LABEL_WIDTH,
    )  # fmt: skip
    paint(grid, head, room, _cells(room, scale, picture, drawn, look))
    return grid


def _drawn(picture: CurvePicture, place: int) -> _Drawn:
    curve = picture.curves[place]
    ends = [(p.mean if p.low is None else p.low, p.mean if p.high is None else p.high)
            for p in curve.points]  # fmt: skip
    means, sizes = [point.mean for point in curve.points], picture.sizes
    beyond = picture.beyond(curve.model)
    if beyond is not None and picture.extrapolation is not None:
        sizes += picture.extrapolation.sizes
        means += [point.mean for point in beyond.points]
        ends += [(point.low, point.high) for point in beyond.points]
    name = label(curve.model)
    return _Drawn(name, sizes, tuple(means), tuple(ends), len(curve.points))


def _cells(
    room: Plane, scale: ValueScale, picture: CurvePicture, drawn: Sequence[_Drawn], look: CurveLook
) -> Cells:
    def column(size: int) -> int:
        return round(room.x.place(scale.x(size), 2 * room.columns)) // 2

    cells: Cells = {}
    if look.band is not None:
        own = drawn[look.band]
        style = SERIES + look.band
        # measured, then extrapolated: they need not meet
        for part in (slice(None, own.beyond), slice(own.beyond, None)):
            ends = [
                (column(size), *end)
                for size, end in zip(own.sizes[part], own.ends[part], strict=True)
            ]
            cells |= shaded(room, ends, style)
    if look.cursor is not None and look.cursor < len(picture.all_sizes):
        at = column(picture.all_sizes[look.cursor])
        cells |= {(at, row): ("│", CURSOR) for row in range(room.rows)}
    for style, one in reversed(list(enumerate(drawn))):
        xs = [scale.x(size) for size in one.sizes[: one.beyond]]
        ys = one.means[: one.beyond]
        lay_line(cells, room, reduce(xs, ys, room.x, 2 * room.columns, log=False), style)
        for place, (size, mean) in enumerate(zip(one.sizes, one.means, strict=True)):
            if place == one.beyond:
                # the law begins at the largest size, which has been measured
                continue
            row = round(room.y.place(mean, 4 * room.rows)) // 4
            spot = column(size), max(0, min(room.rows - 1, row))
            cells[spot] = (MARK if place < one.beyond else BEYOND, SERIES + style)
    return cells


def _header(grid: Grid, picture: CurvePicture, look: CurveLook, focused: bool) -> int:
    """Title, legend, and the figures of the size being read; returns their rows."""
    legend = [
        (palette.sample(style), label(curve.model), SERIES + style)
        for style, curve in enumerate(picture.curves)
    ]
    if look.band is not None:
        name = label(picture.curves[look.band].model)
        legend.append((SHADE * 2, f"{name} 95 %", SERIES + look.band))
    if picture.extrapolation is not None:
        legend.append((BEYOND, "extrapolated", MUTED))
    items = [((f"{sign} ", style), (f"{text}  ", MUTED)) for sign, text, style in legend]
    title = f"Accuracy over training rows, {counted(picture.repeats, 'repeat')}"
    rows = put_header(grid, title, items, focused=focused)
    if look.cursor is not None and look.cursor < len(picture.all_sizes):
        grid.put(rows, 2, point_text(picture, look.cursor), TITLE)
        rows += 1
    return rows
