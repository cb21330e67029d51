"""The lines of `presentation.blocks` in the theme's colours."""

from collections.abc import Iterable

from textual.content import Content

from penguin_tui.presentation.blocks import Block, Line, Role, Span, joined, line
from penguin_tui.presentation.text import clipped
from penguin_tui.terminal.gate import visible

# of what a store may hold; laid out again with every change of the window
LONGEST = 10_000

STYLES: dict[Role, str] = {
    "": "",
    "title": "bold $accent",
    "strong": "bold",
    "muted": "$foreground 65%",
    "accent": "bold $accent",
    "good": "bold $success",
    "warning": "bold $warning",
    "bad": "bold $error",
}


def content(lines: Iterable[Line]) -> Content:
    """Lines as one text; a line stays one, and nothing in it is taken for markup."""
    return Content("\n").join([Content.assemble(*map(_styled, line)) for line in lines])


def _styled(span: Span) -> tuple[str, str]:
    return clipped(visible(span.text), LONGEST), STYLES[span.role]


def of_texts(lines: Iterable[str]) -> Content:
    """Plain lines as one text."""
    return content(map(line, lines))


def of_blocks(blocks: Iterable[Block], room: int) -> Content:
    """Blocks with a blank line between them, in `room` terminal cells; 0 is not known yet."""
    return content(joined(blocks, room or None))
