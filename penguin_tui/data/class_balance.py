"""How many rows each class has."""

from rich.cells import cell_len

from engine.results.describe import DescribeResult
from penguin_tui.charts import palette
from penguin_tui.charts.bar_chart import bar
from penguin_tui.charts.grid import MUTED, PLAIN, SERIES, TITLE, Grid
from penguin_tui.presentation.text import clipped, count, counted, fitted, percent, shortened
from penguin_tui.presentation.words import set_name

NAME = 18


def draw_balance(width: int, height: int, data: DescribeResult) -> Grid:
    """A bar for each class, in the order of their numbers, and how the rows are split.

    The last row tells what has no room.
    """
    grid = Grid(width, height)
    grid.put(0, 0, "Class balance", TITLE)
    grid.put(0, 15, f"{clipped(data.target, 40)}, {_classes(len(data.classes))}", MUTED)
    shown = data.classes
    room = height - 1 - bool(data.split_rows)
    rest = shown[max(0, room - 1) :] if len(shown) > room else ()
    shown = shown[: len(shown) - len(rest)]
    names = [label for label, _ in shown]
    name_width = min(NAME, max(map(cell_len, names), default=0))
    most = max((rows for _, rows in data.classes), default=1)
    digits = len(count(most))
    left = 2 + name_width + 2 + digits + 2 + len("100.0 %") + 2
    names = shortened(names, name_width)
    for row, (name, (_, rows)) in enumerate(zip(names, shown, strict=True), start=1):
        index = row - 1
        grid.put(row, 0, palette.marker(index), SERIES + index)
        share = rows / data.rows if data.rows else 0.0
        figures = f"{count(rows):>{digits}}  {percent(share):>7}"
        grid.put(row, 2, f"{fitted(name, name_width)}  {figures}", PLAIN)
        grid.put(row, left, bar(rows / most, width - left), SERIES + index)
    if rest:
        fewest, largest = min(r for _, r in rest), max(r for _, r in rest)
        grid.put(
            1 + len(shown), 2,
            f"and {_classes(len(rest))} more, {count(fewest)} to {counted(largest, 'row')} each",
            MUTED,
        )  # fmt: skip
    if data.split_rows:
        parts = " · ".join(f"{count(n)} {set_name(name)}" for name, n in data.split_rows.items())
        grid.put(min(height - 1, 1 + len(shown) + bool(rest)), 2, parts, MUTED)
    return grid


def _classes(number: int) -> str:
    return counted(number, "class", "classes")
