"""What a person reads, before it is laid out: spans with a role, lines, blocks with a table.

The command line colours the roles by escape codes (`cli.output.console`), the
screen by its theme (`tables.text_lines`); the text and its columns are the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
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

    The first `left` columns of the table begin flush, the others end flush. `below` has a remark
    for each row, empty for none.
    """

    title: str = ""
    lines: tuple[Line, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    below: tuple[str, ...] = ()
    left: int = 1
    notes: tuple[Line, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be read; a title alone is nothing."""
        return not (self.lines or self.rows or self.notes)

    def laid_out(self, room: int | None = None) -> list[Line]:
        """All lines, the cells of the table under one another; none of an empty block.

        In a table that is too wide for `room` terminal cells, the first cell of each row has a line
        of its own.
        """
        if self.is_empty:
            return []
        title = [(Span(self.title, "title"),)] if self.title else []
        return [*title, *self.lines, *self._table(room), *self.notes]

    def _table(self, room: int | None) -> list[Line]:
        rows = [self.header, *self.rows] if self.header else list(self.rows)
        texts = [[text] for text in aligned(rows, self.left)]
        wide = room is not None and any(cell_width(text) > room for [text] in texts)
        if wide and self.left == 1:
            others = aligned([row[1:] for row in rows], 0)
            texts = [[row[0], f"  {rest}"] for row, rest in zip(rows, others, strict=True)]
        remarks = ["", *self.below] if self.header else self.below
        found: list[Line] = []
        for place, own in enumerate(texts):
            heading = bool(self.header) and place == 0
            found += [muted(text) if heading else line(text) for text in own]
            if place < len(remarks):
                found += [muted(f"  {text}") for text in _wrapped(remarks[place], room)]
        return found


def _wrapped(remark: str, room: int | None) -> list[str]:
    return wrap(remark, max(20, room - 2)) if room else [remark] * bool(remark)


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


def joined(blocks: Iterable[Block], room: int | None = None) -> list[Line]:
    """The lines of several blocks with a blank one between them; empty blocks are left out."""
    found: list[Line] = []
    for block in blocks:
        own = block.laid_out(room)
        found += [(), *own] if found and own else own
    return found
