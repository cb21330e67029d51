"""Accuracy of the trials against one varied setting."""

from dataclasses import dataclass
from typing import Any

from penguin_tui.charts.axis import FRACTIONS, value_axis
from penguin_tui.charts.canvas import Cells, paint, plane
from penguin_tui.charts.grid import ACCENT, MUTED, SERIES, Grid
from penguin_tui.charts.header import put_header
from penguin_tui.charts.levels import lay_levels, with_near
from penguin_tui.charts.value_axis import scale_of
from penguin_tui.presentation.references import Reference
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import counted

MIN_WIDTH, MIN_HEIGHT = 24, 7
LABEL_WIDTH = 6
DOT, SEVERAL, BEST = "●", "◉", "◆"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Trials as (value, score) of one setting; `best` is the best one, `levels` lines across."""

    setting: str
    points: tuple[tuple[Any, float], ...]
    best: tuple[Any, float] | None = None
    log: bool | None = None
    levels: tuple[Reference, ...] = ()


def draw_cloud(width: int, height: int, cloud: Cloud) -> Grid:
    """A dot for each trial, or what is missing for a chart."""
    grid = Grid(width, height)
    signs = (DOT, counted(len(cloud.points), "trial")), (SEVERAL, "several"), (BEST, "best")
    legend = [
        [(f"{sign} ", ACCENT if sign == BEST else SERIES), (f"{text}  ", MUTED)]
        for sign, text in signs
    ]
    title = f"Validation accuracy over {setting_label(cloud.setting)}"
    head = put_header(grid, title, legend if cloud.points else (), focused=False)
    if not cloud.points:
        grid.put(height // 2, 2, "A dot for each trial is drawn when it has its score.", MUTED)
        return grid
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return grid
    scale = scale_of([value for value, _ in cloud.points], cloud.log)
    heights = with_near([score for _, score in cloud.points], cloud.levels)
    y = value_axis(heights, height - head - 2, FRACTIONS)
    room = plane(
        width, height - head, scale.axis(width - LABEL_WIDTH - 1), y,
        percent=True, label_width=LABEL_WIDTH,
    )  # fmt: skip
    cells: Cells = {}
    lay_levels(grid, cells, room, cloud.levels)
    # names and lists put many trials into one column: the second one in a cell shows
    for point in sorted(cloud.points, key=lambda point: point[1]):
        spot = (
            round(room.x.place(scale.x(point[0]), room.columns)),
            round(room.y.place(point[1], room.rows)),
        )
        if point == cloud.best:
            cells[spot] = (BEST, ACCENT)
        elif spot not in cells or cells[spot][0] == DOT:
            cells[spot] = (SEVERAL if spot in cells else DOT, SERIES)
    paint(grid, head, room, cells)
    return grid
