"""The confusion matrix of one set of rows: counts, and how each actual class was divided."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from engine.results.scores import ConfusionMatrix as Counts
from engine.results.scores import Matrix, Scored
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.bars.keys import key_of
from penguin_tui.presentation.results.scores import confusion_title
from penguin_tui.presentation.text import count, counted, fitted, shortened
from penguin_tui.presentation.words import SETS, SetName, evaluated

LABEL, COLUMN = 24, 14
# title, names of the predicted classes
HEAD_ROWS = 3
# the set by which choices are made first
OPENS: tuple[SetName, ...] = ("validation", "test", "train")
CORNER = "actual ↓   predicted →"


class ConfusionMatrix(ScrollView, can_focus=True):
    """Actual classes as rows, predicted classes as columns; head and labels stay in view.

    Draws what is visible only, so that a thousand classes cost no more than three.
    """

    DEFAULT_CSS = """
    ConfusionMatrix {
        height: auto; max-height: 1fr; min-height: 6; padding: 0 1;
        & > .matrix--title { text-style: bold; }
        & > .matrix--muted { color: $foreground 65%; }
        & > .matrix--count { color: $foreground; text-style: bold; }
        & > .matrix--accent { color: $accent; text-style: bold; }
        & > .matrix--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--title", "matrix--muted", "matrix--count", "matrix--accent",
        "matrix--cursor",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "next_set", "Set", id="matrix.set",
            tooltip="Show the training, validation or test set.",
        ),
        Binding("enter", "open", "Rows", id="matrix.open",
                tooltip="List the rows that this cell counts."),
        Binding("up", "cell(-1, 0)", "Up", show=False),
        Binding("down", "cell(1, 0)", "Down", show=False),
        Binding("left", "cell(0, -1)", "Previous column", show=False),
        Binding("right", "cell(0, 1)", "Next column", show=False),
    ]  # fmt: skip

    class CellChosen(Message):
        """Enter was pressed on a cell: its rows, by the codes of actual and predicted class."""

        def __init__(self, data_set: SetName, actual: int, predicted: int) -> None:
            super().__init__()
            self.data_set, self.actual, self.predicted = data_set, actual, predicted

    def __init__(self) -> None:
        super().__init__()
        self._result: Scored | None = None
        self._counts: Counts | None = None
        self._set: SetName = "train"
        self._test_note = ""
        self._labels: tuple[str, ...] = ()
        self._label_width = self._column_width = 0
        # row and column of the cell that Enter opens
        self.cursor = (0, 0)

    @property
    def shown_set(self) -> SetName:
        """The set whose matrix is shown."""
        return self._set

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show a run's matrix, of another result that of the set that says most first."""
        result = state.result if isinstance(state.result, Scored) else None
        wanted = self._set
        if result is not None and result is not self._result:
            wanted = next(name for name in OPENS if getattr(result.confusion, name) is not None)
        self._result = result
        note = evaluated(record) if record.test_evaluations else ""
        self.show_counts(result.confusion if result else None, wanted, note)

    def show_counts(self, matrix: Counts | None, wanted: SetName, test_note: str = "") -> None:
        """Show a matrix of the `wanted` set, or of the last there is; None for "not yet".

        `test_note` (such as "evaluated 3 times") stands beside the test set's name.
        """
        self._counts, self._test_note = matrix, test_note
        if matrix is not None:
            names = self._sets()
            self._set = wanted if wanted in names else names[-1]
            labels = shortened(matrix.labels, LABEL)
            self._labels = tuple(labels)
            self._label_width = max(cell_len(CORNER), *map(cell_len, labels))
            numbers = (n for name in names for row in self._matrix(name) for n in row)
            cell = len(count(max(numbers, default=0))) + len(" 100 %")
            self._column_width = 2 + max(cell, min(COLUMN, max(map(cell_len, labels))))
        rows, total = len(self._labels), len("rows") + 4
        width = self._label_width + self._column_width * rows + total
        self.virtual_size = Size(width, rows + HEAD_ROWS)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as the matrix, with a row for the scroll bar."""
        return self.virtual_size.height + 1

    def _sets(self) -> list[SetName]:
        return [name for name in SETS if self._counts and getattr(self._counts, name)]

    def _matrix(self, name: SetName) -> Matrix:
        found: Matrix = getattr(self._counts, name)
        return found

    def action_next_set(self) -> None:
        """Show the next set."""
        names = self._sets()
        if names:
            self._set = names[(names.index(self._set) + 1) % len(names)]
            self.refresh()
            self.refresh_bindings()

    def action_cell(self, down: int, right: int) -> None:
        """Move the cursor, and keep it in sight."""
        last = max(0, len(self._labels) - 1)
        row, column = (
            max(0, min(last, at + step))
            for at, step in zip(self.cursor, (down, right), strict=True)
        )
        self.cursor = row, column
        self.refresh_bindings()
        left = column * self._column_width
        room = self.size.width - self._label_width - self._column_width
        x, y = self.scroll_offset
        self.scroll_to(
            x=max(left - room, min(x, left)),
            y=max(row - (self.size.height - HEAD_ROWS - 1), min(y, row)),
            animate=False,
        )
        self.refresh()

    def action_open(self) -> None:
        """The rows of the cell under the cursor."""
        self.post_message(self.CellChosen(self._set, *self.cursor))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A cell without rows has none to show."""
        if action != "open" or self._counts is None:
            return action != "open"
        row, column = self.cursor
        return row < len(self._labels) and self._matrix(self._set)[row][column] > 0

    def on_focus(self) -> None:
        """The cursor is seen where its keys work."""
        self.refresh()

    def on_blur(self) -> None:
        """It is not where they do not."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of what is visible."""
        width = self.size.width
        counts = self._counts
        if counts is None:
            text = "  There is no result yet." if y == 0 else ""
            return Strip([Segment(text, self._look("muted"))]).adjust_cell_length(
                width, self.rich_style
            )
        if y == 0:
            return self._title(width)
        if y == 1:
            return Strip.blank(width, self.rich_style)
        left, top = self.scroll_offset
        if y == 2:
            fixed = [Segment(set_cell_size(CORNER, self._label_width), self._look("muted"))]
            moving = [
                Segment(
                    "  " + fitted(label, self._column_width - 2, right=True), self._look("muted")
                )
                for label in self._labels
            ]
            moving.append(Segment("    rows", self._look("muted")))
        else:
            row = y - HEAD_ROWS + top
            if row >= len(self._labels):
                return Strip.blank(width, self.rich_style)
            fixed = [
                Segment(set_cell_size(self._labels[row], self._label_width), self._look("title"))
            ]
            moving = self._cells(row)
        body = Strip(moving).crop(left, left + max(0, width - self._label_width))
        return Strip([*fixed, *body]).adjust_cell_length(width, self.rich_style)

    def _title(self, width: int) -> Strip:
        rows = sum(map(sum, self._matrix(self._set)))
        note = f", {self._test_note}" if self._test_note and self._set == "test" else ""
        others = [SETS[name] for name in self._sets() if name != self._set]
        segments = [
            Segment(confusion_title(self._set), self._look("title")),
            Segment(f"  {counted(rows, 'row')}{note}", self._look("muted")),
        ]
        if others and self.can_focus:
            segments += [
                Segment(f"   {key_of(self, 'matrix.set')}", self._look("accent")),
                Segment(f" {' or '.join(others)}", self._look("muted")),
            ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _cells(self, row: int) -> list[Segment]:
        numbers = self._matrix(self._set)[row]
        total = sum(numbers)
        segments = []
        for column, number in enumerate(numbers):
            share = number / total if total else 0.0
            text = f"{count(number)} {100 * share:3.0f} %" if number else "·"
            if number and row != column and round(100 * share) == 0:
                text = f"{count(number)}  <1 %"
            look = self._heat(share, right=row == column) if number else self._look("muted")
            if self.has_focus and self.cursor == (row, column):
                look = self._look("cursor")
            segments.append(Segment(fitted(text, self._column_width, right=True), look))
        segments.append(Segment(fitted(count(total), 8, right=True), self._look("muted")))
        return segments

    def _look(self, name: str) -> Style:
        # a partial style would lose how faint the colour is
        return self.get_component_rich_style(f"matrix--{name}")

    def _heat(self, share: float, *, right: bool) -> Style:
        """The diagonal in the accent's colour, errors in the warning's, deeper with the share."""
        variables = self.app.theme_variables
        tint = Color.parse(variables["accent"] if right else variables["warning"])
        ground = self.background_colors[1]
        deep = 0.12 + 0.33 * share
        return self._look("count") + Style(bgcolor=ground.blend(tint, deep).rich_color)
