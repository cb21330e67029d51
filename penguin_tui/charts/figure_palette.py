"""The screen's palette for figures: apart, since no screen needs what draws them."""

from engine.client.drawing import Palette
from penguin_tui.charts.palette import MARKERS, ON_LIGHT, PATTERNS


def figure_palette() -> Palette:
    """Colours, markers and line patterns on white paper."""
    return Palette(colours=ON_LIGHT, markers=MARKERS, patterns=PATTERNS)
