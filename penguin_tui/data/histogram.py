"""How one column is distributed in each class.

Each class has a row of its own over a shared axis, so that the classes can be
told apart without colour and any number of them can be compared.
"""

from collections.abc import Sequence

from rich.cells import cell_len

from engine.results.describe import Bin, ColumnFacts, DescribeResult
from penguin_tui.charts import palette
from penguin_tui.charts.bar_chart import columns
from penguin_tui.charts.grid import AXIS, MUTED, PLAIN, SERIES, TITLE, Grid
from penguin_tui.presentation.text import clipped, count, counted, figure, fitted, short

MIN_NAME, NAME = 12, 14
MAX_ROWS = 10
MAX_BAR = 60


def draw_histogram(width: int, height: int, data: DescribeResult, name: str | None) -> Grid:
    """The column called `name` by class: a histogram, or the rows of each category."""
    grid = Grid(width, height)
    column = grid.put(0, 0, "Distribution by class", TITLE)
    found = next((one for one in data.columns if one.name == name), None)
    if found is None:
        grid.put(2, 2, "Choose a column in the table of features.", MUTED)
        return grid
    grid.put(0, column + 2, clipped(found.name, 60), MUTED)
    labels = [label for label, _ in data.classes]
    if found.histogram:
        _numeric(grid, found, [label for label, _ in data.classes])
    elif found.categories:
        _categories(grid, found, labels)
    else:
        reason = "it has no values" if found.type == "numeric" else "it is excluded or the target"
        grid.put(2, 2, f"Nothing to show of this column: {reason}.", MUTED)
    return grid


def _numeric(grid: Grid, column: ColumnFacts, classes: Sequence[str]) -> None:
    """A small histogram for each class, all with the same scale."""
    shown = min(len(classes), max(1, grid.height - 3))
    rows = max(1, min(MAX_ROWS, (grid.height - 3) // shown))
    labels = classes[:shown]
    name_width = max(MIN_NAME, min(NAME, max(map(cell_len, labels), default=0)))
    left = 2 + name_width + 1
    bars = _fitting(column.histogram, max(1, grid.width - left))
    # each bin takes the same number of cells
    cells = max(1, (grid.width - left) // len(bars))
    most = max((number for bar in bars for number in bar), default=1) or 1
    for index, label in enumerate(labels):
        base = (index + 1) * rows
        heights = [bar[index] / most for bar in bars for _ in range(cells)]
        for row, line in enumerate(columns(heights, rows)):
            grid.put(base - rows + 1 + row, left, line, SERIES + index)
        grid.put(base, 0, palette.marker(index), SERIES + index)
        grid.put(base, 2, fitted(label, name_width), PLAIN)
        for above, text in zip(range(1, rows), _in_words(column, classes[index]), strict=False):
            grid.put(base - above, 2, fitted(text, name_width), MUTED)
    _axis(grid, 1 + shown * rows, left, cells * len(bars), column, most, len(classes) - shown)


def _fitting(bins: Sequence[Bin], room: int) -> list[tuple[int, ...]]:
    """The rows of each class in each bin, neighbours put together where there is no room."""
    group = -(-len(bins) // room)
    return [
        tuple(map(sum, zip(*(one.rows for one in bins[i : i + group]), strict=True)))
        for i in range(0, len(bins), group)
    ]


def _in_words(column: ColumnFacts, label: str) -> list[str]:
    """Mean with standard deviation, and range, of a class."""
    found = next((one for one in column.statistics if one.label == label), None)
    if found is None:
        return []
    return [
        f"{figure(found.mean)} ± {figure(found.std, 3)}",
        f"{short(_rounded(found.minimum))}–{short(_rounded(found.maximum))}",
    ]


def _axis(
    grid: Grid, row: int, left: int, width: int, column: ColumnFacts, most: int, hidden: int
) -> None:
    grid.put(row, left, "└" + "─" * max(0, width - 2) + "┘", AXIS)
    ends = column.histogram[0].low, column.histogram[-1].high
    low, high = (short(_rounded(end)) for end in ends)
    grid.put(row + 1, left, low, AXIS)
    middle = f"tallest bar {counted(most, 'row')}"
    if hidden:
        middle += f", {counted(hidden, 'class', 'classes')} more have no room"
    if len(low) + len(middle) + len(high) + 4 <= width:
        grid.put(row + 1, left + (width - len(middle)) // 2, middle, MUTED)
    grid.put(row + 1, left + max(len(low) + 1, width - len(high)), high, AXIS)


def _categories(grid: Grid, column: ColumnFacts, labels: Sequence[str]) -> None:
    """A bar for each category, made of the markers of the classes."""
    room = grid.height - 2
    shown = column.categories[: room if len(column.categories) <= room else room - 1]
    totals = [sum(rows) for _, rows in column.categories]
    most = max(totals, default=1) or 1
    names = [name or "(empty)" for name, _ in shown]
    name_width = min(NAME + 4, max(map(cell_len, names), default=0))
    digits = len(count(most))
    left = name_width + 2 + digits + 2
    scale = min(MAX_BAR, grid.width - left) / most
    for row, (name, (_, rows)) in enumerate(zip(names, shown, strict=True), start=1):
        grid.put(row, 0, fitted(name, name_width), PLAIN)
        grid.put(row, name_width + 2, f"{count(sum(rows)):>{digits}}", PLAIN)
        at = total = 0
        for index, number in enumerate(rows):
            total += number
            end = max(round(total * scale), at + (number > 0))
            grid.put(row, left + at, palette.marker(index) * (end - at), SERIES + index)
            at = end
    row = 1 + len(shown)
    if len(shown) < len(column.categories):
        more = len(column.categories) - len(shown)
        grid.put(row, 0, f"and {counted(more, 'category', 'categories')} more", MUTED)
        row += 1
    legend(grid, min(row, grid.height - 1), labels)


def legend(grid: Grid, row: int, labels: Sequence[str], column: int = 0) -> None:
    """The classes with their markers, as many as there is room for."""
    for index, label in enumerate(labels):
        name = fitted(label, min(NAME, cell_len(label)))
        rest = len(labels) - index
        more = f"and {rest} more"
        needed = 2 + cell_len(name) + 2
        if column + needed + (len(more) if rest > 1 else 0) > grid.width:
            grid.put(row, column, more, MUTED)
            return
        column = grid.put(row, column, f"{palette.marker(index)} ", SERIES + index)
        column = grid.put(row, column, f"{name}  ", MUTED)


def _rounded(number: float) -> float:
    """Without the noise of the last binary digits."""
    return float(f"{number:.6g}")
