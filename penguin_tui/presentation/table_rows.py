"""Rows of a table in words: columns, cells, and which rows of how many are shown."""

from collections.abc import Iterable, Sequence

from engine.results.describe import DescribeResult
from engine.results.rows import RowsPage
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.text import NOTHING, cell_width, clipped, counted

# terminal cells of a column: so that its title is told apart, and at most
LEAST, WIDEST = 3, 30
NUMBER = "row"
# of a filter or a name in a line
_LONGEST = 60


def first_page(data: DescribeResult) -> RowsPage:
    """What a description shows of the rows: the first few, as they are written in the file."""
    return RowsPage(
        total=data.rows,
        found=len(data.head),
        offset=0,
        columns=len(data.columns),
        first_column=0,
        names=tuple(column.name for column in data.columns),
        numeric=tuple(column.type == "numeric" for column in data.columns),
        numbers=tuple(range(1, len(data.head) + 1)),
        cells=data.head,
    )


def widen(widths: dict[str, int], page: RowsPage) -> None:
    """Remember how wide the columns are: they only grow, so that turning pages moves nothing."""
    for place, name in enumerate(page.names):
        cells = (row[place] for row in page.cells if place < len(row))
        width = max([cell_width(name) + 1, *(cell_width(cell or NOTHING) for cell in cells)])
        widths[name] = max(widths.get(name, LEAST), min(width, WIDEST))


def columns_of(
    page: RowsPage, widths: dict[str, int], last: int, left: int = 0
) -> tuple[Column, ...]:
    """The number of the row, which is `last` at most, and the page's columns without `left` ones.

    `widths` is of `widen` for this page.
    """
    number = Column("", NUMBER, max(len(NUMBER), len(f"{last:,}")), right=True)
    # the first columns stay where there is no room for all
    return (
        number,
        *(
            Column(name, name, widths[name], right=page.numeric[place], rank=place + 1)
            for place, name in enumerate(page.names[left:], left)
        ),
    )


def cells_of(page: RowsPage, place: int, left: int = 0) -> tuple[Cell, ...]:
    """The number of the row at `place` of the page, and its cells without the first `left` ones.

    A missing one is marked.
    """
    cells = page.cells[place][left:]
    shown = ((cell, "") if cell is not None else (NOTHING, "muted") for cell in cells)
    return ((f"{page.numbers[place]:,}", "muted"), *shown)


def shown_rows(found: int, total: int, first: int, count: int) -> str:
    """Which rows are shown: "Rows 1 to 20 of 344", and of how many all in all."""
    of = f"{found:,} of {counted(total, 'row')}" if found < total else counted(total, "row")
    if not count:
        return f"No row of {counted(total, 'row')}" if total else "No rows"
    return f"Rows {first + 1:,} to {first + count:,} of {of}"


def arrangement(where: Iterable[str], sort: str | None, descending: bool) -> Sequence[str]:
    """The filter and the order, where there are any: "where year > 2008", "sorted by year"."""
    condition = " and ".join(text for text in where if text.strip())
    found = [f"where {clipped(condition, _LONGEST)}"] if condition else []
    if sort is not None or descending:
        direction = ", largest first" if descending else ""
        by = "in the file's order" if sort is None else f"sorted by {clipped(sort, _LONGEST)}"
        found.append(f"{by}{direction if sort is not None else ', last first'}")
    return found
