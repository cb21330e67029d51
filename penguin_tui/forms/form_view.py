"""The fields of a form, drawn in one widget.

A form of fifty settings made of fifty input widgets takes Textual a third of a second to
show; this one is shown at once.
"""

from collections.abc import Callable, Iterable

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from penguin_tui.bars.keys import key_of
from penguin_tui.forms.form import Entry, Reading, Section, Sheet
from penguin_tui.forms.form_lines import LABEL_WIDTH, UNIT_WIDTH, Column, Line, form_columns
from penguin_tui.forms.text_editor import EditorView, TextLine, choice_segments
from penguin_tui.presentation.text import fitted

# before a setting that is not at its default
CHANGED = "•"
NUMBERS = ("integer", "number", "integers", "per_layer")


class FormView(EditorView):
    """Draws what `contents` gives in one or two columns; the `current` field has the keys."""

    def __init__(
        self, sections: tuple[Section, ...], contents: Callable[[], tuple[Sheet, Reading]]
    ) -> None:
        super().__init__()
        self._sections = sections
        self._contents = contents
        self._columns: list[Column] = [[]]
        self._everything = False
        self.current: Entry | None = None

    def renew(self) -> None:
        """Show the contents as they are now."""
        width = self._room
        if width < 1:
            return
        sheet, reading = self._contents()
        self._columns = form_columns(
            self._sections,
            sheet,
            reading,
            width,
            self._everything,
            key_of(self, "form.everything"),
        )
        if self.current is not None and self._position(self.current) is None:
            self.current = None
        if self.typing and self.line.text != self.here:
            self.line = TextLine.entered(self.here or "")
        size = Size(width, max(map(len, self._columns)))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    @property
    def _room(self) -> int:
        """Cells of a line; the scroll bar has one more."""
        return self.size.width - 1

    def on_resize(self) -> None:
        """Deal the lines again."""
        self.renew()
        if self.current is not None:
            self.call_after_refresh(self._show_entry, self.current)

    @property
    def entries(self) -> list[Entry]:
        """The fields in the order in which one goes through them."""
        return [line.field for column in self._columns for line in column if line.field]

    def _position(self, entry: Entry) -> tuple[int, int] | None:
        for x, column in enumerate(self._columns):
            for y, line in enumerate(column):
                if line.field == entry:
                    return x, y
        return None

    def _refresh_entry(self, entry: Entry | None) -> None:
        place = self._position(entry) if entry is not None else None
        if place is not None:
            self.refresh_line(place[1])

    def _show_entry(self, entry: Entry) -> None:
        position = self._position(entry)
        if position is not None:
            y = position[1]
            # above the first one its heading; the line below may hold what is wrong with the field
            self.keep_in_sight(0 if y <= 1 else y, y + 1)

    # -- drawing ------------------------------------------------------------------------------

    def content_line(self, number: int) -> Strip:
        """One line of all columns."""
        segments = self._segments(number)
        return Strip(segments).adjust_cell_length(self.size.width, self.base_style)

    def _segments(self, row: int) -> list[Segment]:
        width = self._room // len(self._columns)
        return [
            segment
            for column in self._columns
            for segment in self._cell(column[row] if row < len(column) else Line("blank"), width)
        ]

    def _cell(self, line: Line, width: int) -> list[Segment]:
        if line.field is not None:
            return self._entry(line.field, line, width)
        if line.kind == "blank":
            return [Segment(" " * width, self.base_style)]
        text = set_cell_size(" " * line.indent + line.text, width)
        return [Segment(text, self.style(line.kind))]

    def _entry(self, entry: Entry, line: Line, width: int) -> list[Segment]:
        current = entry == self.current and self.has_focus
        branch = "└ " if entry.parent else ""
        mark = CHANGED if line.changed else " "
        name = fitted(f"{branch}{line.text}", LABEL_WIDTH - 2) + " "
        # what is no number has no unit and takes its room
        number = entry.setting.shape in NUMBERS
        room = max(6, width - LABEL_WIDTH - (UNIT_WIDTH + 1 if number else 2))
        rest = f" {entry.setting.unit}" if number else ""
        text = self._contents()[0].texts[entry.id]
        field: Iterable[Segment]
        if entry.options:
            field = choice_segments(text, room, self.style, current=current)
        elif current and self.typing:
            field = self.line.segments(room, self.style)
        else:
            look = "chosen" if current else "muted" if line.idle else "value"
            field = [Segment(set_cell_size(text, room), self.style(look))]
        return [
            Segment(mark, self.style("current")),
            Segment(name, self.style("current" if current else "muted" if line.idle else "label")),
            *field,
            Segment(set_cell_size(rest, max(0, width - LABEL_WIDTH - room)), self.style("unit")),
        ]  # fmt: skip
