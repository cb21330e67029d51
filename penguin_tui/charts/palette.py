"""Colours, markers and line patterns that tell series and classes apart.

The colours are those of Okabe and Ito (2008). Each series and class differs in
its marker or line pattern as well, so that nothing depends on colour alone.
"""

from textual.theme import Theme

ON_DARK = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#9FB3BF")
ON_LIGHT = ("#0072B2", "#B85000", "#007A5A", "#A3497C", "#7A6A00", "#8F3B00", "#51626D")
# lighter, so that each has a contrast of 7 to 1 with black
ON_BLACK = ("#56B4E9", "#E69F00", "#3FD6A8", "#E79CC6", "#F0E442", "#FF9A5C", "#B5C7D3")
BLACK = "#000000"

# Their number and that of the colours have no divisor in common: together they repeat late.
MARKERS = ("●", "▲", "■", "◆", "○", "✚", "△", "□")

# Lengths of dashes and gaps in dots, beginning with a dash; empty is a solid line.
PATTERNS: tuple[tuple[int, ...], ...] = ((), (3, 3), (1, 2), (7, 2, 1, 2))
SAMPLES = ("━━━", "╍╍╍", "┄┄┄", "━╍━")


def colour(index: int, theme: Theme) -> str:
    """The colour of series or class `index` on the theme's background."""
    dark = ON_BLACK if theme.background == BLACK else ON_DARK
    colours = dark if theme.dark else ON_LIGHT
    return colours[index % len(colours)]


def marker(index: int) -> str:
    """The marker of class `index`, one cell wide."""
    return MARKERS[index % len(MARKERS)]


def sample(index: int, marker: str = "") -> str:
    """How the line of series `index` looks, three cells wide, with a marker if it has one."""
    line = SAMPLES[index % len(SAMPLES)]
    return f"{line[0]}{marker}{line[2]}" if marker else line


def drawn(index: int, column: int) -> bool:
    """Whether the line of series `index` has a dot in this column of dots."""
    pattern = PATTERNS[index % len(PATTERNS)]
    if not pattern:
        return True
    place = column % sum(pattern)
    for number, length in enumerate(pattern):
        if place < length:
            return number % 2 == 0
        place -= length
    return False
