"""Bars of text: horizontal ones by eighths of a cell, columns by eighths of a row."""

from collections.abc import Sequence

_ACROSS = " ▏▎▍▌▋▊▉"
_UP = " ▁▂▃▄▅▆▇"
FULL = "█"


def bar(share: float, width: int) -> str:
    """A bar of `share` (0 to 1) of `width` cells; what is above 0 is always seen."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    whole, rest = divmod(eighths, 8)
    return FULL * whole + (_ACROSS[rest] if rest else "")


def columns(heights: Sequence[float], rows: int) -> list[str]:
    """Columns of `heights` (0 to 1) in `rows` rows, the upper row first."""
    eighths = [round(max(0.0, min(1.0, height)) * rows * 8) for height in heights]
    eighths = [max(1, e) if height > 0 else e for e, height in zip(eighths, heights, strict=True)]
    lines = []
    for row in range(rows - 1, -1, -1):
        left = [e - 8 * row for e in eighths]
        lines.append("".join(FULL if e >= 8 else _UP[max(0, e)] for e in left))
    return lines
