"""Horizontal lines across a chart: accuracies that what is drawn is compared with."""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from penguin_tui.charts.canvas import Cells, Plane
from penguin_tui.charts.grid import MUTED, Grid
from penguin_tui.presentation.references import Reference

# one for each, in their order
SIGNS = ("┈", "╌")
# of the span of what is drawn: a line further away would press that flat
NEAR = 0.5


def with_near(values: Sequence[float], levels: Iterable[Reference]) -> list[float]:
    """The heights of a linear axis: with those levels that are near what is drawn."""
    low, high = min(values), max(values)
    room = NEAR * (high - low)
    near = (one.accuracy for one in levels if low - room <= one.accuracy <= high + room)
    return [*values, *near]


def lay_levels(grid: Grid, cells: Cells, room: Plane, levels: Sequence[Reference]) -> None:
    """Lay the lines that are within the axis under whatever comes after them.

    They are named in the row of the title, where it has room.
    """
    names = []
    for sign, one in zip(SIGNS, levels, strict=False):
        height = math.log10(one.accuracy) if room.y.log and one.accuracy > 0 else one.accuracy
        if room.y.low <= height <= room.y.high:
            row = min(room.rows - 1, round(room.y.place(height, 4 * room.rows)) // 4)
            cells |= {(x, row): (sign, MUTED) for x in range(room.columns)}
            names.append(f"{sign} {one.name.split()[0]}")
    end, free = _room_in_title(grid)
    text = "  ".join(names)
    if text and len(text) + 3 <= free:
        grid.put(0, end - len(text) - 1, text, MUTED)


def _room_in_title(grid: Grid) -> tuple[int, int]:
    """Where the longest run of blanks in the first row ends, and how long it is."""
    found, column = (0, 0), 0
    for blank, run in groupby(grid.characters[0], lambda character: character == " "):
        length = len(list(run))
        column += length
        if blank:
            found = max(found, (column, length), key=lambda one: one[1])
    return found
