"""A horizontal axis of tried values: numbers on a linear or log scale, names side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rich.cells import cell_len

from engine.specs.typed_text import show
from penguin_tui.charts.axis import Axis, count_axis, data_axis
from penguin_tui.presentation.text import clipped, short

# numbers further apart than this are shown on a log axis
WIDE = 30.0
NAME_WIDTH = 14


@dataclass(frozen=True, slots=True)
class NamedAxis(Axis):
    """An axis whose ticks have names."""

    names: tuple[str, ...] = ()

    def labels(self, percent: bool = False) -> list[str]:
        """The names."""
        return list(self.names)


@dataclass(frozen=True)
class ValueScale:
    """Where values lie: `x(value)` is a place on `axis(cells)`."""

    values: tuple[Any, ...]
    numeric: bool
    log: bool

    def x(self, value: Any) -> float:
        """The place of a value; of names their number."""
        if not self.numeric:
            return float(self.values.index(value))
        return math.log10(value) if self.log else float(value)

    def axis(self, cells: int) -> Axis:
        """The axis in a canvas of so many cells."""
        if not self.numeric:
            return self._names(cells)
        numbers = sorted({float(value) for value in self.values})
        # values a person has listed are ticks themselves
        listed = len(numbers) * 9 <= cells and all(float(f"{n:.3g}") == n for n in numbers)
        if listed:
            return self._ticked(numbers, numbers, cells)
        if self.log:
            return self._ticked(numbers, _round(numbers[0], numbers[-1]), cells)
        if all(number.is_integer() for number in numbers):
            return count_axis(numbers[0], numbers[-1], cells)
        return data_axis(numbers, max(2, cells // 12))

    def _names(self, cells: int) -> Axis:
        count = len(self.values)
        every = max(1, math.ceil(count * 6 / max(1, cells)))
        room = max(3, cells * every // max(1, count) - 1)
        places = range(0, count, every)
        names = tuple(clipped(show(self.values[i]), min(room, NAME_WIDTH)) for i in places)
        return NamedAxis(-0.5, count - 0.5, tuple(map(float, places)), names=names)

    def _ticked(self, numbers: Sequence[float], marked: Sequence[float], cells: int) -> Axis:
        """An axis around the numbers with a tick at marked ones, as far as there is room."""
        low, high = (math.log10(n) if self.log else n for n in (numbers[0], numbers[-1]))
        margin = (high - low) / 40 or 0.5
        low, high = low - margin, high + margin
        ticks: list[float] = []
        names: list[str] = []
        end = -math.inf
        for number in marked:
            place = math.log10(number) if self.log else number
            if not low <= place <= high:
                continue
            name = short(number)
            column = (place - low) / (high - low) * (cells - 1)
            half = cell_len(name) / 2
            if column - half > end + 1 and column + half < cells + 2:
                ticks.append(place)
                names.append(name)
                end = column + half
        return NamedAxis(low, high, tuple(ticks), names=tuple(names))


def scale_of(values: Sequence[Any], log: bool | None = None) -> ValueScale:
    """The scale of at least one value; by itself log where numbers lie far apart."""
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    if not numeric:
        return ValueScale(tuple(dict.fromkeys(values)), numeric=False, log=False)
    low, high = min(values), max(values)
    able = low > 0
    steps = sorted(set(values))
    # equal steps are linear however far they reach
    even = len(steps) < 3 or _even(steps)
    chosen = (able and not even and high / low > WIDE) if log is None else (log and able)
    return ValueScale(tuple(values), numeric=True, log=chosen)


def _round(low: float, high: float) -> list[float]:
    """Powers of ten around the bounds, and between few of them 2 and 5 times as much."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first < 4 else (1,)
    return [step * 10.0**power for power in range(first, last + 1) for step in steps]


def _even(steps: Sequence[float]) -> bool:
    first = steps[1] - steps[0]
    return all(abs((b - a) - first) <= 1e-6 * max(abs(b), first) for a, b in pairwise(steps))
