"""What a person reads, before it is laid out: spans with a role, lines, blocks with a table.

The command line colours the roles by escape codes (`cli.output.console`), the
screen by its theme (`tables.text_lines`); the text and its columns are the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from penguin_tui.presentation.columns import GAP, Cell, Column
from penguin_tui.presentation.text import cell_width, fitted

Role = Literal["", "title", "strong", "muted", "accent", "good", "warning", "bad"]


class Span(NamedTuple):
    """A piece of a line, plain text without markup, and what it is."""

    text: str
    role: Role = ""


Line = tuple[Span, ...]


def line(*spans: str | Span) -> Line:
    """A line of spans; a text alone has no role."""
    return tuple(Span(span) if isinstance(span, str) else span for span in spans)


def muted(text: str) -> Line:
    """A remark."""
    return (Span(text, "muted"),)


def warning(text: str) -> Line:
    """A line that a person should not overlook, also where there are no colours."""
    return (Span(f"! {text}", "warning"),)


def plain(line: Line) -> str:
    """A line's text."""
    return "".join(span.text for span in line)


@dataclass(frozen=True, slots=True)
class Block:
    """A titled part of a report: lines, a table below them, remarks below that.

    The first `left` columns of the table begin flush, the others end flush.
    """

    title: str = ""
    lines: tuple[Line, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    left: int = 1
    notes: tuple[Line, ...] = ()

    def laid_out(self) -> list[Line]:
        """All lines, the cells of the table under one another; none of an empty block."""
        if not (self.lines or self.rows or self.notes):
            return []
        title = [(Span(self.title, "title"),)] if self.title else []
        table = aligned([self.header, *self.rows] if self.header else self.rows, self.left)
        cells: list[Line] = [(Span(text),) for text in table]
        if self.header and cells:
            cells[0] = muted(table[0])
        return [*title, *self.lines, *cells, *self.notes]


def pairs(title: str, rows: Iterable[tuple[str, str]], notes: Iterable[Line] = ()) -> Block:
    """A block of names and values; empty values are left out."""
    shown = tuple((name, value) for name, value in rows if value)
    return Block(title, rows=shown, left=2, notes=tuple(notes))


def cells_block(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], notes: tuple[Line, ...]
) -> Block:
    """A table that is scrolled on screen, to be read at once: all its columns end flush."""
    header = tuple(column.title for column in columns)
    texts = tuple(tuple(text for text, _ in row) for row in rows)
    return Block(title, header=header, rows=texts, left=0, notes=notes)


def aligned(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """The rows' cells under one another, `left` columns flush left."""
    return flush(rows, [place >= left for place in range(len(rows[0]))]) if rows else []


def flush(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """The rows' cells under one another, those of the columns marked `right` ending flush."""
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = (fitted(t, w, right=r) for t, w, r in zip(row, widths, right, strict=True))
        lines.append((" " * GAP).join(cells).rstrip())
    return lines


def joined(blocks: Iterable[Block]) -> list[Line]:
    """The lines of several blocks with a blank one between them; empty blocks are left out."""
    found: list[Line] = []
    for block in blocks:
        own = block.laid_out()
        found += [(), *own] if found and own else own
    return found
