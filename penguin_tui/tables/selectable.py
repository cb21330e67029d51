"""Widgets drawn line by line whose text can be selected with the mouse."""

from typing import ClassVar

from rich.style import Style
from textual.geometry import Offset, Region
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget


def selectable(widget: Widget, strip: Strip, number: int, left: int = 0) -> Strip:
    """A strip of line `number` of a widget's text, from cell `left` on, with what is selected."""
    selection = widget.text_selection if widget.is_attached else None
    span = selection.get_span(number) if selection is not None else None
    if span is not None:
        width = strip.cell_length
        start = max(0, min(width, span[0] - left))
        end = width if span[1] < 0 else max(start, min(width, span[1] - left))
        style = widget.screen.get_component_rich_style("screen--selection")
        chosen = strip.crop(start, end).apply_style(style)
        strip = Strip.join([strip.crop(0, start), chosen, strip.crop(end, width)])
    return strip.apply_offsets(left, number)


class SelectableLines(ScrollView):
    """Draws `content_line(number)` of its contents; the first `HEAD` lines do not scroll.

    A selection is of the contents and not of the screen: it stays with its lines when they scroll.
    """

    HEAD: ClassVar[int] = 0
    # the style under all lines, worked out once a frame: that takes as long as to draw five of them
    base_style = Style.null()

    def content_line(self, number: int) -> Strip:
        """One line of the contents; also of those that are not in view."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines that have changed, all under one base style."""
        self.base_style = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The line in this row, with what is selected of it."""
        number = y if y < self.HEAD else y + self.scroll_offset.y
        return selectable(self, self.content_line(number), number)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected part of the text."""
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else max(0, self.virtual_size.height - 1)
        lines = [self.content_line(number).text.rstrip() for number in range(first, last + 1)]
        within = Selection(
            Offset(selection.start.x, 0) if selection.start else None,
            Offset(selection.end.x, last - first) if selection.end else None,
        )
        return within.extract("\n".join(lines)), "\n"
