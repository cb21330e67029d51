"""The confusion matrix of one set of rows: counts, and how each actual class was divided."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from engine.results.scores import ConfusionMatrix as Counts
from engine.results.scores import Matrix
from penguin_tui.presentation.scores import confusion_title
from penguin_tui.presentation.text import clipped, count, counted
from penguin_tui.presentation.words import SETS, SetName

LABEL, COLUMN = 24, 14
# title, names of the predicted classes
HEAD_ROWS = 3
CORNER = "actual ↓   predicted →"


class ConfusionMatrix(ScrollView, can_focus=True):
    """Actual classes as rows, predicted classes as columns; head and labels stay in view.

    Draws what is visible only, so that a thousand classes cost no more than three.
    """

    DEFAULT_CSS = """
    ConfusionMatrix {
        height: auto;
        max-height: 1fr;
        min-height: 6;
        & > .matrix--title { text-style: bold; }
        & > .matrix--muted { color: $foreground 65%; }
        & > .matrix--count { color: $foreground; text-style: bold; }
        & > .matrix--accent { color: $accent; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--title", "matrix--muted", "matrix--count", "matrix--accent",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p", "next_part", "Set", id="matrix.part",
            tooltip="Show the training, validation or test set.",
        ),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counts | None = None
        self._part: SetName = "train"
        self._test_note = ""
        self._labels: tuple[str, ...] = ()
        self._label_width = self._column_width = 0

    @property
    def part(self) -> SetName:
        """The set that is shown."""
        return self._part

    def show(self, matrix: Counts | None, part: SetName | None = None, test_note: str = "") -> None:
        """Show a matrix, or None for "not yet".

        Without `part` the set shown before stays, if the matrix has it.
        `test_note` (such as "evaluated 3 times") stands beside the test set's name.
        """
        self._counts, self._test_note = matrix, test_note
        if matrix is not None:
            parts = self._parts()
            wanted = part or self._part
            self._part = wanted if wanted in parts else parts[-1]
            labels = [clipped(label, LABEL) for label in matrix.labels]
            self._labels = tuple(labels)
            self._label_width = max(cell_len(CORNER), *map(cell_len, labels))
            widest = max(
                (number for name in parts for row in self._matrix(name) for number in row),
                default=0,
            )
            cell = len(count(widest)) + len(" 100 %")
            self._column_width = 2 + max(cell, min(COLUMN, max(map(cell_len, labels))))
        rows = len(self._labels)
        total = len("rows") + 4
        self.virtual_size = Size(
            self._label_width + self._column_width * rows + total, rows + HEAD_ROWS
        )
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as the matrix, with a row for the scroll bar."""
        return self.virtual_size.height + 1

    def _parts(self) -> list[SetName]:
        return [part for part in SETS if self._counts and getattr(self._counts, part)]

    def _matrix(self, part: SetName) -> Matrix:
        found: Matrix = getattr(self._counts, part)
        return found

    def action_next_part(self) -> None:
        """Show the next set."""
        parts = self._parts()
        if parts:
            self._part = parts[(parts.index(self._part) + 1) % len(parts)]
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
                Segment(_right(label, self._column_width), self._look("muted"))
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
        rows = sum(map(sum, self._matrix(self._part)))
        note = f", {self._test_note}" if self._test_note and self._part == "test" else ""
        others = [SETS[part] for part in self._parts() if part != self._part]
        segments = [
            Segment(confusion_title(self._part), self._look("title")),
            Segment(f"  {counted(rows, 'row')}{note}", self._look("muted")),
        ]
        if others:
            segments += [
                Segment("   p", self._look("accent")),
                Segment(f" {' or '.join(others)}", self._look("muted")),
            ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _cells(self, row: int) -> list[Segment]:
        numbers = self._matrix(self._part)[row]
        total = sum(numbers)
        segments = []
        for column, number in enumerate(numbers):
            share = number / total if total else 0.0
            text = f"{count(number)} {100 * share:3.0f} %" if number else "·"
            if number and row != column and round(100 * share) == 0:
                text = f"{count(number)}  <1 %"
            look = self._heat(share, right=row == column) if number else self._look("muted")
            segments.append(Segment(_right(text, self._column_width), look))
        segments.append(Segment(_right(count(total), 8), self._look("muted")))
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


def _right(text: str, width: int) -> str:
    text = clipped(text, width - 2)
    return " " * max(1, width - cell_len(text)) + text if cell_len(text) < width else text[:width]
