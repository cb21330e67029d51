"""The first rows of a chart: its title, notes about how it is looked at, and its legend."""

from collections.abc import Sequence

from rich.cells import cell_len

from penguin_tui.charts.grid import ACCENT, MUTED, TITLE, Grid

# one entry of a legend: its texts with their styles
Item = Sequence[tuple[str, int]]
# a lower chart needs its rows for the curves
LEGEND_HEIGHT = 7
# a chart that is narrower and higher stands beside others: their curves begin in the same row
BESIDE_WIDTH, BESIDE_HEIGHT = 60, 12


def put_header(
    grid: Grid, title: str, items: Sequence[Item], *, notes: Sequence[str] = (), focused: bool
) -> int:
    """Write title and legend, which has rows of its own where both do not fit into one.

    Returns how many rows they take.
    """
    column = grid.put(0, 0, "▸ " if focused else "  ", ACCENT)
    column = grid.put(0, column, title, TITLE)
    if notes:
        column = grid.put(0, column, " · " + " · ".join(notes), MUTED)
    beside = grid.width < BESIDE_WIDTH and grid.height >= BESIDE_HEIGHT
    row = 0 if not beside and column + 2 + width_of(items) <= grid.width else 1
    if row and grid.height < LEGEND_HEIGHT:
        return 1
    at = max(2, grid.width - width_of(items)) if row == 0 else 2
    for item in items:
        if at > 2 and at + _needed(item) > grid.width:
            row, at = row + 1, 2
        for text, style in item:
            at = grid.put(row, at, text, style)
    return row + 1


def width_of(items: Sequence[Item]) -> int:
    """The terminal cells of a legend on one row."""
    return sum(cell_len(text) for item in items for text, _ in item)


def _needed(item: Item) -> int:
    """The cells of an entry without the blanks that part it from the next."""
    return cell_len("".join(text for text, _ in item).rstrip())
