"""How strongly the features go together."""

from rich.cells import cell_len

from engine.results.describe import DescribeResult
from penguin_tui.charts.bar_chart import bar
from penguin_tui.charts.grid import ACCENT, MUTED, PLAIN, TITLE, Grid
from penguin_tui.presentation.text import NOTHING, clipped, fitted

NAME = 22
CELL = 7
STRONG = 0.7


def draw_correlations(width: int, height: int, data: DescribeResult) -> Grid:
    """Pearson correlations: the whole matrix where it fits, else the strongest pairs.

    Strong ones (0.7 and more) stand out.
    """
    grid = Grid(width, height)
    column = grid.put(0, 0, "Correlations", TITLE)
    names = [clipped(name, 60) for name in data.correlation_features]
    if len(names) < 2:
        grid.put(2, 2, "Correlations need two numeric features.", MUTED)
        return grid
    name_width = min(NAME, max(map(cell_len, names)))
    if 4 + name_width + CELL * len(names) <= width and len(names) + 2 <= height:
        for index in range(len(names)):
            grid.put(1, 4 + name_width + CELL * index, str(index + 1).rjust(CELL), MUTED)
        for row, name in enumerate(names):
            grid.put(row + 2, 0, str(row + 1).rjust(2), MUTED)
            grid.put(row + 2, 4, fitted(name, name_width), PLAIN)
            for index, value in enumerate(data.correlations[row]):
                text = "·" if index == row else _figure(value)
                style = _style(value) if index != row else MUTED
                grid.put(row + 2, 4 + name_width + CELL * index, text.rjust(CELL), style)
        return grid
    pairs = sorted(
        (
            (value, first, second)
            for first, row in enumerate(data.correlations)
            for second, value in enumerate(row[:first])
            if value is not None
        ),
        key=lambda pair: -abs(pair[0]),
    )
    grid.put(0, column + 2, f"strongest of {len(pairs):,} pairs", MUTED)
    half = max(6, min(NAME, (width - 12) // 2))
    for row, (value, first, second) in enumerate(pairs[: height - 1], start=1):
        grid.put(row, 0, f"{_figure(value):>5}", _style(value))
        text = f"{clipped(names[second], half)} – {clipped(names[first], half)}"
        end = grid.put(row, 7, text, PLAIN)
        start = max(end + 2, 7 + 2 * half + 5)
        grid.put(row, start, bar(abs(value), max(0, min(20, width - start))), MUTED)
    return grid


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}".replace("-", "−")


def _style(value: float | None) -> int:
    if value is None:
        return MUTED
    return ACCENT if abs(value) >= STRONG else PLAIN
