"""The high-contrast theme holds what it says: WCAG 2.2's AAA, computed of every pair of colours."""

import re
from pathlib import Path

import pytest
from textual.color import Color
from textual.widgets import Input

import penguin_tui
from penguin_tui.app.theme import CONTRAST
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.palette import MARKERS, colour
from penguin_tui.forms.form_fields import FormFields
from tests.support.screen.waiting import until

SOURCE = Path(penguin_tui.__file__).parent
AAA = 7.0
# what user interface components are told from what is around them by
EDGE = 3.0
# how faint the widgets write, in percent of the foreground
# axes are brighter in this theme
FAINT = re.compile(r"(?<!-)(?<!axis { )color: \$foreground (\d+)%")
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
    white = Color.parse(str(CONTRAST.foreground))
    texts += [below.blend(white, percent / 100) for percent in faint()]
    texts += [Color.parse(colour(place, CONTRAST)) for place in range(len(MARKERS) + 1)]
    assert min(contrast(text, below) for text in texts) >= AAA


def faint() -> set[int]:
    """How faint texts and axes are anywhere, in percent of the foreground."""
    files = [p for p in SOURCE.rglob("*") if p.suffix in (".py", ".tcss")]
    found = {int(n) for path in files for n in FAINT.findall(path.read_text("utf-8"))}
    assert len(found) > 3
    return found


async def test_fields_have_edges(workbench: Workbench) -> None:
    workbench.theme = CONTRAST.name
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: bool(workbench.screen.query(FormFields)))
        fields = workbench.screen.query_one(FormFields)
        styles = [fields.style(name) for name in ("value", "arrow")]
        styles += [workbench.screen.query_one(LineChart).get_component_rich_style("cells--axis")]
        for style in styles:
            text, ground = (Color.from_rich_color(one) for one in (style.color, style.bgcolor))
            assert contrast(text, ground) >= AAA
        value = styles[0]
        # the line below it
        assert value.underline
        assert value.color is not None
        line = Color.from_rich_color(value.color)
        assert min(contrast(line, Color.parse(ground)) for ground in GROUNDS) >= EDGE
        await pilot.press("6", "slash")
        await until(pilot, lambda: isinstance(workbench.focused, Input))
        assert workbench.focused is not None
        around, _, ground, text = workbench.focused.colors
        assert contrast(ground, around) >= EDGE
        assert contrast(text, ground) >= AAA


def test_cursor_and_selection_can_be_read() -> None:
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
