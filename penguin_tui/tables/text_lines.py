"""The lines of `presentation.blocks` in the theme's colours."""

from collections.abc import Iterable

from textual.content import Content

from penguin_tui.presentation.blocks import Block, Line, Role, joined

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
    """Lines as one text; nothing in them is taken for markup."""
    return Content("\n").join(
        [Content.assemble(*((text, STYLES[role]) for text, role in line)) for line in lines]
    )


def of_blocks(blocks: Iterable[Block]) -> Content:
    """Blocks with a blank line between them."""
    return content(joined(blocks))
