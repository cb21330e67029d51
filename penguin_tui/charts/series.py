"""A series reduced to what a canvas can show, and drawn into braille dots.

100,000 points and 100 points cost about the same to draw: each column of dots
keeps its first, lowest, highest and last value, so that no spike is lost.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from penguin_tui.charts.axis import Axis

# Weight of the past in a smoothed curve: it averages about the last ten epochs.
SMOOTHING = 0.9
# What lies beyond is as good as infinite: the width of an axis must still be a number.
HUGE = 1e300
BRAILLE = 0x2800
# dots of a braille cell from the bottom, left column and right column
_DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
_MASKS = tuple(
    tuple(tuple(sum(dots[low : high + 1]) for high in range(4)) for low in range(4))
    for dots in _DOTS
)


@dataclass(frozen=True, slots=True)
class Column:
    """What a series does in one column of dots."""

    column: int
    first: float
    low: float
    high: float
    last: float


Columns = list[Column | None]


def reduce(xs: Sequence[float], ys: Sequence[float], axis: Axis, dots: int, log: bool) -> Columns:
    """The series in `dots` columns; None where a value that cannot be drawn breaks the line.

    `xs` rise. What is not finite, and on a log axis what is not above zero, is
    left out. On a log axis the values come back as powers of ten.
    """
    start, end = bisect_left(xs, axis.low), bisect_right(xs, axis.high)
    if end - start <= 2 * dots:
        points: Iterable[tuple[int, Sequence[float]]] = (
            (round(axis.place(xs[i], dots)), (ys[i],)) for i in range(start, end)
        )
    else:
        points = _buckets(xs, ys, axis, dots, start, end)
    found: Columns = []
    for column, values in points:
        kept = _drawable(values, log)
        if not kept:
            if found and found[-1] is not None:
                found.append(None)
            continue
        first, low, high, last = kept[0], min(kept), max(kept), kept[-1]
        if log:
            first, low, high, last = map(math.log10, (first, low, high, last))
        before = found[-1] if found else None
        if before is not None and before.column == column:
            found[-1] = Column(
                column, before.first, min(before.low, low), max(before.high, high), last
            )
        else:
            found.append(Column(column, first, low, high, last))
    return found


def _buckets(
    xs: Sequence[float], ys: Sequence[float], axis: Axis, dots: int, start: int, end: int
) -> Iterable[tuple[int, Sequence[float]]]:
    width = (axis.high - axis.low) / (dots - 1)
    for column in range(dots):
        stop = bisect_left(xs, axis.low + (column + 0.5) * width, start, end)
        if column == dots - 1:
            stop = end
        if stop > start:
            values = ys[start:stop]
            # a list is walked through three times faster than an array
            yield column, values.tolist() if isinstance(values, array) else values
        start = stop


def _drawable(values: Sequence[float], log: bool) -> Sequence[float]:
    # the sum of many values is finite only when each of them is: one pass at the speed of C
    if math.isfinite(sum(values)):
        low, high = min(values), max(values)
        if low > -HUGE and high < HUGE and (low > 0 or not log):
            return values
    return [v for v in values if -HUGE < v < HUGE and (v > 0 or not log)]


def smooth(ys: Sequence[float]) -> Sequence[float]:
    """An exponential moving average of the values, corrected for its start.

    What is not finite stays what it is, and the average goes on after it.
    """
    found = array("d")
    mean = weight = 0.0
    for value in ys:
        if math.isfinite(value):
            mean = SMOOTHING * mean + (1 - SMOOTHING) * value
            weight = SMOOTHING * weight + (1 - SMOOTHING)
            value = mean / weight
        found.append(value)
    return found


class Dots:
    """Braille dots on `columns` x `rows` cells; dot (0, 0) is at the bottom left."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.cells = [[0] * columns for _ in range(rows)]

    def span(self, column: int, low: int, high: int) -> None:
        """Set the dots from `low` to `high` of one column; what is outside is left out."""
        low, high = max(0, low), min(4 * self.rows - 1, high)
        if low > high or not 0 <= column < 2 * self.columns:
            return
        cell, masks = column >> 1, _MASKS[column & 1]
        first, last = low >> 2, high >> 2
        for row in range(first, last + 1):
            bottom = low & 3 if row == first else 0
            top = high & 3 if row == last else 3
            self.cells[row][cell] |= masks[bottom][top]

    def drawn(self) -> Iterable[tuple[tuple[int, int], int]]:
        """The cells (column, row) that have dots, with their dots as bits."""
        for row, line in enumerate(self.cells):
            for column, bits in enumerate(line):
                if bits:
                    yield (column, row), bits


def draw(dots: Dots, columns: Columns, axis: Axis, drawn: Callable[[int], bool]) -> None:
    """Draw a reduced series; `drawn` says which columns of dots its dashes cover."""
    height = 4 * dots.rows
    # a gap in the dashes never hides a spike
    spike = height // 4

    def span(column: int, one: float, other: float) -> None:
        low, high = sorted((round(one), round(other)))
        if drawn(column) or high - low >= spike:
            dots.span(column, low, high)

    before: tuple[int, float] | None = None
    for found in columns:
        if found is None:
            before = None
            continue
        first, low, high, last = (
            axis.place(value, height) for value in (found.first, found.low, found.high, found.last)
        )
        if before is not None:
            _connect(span, *before, found.column, first)
        elif first == low == high == last:
            # a single point is no line: it shows wherever the dashes are
            dots.span(found.column, round(first), round(first))
        span(found.column, low, high)
        before = found.column, last


def _connect(
    span: Callable[[int, float, float], None], x0: int, y0: float, x1: int, y1: float
) -> None:
    slope = (y1 - y0) / (x1 - x0)
    for column in range(x0, x1 + 1):
        left, right = max(x0, column - 0.5), min(x1, column + 0.5)
        span(column, y0 + slope * (left - x0), y0 + slope * (right - x0))
