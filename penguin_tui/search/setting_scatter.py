"""Accuracy of the trials against one varied setting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from penguin_tui.charts.axis import value_axis
from penguin_tui.charts.canvas import paint, plane
from penguin_tui.charts.grid import ACCENT, MUTED, SERIES, TITLE, CellWidget, Grid
from penguin_tui.charts.value_axis import scale_of
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import counted

MIN_WIDTH, MIN_HEIGHT = 24, 7
LABEL_WIDTH = 6
DOT, SEVERAL, BEST = "●", "◉", "◆"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Trials as (value, score) of one setting; `best` is the value of the best one."""

    setting: str
    points: tuple[tuple[Any, float], ...]
    best: tuple[Any, float] | None = None
    log: bool | None = None


class SettingScatter(CellWidget):
    """A dot for each trial; the pane around it has the keys."""

    _cloud: Cloud | None = None

    def show(self, cloud: Cloud | None) -> None:
        """Show these trials."""
        if cloud != self._cloud:
            self._cloud = cloud
            self.redraw()

    def draw(self, width: int, height: int) -> Grid:
        """The chart."""
        return draw_cloud(width, height, self._cloud)


def draw_cloud(width: int, height: int, cloud: Cloud | None) -> Grid:
    """The chart, or what is missing for one."""
    grid = Grid(width, height)
    if cloud is None:
        return grid
    column = grid.put(0, 2, f"Validation accuracy over {setting_label(cloud.setting)}", TITLE)
    if not cloud.points:
        grid.put(height // 2, 2, "A dot for each trial is drawn when it has its score.", MUTED)
        return grid
    _legend(grid, column, cloud)
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return grid
    scale = scale_of([value for value, _ in cloud.points], cloud.log)
    y = value_axis([score for _, score in cloud.points], height - 3)
    room = plane(
        width, height - 1, scale.axis(width - LABEL_WIDTH - 1), y,
        percent=True, label_width=LABEL_WIDTH,
    )  # fmt: skip
    cells: dict[tuple[int, int], tuple[str, int]] = {}
    # names and lists put many trials into one column: the second one in a cell shows
    for point in _in_order(cloud.points):
        spot = (
            round(room.x.place(scale.x(point[0]), room.columns)),
            round(room.y.place(point[1], room.rows)),
        )
        if point == cloud.best:
            cells[spot] = (BEST, ACCENT)
        elif spot not in cells or cells[spot][0] == DOT:
            cells[spot] = (SEVERAL if spot in cells else DOT, SERIES)
    paint(grid, 1, room, [(*spot, *cell) for spot, cell in cells.items()])
    return grid


def _in_order(points: Sequence[tuple[Any, float]]) -> list[tuple[Any, float]]:
    return sorted(points, key=lambda point: point[1])


def _legend(grid: Grid, column: int, cloud: Cloud) -> None:
    parts = [(DOT, counted(len(cloud.points), "trial")), (SEVERAL, "several"), (BEST, "best")]
    needed = sum(len(text) + 4 for _, text in parts)
    at = max(column + 2, grid.width - needed)
    for sign, text in parts:
        at = grid.put(0, at, f"{sign} ", ACCENT if sign == BEST else SERIES)
        at = grid.put(0, at, f"{text}  ", MUTED)
