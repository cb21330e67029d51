"""An interval as a bar of text, on a scale that several bars share."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.results.statistics import Band


@dataclass(frozen=True, slots=True)
class BarScale:
    """From `low` to `high`, 0 among them, in `cells` terminal cells."""

    low: float
    high: float
    cells: int

    @classmethod
    def of(cls, bands: Iterable[Band], cells: int, least: float) -> "BarScale":
        """The scale that all of the bands fit on, reaching `least` above 0 at least."""
        ends = [end for one in bands for end in _ends(one)]
        return cls(min(0.0, *ends), max(least, *ends), cells)

    def bar(self, value: Band) -> str:
        """The interval with its mean, and where 0 is."""
        first, last, mean, zero = map(self._cell, (*_ends(value), value.mean, 0.0))
        cells = [" "] * self.cells
        cells[first : last + 1] = "─" * (last + 1 - first)
        cells[zero] = "┼" if first <= zero <= last else "│"
        cells[mean] = "●"
        return "".join(cells).rstrip()

    def _cell(self, value: float) -> int:
        return round((self.cells - 1) * (value - self.low) / (self.high - self.low))


def _ends(value: Band) -> tuple[float, float]:
    """The interval; of a mean without spread the mean alone."""
    if value.low is None or value.high is None:
        return value.mean, value.mean
    return value.low, value.high
