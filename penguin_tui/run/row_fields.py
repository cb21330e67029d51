"""A field for each column that a run predicts from, and one for a row of its data."""

from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from engine.results.prediction import FeatureRange, RowPrediction
from penguin_tui.forms.text_editor import EDIT_KEYS, EditorView, TextLine, choice_segments
from penguin_tui.presentation.text import fitted
from penguin_tui.run.row_answer import range_text

NAME, VALUE = 26, 18
# the first field
DATA_ROW = 0


class RowFields(EditorView):
    """Shows the cells of a row; `Changed` is sent at every key that changes one."""

    BINDING_GROUP_TITLE = "Row"
    DEFAULT_CSS = "RowFields { height: 1fr; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "Edit", id="row.edit",
                tooltip="Type another value; once more keeps it, esc restores what was there."),
        Binding("right", "choose(1)", "Next value", id="row.more",
                tooltip="The next category; of a number a hundredth of its range more."),
        Binding("left", "choose(-1)", "Previous value", show=False, id="row.less",
                tooltip="The previous category; of a number a hundredth of its range less."),
        Binding("shift+right", "choose(10)", "Forward 10", show=False, id="row.much_more",
                tooltip="A tenth of the range of a number more, or ten rows forward."),
        Binding("shift+left", "choose(-10)", "Back 10", show=False, id="row.much_less",
                tooltip="A tenth of the range of a number less, or ten rows back."),
        Binding("down,tab", "step(1)", "Next field", show=False, id="row.next",
                tooltip="Go to the next field."),
        Binding("up,shift+tab", "step(-1)", "Previous field", show=False, id="row.previous",
                tooltip="Go to the previous field."),
        Binding("backspace", "reset", "Reset", show=False, id="row.reset",
                tooltip="Give the field its median or most frequent value again."),
        Binding("escape", "leave", "Leave field", show=False, id="row.leave",
                tooltip="Restore what was there before the field was edited."),
        *EDIT_KEYS,
    ]  # fmt: skip

    class Changed(Message):
        """The row is another: `data_row` of the run's data, or with these cells where it is 0."""

        def __init__(self, cells: dict[str, str], data_row: int) -> None:
            super().__init__()
            self.cells, self.data_row = cells, data_row

    def __init__(self) -> None:
        super().__init__()
        self._ranges: tuple[FeatureRange, ...] = ()
        self._typed: dict[str, str] = {}
        self._remarks: dict[str, str] = {}
        self._data_row, self._data_rows = "", 0
        self._place = 1

    def fill(self, found: RowPrediction, *, loaded: bool) -> None:
        """Show what came of the row; its cells where it has been `loaded` or is the first."""
        if loaded or not self._ranges:
            self._typed = dict(found.cells)
        self._ranges, self._data_rows = found.features, found.data_rows
        self._remarks = found.flags | found.problems
        self.virtual_size = Size(max(1, self.size.width), len(self._ranges) + 1)
        self.refresh(layout=True)

    # -- keys ----------------------------------------------------------------------------------

    @property
    def _feature(self) -> FeatureRange | None:
        return self._ranges[self._place - 1] if self._place and self._ranges else None

    @property
    def here(self) -> str | None:
        """The text under the cursor; None of categories, which are chosen."""
        feature = self._feature
        if feature is None:
            return self._data_row if self._ranges else None
        return None if feature.type == "categorical" else self._typed[feature.name]

    def put(self, line: TextLine) -> None:
        """Take what is typed."""
        self._take(line.text)

    def _take(self, text: str) -> None:
        feature = self._feature
        if feature is not None:
            self._typed[feature.name] = text
            self._data_row = ""
        else:
            self._data_row = text
        number = int(text) if feature is None and text.isdecimal() and len(text) < 10 else 0
        if feature is not None or 0 < number <= self._data_rows:
            self.post_message(self.Changed(dict(self._typed), number))
        self.refresh()

    def action_choose(self, step: int) -> None:
        """Another value; in a text that is edited the cursor moves."""
        if self.typing:
            super().action_choose(step)
        elif self._ranges:
            self.choose(step)

    def choose(self, step: int) -> None:
        """The value so many steps on."""
        feature = self._feature
        if feature is None:
            now = int(self._data_row) if self._data_row.isdecimal() else 0
            self._take(str(min(self._data_rows, max(1, now + step))))
        elif feature.type == "categorical":
            levels, now_text = feature.levels, self._typed[feature.name]
            place = levels.index(now_text) if now_text in levels else -1 if step > 0 else 0
            self._take(levels[(place + step) % len(levels)])
        elif feature.step:
            self._take(_stepped(feature, self._typed[feature.name], step))

    def action_enter(self) -> None:
        """Edit the text, or keep it; of categories the next one."""
        if self.typing:
            self.keep()
        elif self.here is None:
            self.action_choose(1)
        else:
            self.edit()

    def action_step(self, step: int) -> None:
        """The next field, or the one before."""
        self.keep()
        self._place = min(len(self._ranges), max(DATA_ROW, self._place + step))
        self.keep_in_sight(self._place, self._place)
        self.refresh()

    def action_reset(self) -> None:
        """The typical value of the field."""
        feature = self._feature
        if feature is not None:
            self._take(feature.typical)

    def action_leave(self) -> None:
        """The text as it was before it was edited."""
        self.restore()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of a text only while it is edited."""
        if action == "leave" or action == "edit":
            return self.typing
        return not self.typing if action == "reset" else True

    def on_click(self, event: events.Click) -> None:
        """Into the field under the mouse."""
        place = event.y + self.scroll_offset.y
        if place <= len(self._ranges):
            self.action_step(place - self._place)

    # -- drawing -------------------------------------------------------------------------------

    def content_line(self, number: int) -> Strip:
        """The field of a line."""
        if not self._ranges or number > len(self._ranges):
            return Strip.blank(self.size.width, self.base_style)
        feature = self._ranges[number - 1] if number else None
        name = feature.name if feature else "row of the data"
        text = self._typed[feature.name] if feature else self._data_row
        current = self.has_focus and number == self._place
        remark = range_text(feature) if feature else f"1 to {self._data_rows:,}, to begin with it"
        odd = self._remarks.get(name, "") if feature else ""
        if current and self.typing:
            field = list(self.line.segments(VALUE, self.style))
        elif feature and feature.type == "categorical":
            field = list(choice_segments(text or "missing", VALUE, self.style, current=current))
        else:
            shown = text or ("missing" if feature else "none")
            field = [Segment(set_cell_size(shown, VALUE), self.style(_look(current, text)))]
        segments = [
            Segment(fitted(name, NAME) + " ", self.style("current" if current else "label")),
            *field,
            Segment("  "),
            Segment(f"{odd}; " if odd else "", self.style("warning")),
            Segment(remark, self.style("unit")),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.base_style)


def _look(current: bool, text: str) -> str:
    return "chosen" if current else "value" if text else "muted"


def _stepped(feature: FeatureRange, cell: str, step: int) -> str:
    """The cell so many steps on, as it would be written; from the median where it is no number."""
    try:
        now = float(cell.replace(",", "."))
    except ValueError:
        now = float(feature.typical)
    return f"{round(now / feature.step + step) * feature.step:.10g}"
