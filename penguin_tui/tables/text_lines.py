"""Text in aligned columns, for what is read rather than scrolled through cell by cell."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

HEADING = "bold $accent"
MUTED = "$foreground 65%"
WARNING = "$warning"
ERROR = "$error"


def heading(text: str) -> Content:
    """A line above a block."""
    return Content.styled(text, HEADING)


def muted(text: str) -> Content:
    """A remark."""
    return Content.styled(text, MUTED)


def aligned(
    rows: Sequence[Sequence[str]], header: Sequence[str] = (), left: int = 1
) -> list[Content]:
    """Rows with their cells under one another, the first `left` columns to the left.

    The header, if there is one, is muted.
    """
    table = [header, *rows] if header else list(rows)
    if not table:
        return []
    widths = [max(cell_len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = ["  ".join(_cell(cell, widths, i, left) for i, cell in enumerate(r)) for r in table]
    return [
        muted(line) if header and place == 0 else Content(line) for place, line in enumerate(lines)
    ]


def _cell(text: str, widths: Sequence[int], column: int, left: int) -> str:
    space = " " * (widths[column] - cell_len(text))
    return text + space if column < left else space + text


def joined(blocks: Sequence[Sequence[Content]]) -> Content:
    """Blocks of lines with a blank line between them; empty blocks are left out."""
    whole: list[Content] = []
    for block in blocks:
        if block:
            whole += [Content(""), *block] if whole else list(block)
    return Content("\n").join(whole)
