"""Series that a test draws."""

from array import array
from collections.abc import Sequence

from penguin_tui.charts.line_drawing import Series


def line(ys: Sequence[float], name: str = "training", style: int = 0) -> Series:
    return Series(name, range(1, len(ys) + 1), array("d", ys), style)
