"""How version 0.2 and earlier guessed: for runs of theirs, which resume as they were read.

A spec that was stored then has reader 1 (`engine.specs.aliases.DEFAULTS_BEFORE`).
"""

import re
from collections.abc import Sequence

from engine.sources.numbers import is_number
from engine.sources.sniff import DELIMITERS, Dialect, columns_of, sample_rows

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
_C1 = re.compile(rb"[\x80-\x9f]")
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def best_delimiter(lines: Sequence[str], whole: bool, quote: str) -> str:
    """The delimiter that gives most rows the width of the first one, and the widest of these."""
    chosen = _evenest(lines, whole, [d for d in DELIMITERS if d != quote], quote)
    if chosen is None and quote != " ":
        chosen = _evenest(lines, whole, [" "], quote)
    return chosen or ","


def _evenest(
    lines: Sequence[str], whole: bool, delimiters: Sequence[str], quote: str
) -> str | None:
    best: tuple[float, int] = (0.0, 1)
    chosen = None
    for delimiter in delimiters:
        if not any(delimiter in line for line in lines):
            continue
        rows = sample_rows(lines, Dialect(delimiter, quote, False), whole)
        if not rows or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        score = (sum(len(row) == width for row in rows) / len(rows), width)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def detect_decimal(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """',' when some column holds numbers with decimal commas and none has decimal points."""
    commas = False
    for cells in columns_of(rows, max(map(len, rows), default=0)):
        if not cells:
            continue
        if all(is_number(c, ".") for c in cells) and any("." in c for c in cells):
            return "."
        if all(is_number(c, ",") for c in cells) and any("," in c for c in cells):
            # "1,234" in a file with commas between cells is more likely a thousand
            thousands = all(_THOUSANDS.fullmatch(c.strip()) for c in cells if "," in c)
            commas = commas or delimiter != "," or not thousands
    return "," if commas else "."


def western_codec(body: bytes) -> str:
    """Latin-1, or Windows-1252 where it gives a character and Latin-1 a control code."""
    cp1252 = _C1.search(body) is not None and _NOT_CP1252.search(body) is None
    return "cp1252" if cp1252 else "latin-1"
