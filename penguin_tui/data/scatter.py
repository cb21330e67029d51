"""Two features against each other, each row a marker of its class."""

from engine.results.describe import DescribeResult, Scatter
from penguin_tui.charts import palette
from penguin_tui.charts.axis import data_axis
from penguin_tui.charts.canvas import Cells, paint, plane
from penguin_tui.charts.grid import MUTED, SERIES, TITLE, Grid
from penguin_tui.data.histogram import legend
from penguin_tui.presentation.text import clipped, counted

MIN_WIDTH, MIN_HEIGHT = 24, 7
LABEL_WIDTH = 5
TITLE_TEXT = "Scatter"


def points(sample: Scatter, x: str, y: str) -> list[tuple[float, float, int]]:
    """The rows that have both features: (x, y, class)."""
    if x not in sample.features or y not in sample.features:
        return []
    xs = sample.values[sample.features.index(x)]
    ys = sample.values[sample.features.index(y)]
    return [
        (one, other, label)
        for one, other, label in zip(xs, ys, sample.classes, strict=True)
        if one is not None and other is not None
    ]


def draw_scatter(width: int, height: int, data: DescribeResult, x: str, y: str) -> Grid:
    """Feature `y` over feature `x`, or what is missing for a chart of them."""
    grid = Grid(width, height)
    column = grid.put(0, 0, TITLE_TEXT, TITLE)
    if len(data.scatter.features) < 2:
        grid.put(2, 2, "A scatter chart needs two numeric features.", MUTED)
        return grid
    found = points(data.scatter, x, y)
    grid.put(0, column + 2, f"{clipped(y, 30)} over {clipped(x, 30)}", MUTED)
    if not found:
        grid.put(2, 2, "No row has both of these features.", MUTED)
        return grid
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return grid
    rows = height - 2
    across = data_axis([point[0] for point in found], (width - LABEL_WIDTH) // 12)
    up = data_axis([point[1] for point in found], (rows - 2) // 3)
    room = plane(width, rows, across, up, percent=False, label_width=LABEL_WIDTH)
    cells: Cells = {}
    for one, other, label in found:
        spot = round(across.place(one, room.columns)), round(up.place(other, room.rows))
        cells[spot] = palette.marker(label), SERIES + label
    paint(grid, 1, room, cells)
    total = counted(len(found), "row")
    if len(data.scatter.classes) < data.rows:
        total = f"a sample of {total}"
    grid.put(height - 1, max(0, width - len(total)), total, MUTED)
    short = Grid(max(0, width - len(total) - 2), 1)
    legend(short, 0, [label for label, _ in data.classes])
    grid.characters[height - 1][: short.width] = short.characters[0]
    grid.styles[height - 1][: short.width] = short.styles[0]
    return grid
