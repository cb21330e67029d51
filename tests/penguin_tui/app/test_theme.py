"""The high-contrast theme holds what it says: WCAG 2.2's AAA, computed of every pair of colours."""

import pytest
from textual.color import Color

from penguin_tui.app.theme import CONTRAST
from penguin_tui.charts.palette import MARKERS, colour

AAA = 7.0
# the faintest text that the widgets write, as a part of the foreground
FAINTEST = 0.6
GROUNDS = [str(ground) for ground in (CONTRAST.background, CONTRAST.surface, CONTRAST.panel)]


def luminance(colour: Color) -> float:
    """WCAG's relative luminance."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(text: Color, ground: Color) -> float:
    """WCAG's contrast ratio, from 1 to 21."""
    low, high = sorted((luminance(text), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_is_told_from_every_ground(ground: str) -> None:
    below = Color.parse(ground)
    names = ("foreground", "accent", "warning", "error", "success", "secondary")
    texts = [Color.parse(getattr(CONTRAST, name)) for name in names]
    texts += [below.blend(Color.parse(str(CONTRAST.foreground)), FAINTEST)]
    texts += [Color.parse(colour(place, CONTRAST)) for place in range(len(MARKERS) + 1)]
    assert min(contrast(text, below) for text in texts) >= AAA


def test_cursor_and_selection_can_be_read_and_fields_have_edges() -> None:
    variables = {name: value.split()[0] for name, value in CONTRAST.variables.items()}
    black, white = (Color.parse(str(c)) for c in (CONTRAST.background, CONTRAST.foreground))
    cursor = {name: Color.parse(variables[f"block-cursor-{name}"]) for name in
              ("background", "foreground", "blurred-background")}  # fmt: skip
    selected = CONTRAST.variables["input-selection-background"].split()[1].rstrip("%")
    selection = black.blend(Color.parse(str(CONTRAST.accent)), int(selected) / 100)
    assert contrast(cursor["foreground"], cursor["background"]) >= AAA
    assert contrast(white, cursor["blurred-background"]) >= AAA
    assert contrast(white, selection) >= AAA
    assert contrast(Color.parse(variables["border-blurred"]), black) >= AAA
