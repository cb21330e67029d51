"""Rows of a run's data one by one: those of a cell of its confusion matrix, and one's card."""

from collections.abc import Iterator

from engine.results.row_card import CellRow, CellRows, ClassValues, RowCard
from penguin_tui.presentation.blocks import Block, Line, Span, line, muted
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.text import NOTHING, clipped, count, counted, percent, shortened
from penguin_tui.presentation.words import set_name

LABEL, CELL = 24, 16
# classes that a card has columns for: the ones that the row most probably is of
CLASSES = 6


def cell_lines(found: CellRows) -> Iterator[Line]:
    """Which rows these are."""
    yield line(
        Span(counted(found.total, "row"), "strong"),
        f" of the {set_name(found.data_set)} set, class {clipped(found.actual, LABEL)}, classified"
        f" as {clipped(found.predicted, LABEL)}",
    )
    if len(found.rows) < found.total:
        yield muted(f"The {count(len(found.rows))} with the largest probability are listed.")


def cell_columns(found: CellRows) -> tuple[Column, ...]:
    """Number, probabilities of the two classes, then cells of the row as far as there is room."""
    own = [Column("row", "row", 8, right=True)]
    own.append(Column("predicted", clipped(f"P {found.predicted}", CELL), CELL, right=True))
    if found.actual != found.predicted:
        own.append(Column("actual", clipped(f"P {found.actual}", CELL), CELL, right=True))
    cells = [
        Column(f"cell {place}", clipped(name, CELL), CELL, right=True, rank=1 + place)
        for place, name in enumerate(found.columns)
    ]
    return (*own, *cells)


def cell_cells(found: CellRows, own: CellRow) -> tuple[Cell, ...]:
    """A cell for each of `cell_columns`."""
    right = [(percent(own.of_actual), "")] if found.actual != found.predicted else []
    cells = [(clipped(cell, CELL) or "missing", "") for cell in own.cells]
    return ((count(own.row), ""), (percent(own.of_predicted), "accent"), *right, *cells)


def card_blocks(found: RowCard) -> Iterator[Block]:
    """The row itself, its values beside those of each class, and the training rows near it."""
    right = "right" if found.actual == found.predicted else "wrong"
    order = sorted(range(len(found.labels)), key=lambda code: -found.probabilities[code])[:CLASSES]
    yield Block(
        f"Row {count(found.row)}",
        lines=(
            line(f"a {set_name(found.data_set)} row of class ",
                 Span(clipped(found.actual, LABEL), "strong"), ", classified as ",
                 Span(clipped(found.predicted or NOTHING, LABEL), "strong"), f": {right}"),
        ),
    )  # fmt: skip
    labels = shortened([found.labels[code] for code in order], LABEL)
    rows = [("probability", "", *(percent(found.probabilities[code]) for code in order))]
    rows += [
        (
            clipped(column.name, LABEL),
            clipped(column.cell, LABEL) or "missing",
            *(_values(column.classes[code]) for code in order),
        )
        for column in found.columns
    ]
    notes = [muted("Of training rows: median (quartiles), or the fraction with this category.")]
    if len(found.columns) < found.of_columns:
        notes.append(muted(f"The first {len(found.columns)} of {count(found.of_columns)} columns."))
    yield Block(
        "Beside the classes", header=("", "this row", *labels), rows=tuple(rows), notes=tuple(notes)
    )
    yield _neighbours_block(found)


def _values(own: ClassValues) -> str:
    if own.fraction is not None:
        return f"{100 * own.fraction:.0f} %"
    return f"{own.middle} ({own.low} to {own.high})" if own.middle else NOTHING


def _neighbours_block(found: RowCard) -> Block:
    names = [clipped(column.name, CELL) for column in found.columns]
    return Block(
        "Nearest training rows",
        header=("row", "class", "distance", *names),
        rows=tuple(
            (
                count(near.row), clipped(near.label, LABEL), f"{near.distance:.2f}",
                *(clipped(cell, CELL) or "missing" for cell in near.cells),
            )
            for near in found.neighbours
        ),
        left=2,
        notes=(muted("By the Euclidean distance of the preprocessed features."),),
    )  # fmt: skip
