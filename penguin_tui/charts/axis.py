"""Axis limits and ticks at round numbers.

Limits move in steps: while a run grows, most redraws keep their scale, and a
chart that keeps its scale needs few bytes to repaint.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from penguin_tui.presentation.text import short

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_ENDS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
Limits = tuple[float, float]
FRACTIONS: Limits = (0.0, 1.0)
ANY: Limits = (-math.inf, math.inf)
# Smaller differences are no differences: steps between them would not be numbers.
TINY = 1e-290
MAX_DECIMALS = 6
_LOG_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from `low` to `high`; on a log axis both, and `ticks`, are powers of ten."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def place(self, value: float, dots: int) -> float:
        """Where `value` lies among `dots` dots, from 0.0 to dots - 1 when it is in the limits."""
        return (value - self.low) / (self.high - self.low) * (dots - 1)

    def labels(self, percent: bool = False) -> list[str]:
        """The ticks in words, all with the same decimals."""
        values = [10**tick if self.log else tick for tick in self.ticks]
        if percent:
            values = [100 * value for value in values]
        if self.log:
            return [short(value) for value in values]
        return _alike(values)


def value_axis(values: Sequence[float], rows: int, limits: Limits = ANY) -> Axis:
    """A linear axis around finite `values` with at most about one tick for each third row.

    It ends at the `limits`, within which all values lie: no accuracy is above 100 %.
    """
    low, high = _spread(min(values), max(values))
    low, high = max(low, limits[0]), min(high, limits[1])
    step = round_step((high - low) / max(1, rows // 3))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(number * step for number in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def data_axis(values: Sequence[float], most: int) -> Axis:
    """A linear axis as wide as finite `values` and a little more, with about `most` ticks."""
    low, high = _spread(min(values), max(values))
    margin = (high - low) / 50
    low, high = low - margin, high + margin
    step = round_step((high - low) / max(1, most))
    first, last = math.ceil(low / step), math.floor(high / step)
    return Axis(low, high, tuple(number * step for number in range(first, last + 1)))


def log_axis(values: Sequence[float], rows: int, limits: Limits = ANY) -> Axis:
    """A log axis around `values`, which are powers of ten as its ends and ticks are.

    The `limits` are no powers; see `value_axis`.
    """
    low, high = min(values), max(values)
    down, up = _log_step(low, up=False), _log_step(high, up=True)
    if up - down < 1e-9:
        down, up = down - 1, min(up + 1, math.log10(limits[1]))
    decades = [float(p) for p in range(math.ceil(down - 1e-9), math.floor(up + 1e-9) + 1)]
    if len(decades) < 2:
        decades = sorted({down, *decades, up})
    every = math.ceil(len(decades) / max(2, rows // 2))
    return Axis(down, up, tuple(decades[::every]), log=True)


def count_axis(low: float, high: float, cells: int) -> Axis:
    """A horizontal axis with exactly these limits and ticks at round whole numbers."""
    if high <= low:
        low, high = low - 0.5, low + 0.5
    # a label with its space takes about eight cells
    step = max(1.0, round_step((high - low) / max(1, cells // 10)))
    if step == 2.5:
        # there is no epoch 2.5
        step = 5.0
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = [number * step for number in range(first, last + 1)]
    if low == 1 and step > 1:
        ticks = [1.0, *(tick for tick in ticks if tick >= 1 + step / 2)]
    if not ticks:
        ticks = [low]
    return Axis(low, high, tuple(ticks))


def round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `least`."""
    return _round_up(least, _STEPS)


def round_end(last: float) -> float:
    """A round number a little above `last`, the same one while `last` grows by some percent."""
    return max(10.0, _round_up(last, _ENDS))


def _spread(low: float, high: float) -> tuple[float, float]:
    """The two ends, taken apart where they are one."""
    size = max(abs(low), abs(high))
    if high - low > max(1e-12 * size, TINY):
        return low, high
    spread = size / 10 if size > TINY else 1.0
    return low - spread, high + spread


def _round_up(value: float, steps: Sequence[float]) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in steps if step * power >= value * (1 - 1e-9))


def _log_step(exponent: float, *, up: bool) -> float:
    whole = math.floor(exponent)
    steps = [whole + math.log10(step) for step in _LOG_STEPS]
    if up:
        return next(step for step in steps if step >= exponent - 1e-9)
    return next(step for step in reversed(steps) if step <= exponent + 1e-9)


def _alike(values: Sequence[float]) -> list[str]:
    """Labels with the same decimals, as few as tell them apart."""
    largest = max(map(abs, values), default=0.0)
    if largest >= 1e6 or 0 < largest < 1e-4:
        return [short(value) for value in values]
    # a tick that misses zero by the noise of the last digit is zero
    clean = [0.0 if abs(value) < 1e-9 * largest else value for value in values]
    decimals = next(
        (places for places in range(MAX_DECIMALS) if _exact(clean, places)), MAX_DECIMALS
    )
    return [f"{value:,.{decimals}f}" for value in clean]


def _exact(values: Sequence[float], decimals: int) -> bool:
    """Whether so many decimals show each value nearly as it is."""
    gaps = [after - before for before, after in pairwise(values)]
    apart = min(gaps) if gaps else max(map(abs, values), default=1.0)
    return all(abs(round(value, decimals) - value) <= apart / 50 for value in values)
