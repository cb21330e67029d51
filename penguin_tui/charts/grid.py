"""A widget drawn as a grid of characters and style numbers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from penguin_tui.charts import palette

# Styles of cells: from SERIES on, the colours of the palette; from GROUNDS on, those of a subclass,
# with a ground of their own that is seen behind a blank as well.
PLAIN, AXIS, TITLE, MUTED, CURSOR, ACCENT = range(6)
SERIES = 16
GROUNDS = 100_000


@dataclass(slots=True)
class Grid:
    """Characters and style numbers by row and column; a wide character is followed by ''."""

    width: int
    height: int
    characters: list[list[str]] = field(init=False)
    styles: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.characters = [[" "] * self.width for _ in range(self.height)]
        self.styles = [[PLAIN] * self.width for _ in range(self.height)]

    def put(self, row: int, column: int, text: str, style: int = PLAIN) -> int:
        """Write `text` from a cell on, cut at the right edge; returns the column after it."""
        from rich.cells import get_character_cell_size

        if not 0 <= row < self.height:
            return column
        characters, styles = self.characters[row], self.styles[row]
        for character in text:
            size = get_character_cell_size(character)
            if size == 0:
                if 0 < column <= self.width:
                    characters[column - 1] += character
                continue
            if column < 0 or column + size > self.width:
                break
            characters[column], styles[column] = character, style
            if size == 2:
                characters[column + 1], styles[column + 1] = "", style
            column += size
        return column

    def text(self) -> str:
        """What is on the grid, without colours."""
        return "\n".join("".join(row).rstrip() for row in self.characters)


class CellWidget(Widget):
    """Base of the charts: a subclass draws a `Grid`, this shows it."""

    DEFAULT_CSS = """
    CellWidget {
        height: 1fr;
        width: 1fr;
        & > .cells--axis { color: $foreground 45%; }
        & > .cells--title { color: $foreground; text-style: bold; }
        & > .cells--muted { color: $foreground 65%; }
        & > .cells--cursor { color: $accent; }
        & > .cells--accent { color: $accent; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "cells--axis",
        "cells--title",
        "cells--muted",
        "cells--cursor",
        "cells--accent",
    }

    _grid: Grid | None = None
    # the styles of the cells by number, under the base style and the theme that they were made for
    _styles: tuple[object, dict[int, Style]] = (None, {})
    _base = Style.null()

    def draw(self, width: int, height: int) -> Grid:
        """The widget's cells as they are to be now."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again; nothing while there is no room."""
        width, height = self.size
        if not self.is_mounted or width < 1 or height < 1:
            self._grid = None
            return
        self._grid = self.draw(width, height)
        self.refresh()

    def on_resize(self) -> None:
        """A new size needs a new drawing."""
        self.redraw()

    def shown_text(self) -> str:
        """What the widget shows, without colours."""
        return self._grid.text() if self._grid else ""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of the grid, all under one base style."""
        # working styles out for every row takes longer than all the rest of a chart
        base = self.rich_style
        if self._styles[0] != (base, self.app.theme):
            self._styles = (base, self.app.theme), {}
        self._base = base
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row of the grid."""
        width, base, table = self.size.width, self._base, self._styles[1]
        if self._grid is None:
            self.redraw()
        grid = self._grid
        if grid is None or y >= grid.height:
            return Strip.blank(width, base)
        segments: list[Segment] = []
        characters, styles = grid.characters[y], grid.styles[y]
        start, current = 0, -1
        for x, character in enumerate(characters):
            style = styles[x]
            # where only text is seen a blank takes the colour before it: fewer changes, fewer bytes
            unseen = character == " " and style < GROUNDS and 0 <= current < GROUNDS
            if style == current or (unseen and current != CURSOR):
                continue
            if x > start:
                segments.append(Segment("".join(characters[start:x]), table[current]))
            start, current = x, style
            if current not in table:
                table[current] = self.cell_style(current)
        segments.append(Segment("".join(characters[start:]), table[current]))
        return Strip(segments, grid.width).adjust_cell_length(width, base)

    def cell_style(self, number: int) -> Style:
        """The colours of a style number under the theme of the moment."""
        base = self.rich_style
        if number >= SERIES:
            name = palette.colour(number - SERIES, self.app.current_theme)
            return base + Style(color=name)
        names = {AXIS: "axis", TITLE: "title", MUTED: "muted", CURSOR: "cursor", ACCENT: "accent"}
        if number not in names:
            return base
        # a partial style would lose how faint the colour is
        return self.get_component_rich_style(f"cells--{names[number]}")


class Drawing(CellWidget):
    """A chart without keys: what `picture(width, height, *shown)` draws of what `show` is given."""

    def __init__(
        self,
        picture: Callable[..., Grid],
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._picture = picture
        self._shown: tuple[Any, ...] = ()

    def show(self, *shown: Any) -> None:
        """Draw these."""
        if shown != self._shown:
            self._shown = shown
            self.redraw()

    def draw(self, width: int, height: int) -> Grid:
        """The picture; nothing before there is something to show."""
        return self._picture(width, height, *self._shown) if self._shown else Grid(width, height)
