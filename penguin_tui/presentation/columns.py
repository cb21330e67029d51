"""Columns of tables that are scrolled or printed: titles, widths, and which ones find room."""

from collections.abc import Sequence
from dataclasses import dataclass

# a text, and the role that colours it: "muted", "accent", "good", "bad", "warning", "" for none
Cell = tuple[str, str]
# terminal cells between two columns
GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `width` terminal cells; 0 takes what is left, up to `most`.

    A higher `rank` is dropped first where room is short; so that one of width 0 gets `least`.
    """

    name: str
    title: str
    width: int
    right: bool = False
    rank: int = 0
    most: int = 60
    least: int = 8


def deal(columns: Sequence[Column], room: int) -> tuple[tuple[int, Column, int], ...]:
    """`(start, column, width)` in terminal cells of the columns that fit into `room`.

    What is left goes to the flexible column.
    """
    shown = list(columns)
    while True:
        needed = 1 + sum((column.width or column.least) + GAP for column in shown)
        if needed <= room + GAP or len(shown) == 1:
            break
        shown.remove(max(reversed(shown), key=lambda column: column.rank))
    spare = max(0, room + GAP - needed)
    dealt = []
    start = 1
    for column in shown:
        width = column.width or min(column.least + spare, column.most)
        dealt.append((start, column, width))
        start += width + GAP
    return tuple(dealt)
