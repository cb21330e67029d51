"""A row of the search-space table as cells: where they lie, and how they look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from penguin_tui.forms.search_space.row import FIELDS, Row
from penguin_tui.forms.text_editor import Styles, TextLine, choice_segments

SETTING_WIDTH, KIND_WIDTH, NUMBER_WIDTH, LIST_WIDTH = 21, 13, 9, 60


@dataclass(frozen=True, slots=True)
class SpaceCell:
    """A cell of a row: where it begins, how wide it is, the word before it, what is in it."""

    start: int
    width: int
    label: str
    text: str
    choice: bool


def cells_of(row: Row, width: int) -> list[SpaceCell]:
    """The cells of a row that is `width` cells wide: setting, kind, texts."""
    found = [SpaceCell(1, SETTING_WIDTH, "", row.label, True)]
    start = SETTING_WIDTH + 2
    if row.kind != "typed":
        found.append(SpaceCell(start, KIND_WIDTH, "", row.kind, True))
        start += KIND_WIDTH + 1
    labels = FIELDS[row.kind]
    if len(labels) == 1:
        room = max(NUMBER_WIDTH, width - start - 2)
        return [*found, SpaceCell(start, min(room, LIST_WIDTH), "", row.texts[0], False)]
    for label, text in zip(labels, row.texts, strict=True):
        start += len(label) + 1
        found.append(SpaceCell(start, NUMBER_WIDTH, label, text, False))
        start += NUMBER_WIDTH + 1
    return found


def lines_of(rows: int, problems: Mapping[int, str]) -> list[tuple[int, str]]:
    """Below the heading: a row as its number, or what is wrong with it as a text, too."""
    found: list[tuple[int, str]] = []
    for place in range(rows):
        found.append((place, ""))
        if place in problems:
            found.append((place, problems[place]))
    return found


def problem_text(problem: str, cells: list[SpaceCell], width: int) -> str:
    """What is wrong, below what is typed; a long one further left, where there is more room."""
    text = f"✗ {problem}"
    typed = next(cell.start for cell in cells if not cell.choice)
    indent = typed - 2 if typed - 2 + cell_len(text) <= width else 3
    return " " * indent + text


def heading_segments(single: bool, style: Styles) -> list[Segment]:
    """The line above the rows."""
    title = "Hyperparameter" if single else "Hyperparameters"
    rest = "values" if single else "kind".ljust(KIND_WIDTH + 1) + "values"
    return [
        Segment(" " + set_cell_size(title, SETTING_WIDTH + 1), style("heading")),
        Segment(rest, style("muted")),
    ]


def row_segments(
    cells: list[SpaceCell], current: int, line: TextLine | None, style: Styles
) -> Iterator[Segment]:
    """A row; `current` is the cell under the cursor (-1: none), `line` its text while edited."""
    end = 0
    for number, cell in enumerate(cells):
        label = f"{cell.label} " if cell.label else ""
        yield Segment(" " * (cell.start - end - len(label)) + label, style("muted"))
        here = number == current
        if cell.choice:
            yield from choice_segments(cell.text, cell.width, style, current=here)
        elif here and line is not None:
            yield from line.segments(cell.width, style)
        else:
            look = style("chosen" if here else "value")
            yield Segment(set_cell_size(cell.text, cell.width), look)
        end = cell.start + cell.width
