"""The chart of decision regions: class by colour, certainty by shade, distance by fading."""

from textwrap import wrap

from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color

from engine.results.playground import PlaygroundAnswer
from penguin_tui.charts import palette
from penguin_tui.charts.grid import GROUNDS, MUTED, CellWidget, Grid
from penguin_tui.charts.region_drawing import (
    ALL_TINTS,
    ROWS,
    TINTS,
    TRAINING,
    WRONG,
    Look,
    draw_regions,
)
from penguin_tui.terminal.rich_private import color_system

# of a class's colour on the background: the strongest tint, and each one by the next
_STRONGEST, _STEP = 0.56, 0.6


class RegionChart(CellWidget):
    """The plane of the last answer; what is not one yet is said in words."""

    DEFAULT_CSS = """
    RegionChart { min-height: 6; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._answer: PlaygroundAnswer | None = None
        self._title, self._text = "", ""

    @property
    def look(self) -> Look:
        """Half cells need many colours: a shade is told from another by nothing else."""
        few = color_system(self.app.console) in (ColorSystem.STANDARD, ColorSystem.WINDOWS)
        return Look(halves=not (few or self.app.no_color))

    @property
    def cells(self) -> tuple[int, int]:
        """Columns and rows of the plane that fit."""
        return self.look.grid_of(self.size.width, self.size.height)

    def show(self, answer: PlaygroundAnswer, title: str) -> None:
        """Show the regions of an answer."""
        self._answer, self._title, self._text = answer, title, ""
        self.redraw()

    def say(self, text: str) -> None:
        """Say why there are none; with the last ones on screen they stay."""
        self._text = text
        self.redraw()

    def draw(self, width: int, height: int) -> Grid:
        """The regions, or why there are none."""
        if self._answer is None or self._text:
            grid = Grid(width, height)
            lines = (
                line for part in self._text.splitlines() for line in wrap(part, max(8, width - 4))
            )
            for row, line in enumerate(lines):
                grid.put(2 + row, 2, line, MUTED)
            return grid
        return draw_regions(width, height, self._answer, self.look, self._title)

    def cell_style(self, number: int) -> Style:
        """The colours of two cells, or of a row on one."""
        if number < GROUNDS:
            return super().cell_style(number)
        if number < ROWS:
            fore, back = divmod(number - GROUNDS, ALL_TINTS)
            return Style(color=self._shade(fore).rich_color, bgcolor=self._shade(back).rich_color)
        kind, label = divmod(number, ROWS)
        colour, ground = self._class(label), self._ground
        if kind == WRONG and self.look.halves:
            return Style(color=ground.rich_color, bgcolor=colour.rich_color, bold=True)
        # a shade of the region behind it would be another look, and more bytes, for each region
        faint = colour.blend(ground, 0.25) if kind == TRAINING else colour
        return Style(color=faint.rich_color, bgcolor=ground.rich_color, bold=kind != TRAINING)

    @property
    def _ground(self) -> Color:
        return Color.parse(self.app.current_theme.background or "#000000")

    def _class(self, label: int) -> Color:
        return Color.parse(palette.colour(label, self.app.current_theme))

    def _shade(self, tint: int) -> Color:
        label, level = divmod(tint, TINTS)
        return self._ground.blend(self._class(label), _STRONGEST * _STEP ** (TINTS - 1 - level))
