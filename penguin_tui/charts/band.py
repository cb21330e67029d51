"""The band of a line: shade between its lower and its upper end."""

from collections.abc import Sequence

from penguin_tui.charts.canvas import Cells, Plane

SHADE = "░"
# column, lower and upper end
End = tuple[int, float, float]


def shaded(room: Plane, ends: Sequence[End], style: int, sign: str = SHADE) -> Cells:
    """Every column from the first of `ends` to the last, in between as straight lines go."""
    found: Cells = {}
    for place, (column, low, high) in enumerate(ends):
        found |= bar(room, (column, low, high), style, sign)
        if place + 1 == len(ends):
            continue
        stop, low_after, high_after = ends[place + 1]
        for x in range(column + 1, stop):
            part = (x - column) / (stop - column)
            end = x, low + part * (low_after - low), high + part * (high_after - high)
            found |= bar(room, end, style, sign)
    return found


def bar(room: Plane, end: End, style: int, sign: str) -> Cells:
    """One column; nothing where the ends are one."""
    column, low, high = end
    if high <= low:
        return {}
    bottom = max(0, round(room.y.place(low, 4 * room.rows)) // 4)
    top = min(room.rows - 1, round(room.y.place(high, 4 * room.rows)) // 4)
    return {(column, row): (sign, style) for row in range(bottom, top + 1)}
