"""What a first look at a data file shows, in words: its guesses, its first cells."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from penguin_tui.presentation.text import clipped, counted, fitted, size

if TYPE_CHECKING:
    from engine.sources.inspect import FileFacts

SHOWN_CELLS, SHOWN_ROWS, CELL = 6, 3, 16
SHOWN_NOTES = 2


def glanced(path: str, settings: Mapping[str, Any]) -> "tuple[FileFacts | None, tuple[str, ...]]":
    """The file at first sight with these settings, or what is wrong with it and what to do."""
    from engine.errors import EngineError
    from engine.sources.inspect import peek

    if not path:
        return None, ()
    plain = {n: tuple(v) if isinstance(v, list) else v for n, v in settings.items()}
    try:
        return peek(path, **plain), ()
    except EngineError as error:
        return None, (error.message, *([error.hint] if error.hint else []))


def guesses(facts: "FileFacts") -> dict[str, str]:
    """What each setting of the dialog comes to where it is "auto"."""
    layout, style = facts.layout, facts.style
    delimiter = {"\t": "tab", " ": "space"}.get(layout.dialect.delimiter, layout.dialect.delimiter)
    header = "yes" if facts.has_header else "no"
    return {
        "delimiter": delimiter,
        "quote": layout.dialect.quote or "none",
        "encoding": facts.encoding.codec,
        "decimal": style.decimal,
        "thousands": style.thousands,
        "header": header,
        "skip_rows": str(max(0, layout.lines_above - layout.has_header)),
        "skip_footer": str(facts.below.rows),
        "comment": layout.comment or "none",
        "missing_values": "usual",
    }


def described(facts: "FileFacts") -> list[str]:
    """The size of a file, and the guesses that mattered."""
    from engine.sources.encoding import encoding_note

    packed = "" if facts.source.kind == "plain" else f" · {facts.source.packing.words}"
    rows = "" if facts.rows is None else f"{counted(facts.rows, 'row')} · "
    header = "the first row holds names" if facts.has_header else "no row holds names"
    notes = [*encoding_note(facts.encoding), *facts.notes, *facts.below.notes]
    more = len(notes) - SHOWN_NOTES
    return [
        f"{rows}{counted(len(facts.columns), 'column')} · {size(facts.size)}{packed} · {header}",
        *(f"! {clipped(note, 150)}" for note in notes[:SHOWN_NOTES]),
        *([f"and {counted(more, 'more note')}: the Data screen has them"] if more > 0 else []),
    ]


def preview(facts: "FileFacts") -> list[str]:
    """The first cells of the first rows, in columns."""
    table = [list(row[:SHOWN_CELLS]) for row in (facts.columns, *facts.sample[:SHOWN_ROWS])]
    width = max(map(len, table))
    cells = [[*row, *[""] * (width - len(row))] for row in table]
    widths = [min(CELL, max(cell_len(row[i]) for row in cells)) for i in range(width)]
    more = "  …" if len(facts.columns) > SHOWN_CELLS else ""
    return ["  ".join(map(fitted, row, widths)) + more for row in cells]
