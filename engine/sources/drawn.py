"""Tables drawn with lines, as in Markdown, psql, MySQL or a terminal, as CSV.

A line of the file stays a line of the text, so that messages name the line that a person sees.
Bytes that are no UTF-8 come out as they were.
"""

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import BinaryIO, TextIO

from engine.errors import EngineError
from engine.sources.chunks import stream_of

_BLANKS = " \t\r\n\N{BYTE ORDER MARK}"
# between cells, in order of preference
_BARS = "|│┃║┆┊"
# what a rule between rows is made of: pieces that lie flat, and where they meet others
_FLAT = "-=─━═"
_MEET = "+┼╋╪╬╇╈┿╂┬┳╤╦┴┻╧╩├┣╞╠┡┢┤┫╡╣┩┪┌┏╒╔╭┐┓╕╗╮└┗╘╚╰┘┛╛╝╯"
_OF_RULES = f"{_FLAT}{_MEET}{_BARS}: "
_BETWEEN_CELLS = re.compile(rf"(?<!\\)\||[{_BARS[1:]}]")
# a title and a rule may stand above the names
_LOOKED_AT = 8
_BATCH_LINES = 1000
# no row that anybody draws is longer
_LONGEST = 2**20


def is_drawn(head: bytes) -> bool:
    """Whether a file that begins so holds a drawn table: names between bars, a rule below them."""
    lines = map(_stripped, head.decode("utf-8", "surrogateescape").splitlines())
    filled = list(islice(filter(None, lines), _LOOKED_AT))
    names = next((n for n, one in enumerate(filled) if _bar_of(one) and not _is_rule(one)), None)
    if names is None:
        return False
    # below another row dashes between bars are its neighbours in a file of cells
    below = filled[names + 1 :]
    return any(
        _is_rule(one) and (_has_places(one) if one is below[0] else _is_plain_rule(one))
        for one in below
    )


def converted_drawn(file: BinaryIO) -> BinaryIO:
    """The rows of the table in `file` as CSV with a first row of names, without the lines.

    Titles above it and remarks below it are left out. Raises EngineError, while it is read, for
    cells or names over several lines, and for text among the rows.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="\n")
    return stream_of(_batches(text), text)


def _batches(text: TextIO) -> Iterator[bytes]:
    rows = _rows(iter(partial(text.readline, _LONGEST), ""))
    while batch := "".join(islice(rows, _BATCH_LINES)):
        yield batch.encode("utf-8", "surrogateescape")


def _rows(lines: Iterator[str]) -> Iterator[str]:
    """Each line of the file as a line of CSV, an empty one where it is no row."""
    outer, names, below_names, ended, outside, together = "", "", False, False, 0, 0
    for number, raw in enumerate(lines, 1):
        if len(raw) == _LONGEST:
            raise EngineError(
                f"Line {number:,} of the drawn table is longer than {_LONGEST:,} characters.",
                "Check its line ends.",
            )
        line = _stripped(raw)
        # below the names cells may be nothing but "--"
        if _is_rule(line) and (not below_names or _is_drawn_rule(line)):
            ended = ended or (below_names and together > 1)
            below_names, together = below_names or bool(names), 0
            yield "\n"
            continue
        if not _bar_of(line):
            outside = outside or (number if below_names else 0)
            yield "\n"
            continue
        if not names:
            names = line
            outer = line[0] if line[0] in _BARS else ""
        together += 1
        _refuse_several(number, outside, ended=ended, names=together > 1 and not below_names)
        yield _as_csv(line if outer else raw.strip("\r\n"), outer)


def _refuse_several(number: int, outside: int, *, ended: bool, names: bool) -> None:
    """Raise EngineError where a row has something above it that no row stands below."""
    if names:
        raise EngineError(
            f"The names of the columns take more than one line, up to line {number:,}.",
            "Write them on one line, without a line of types.",
        )
    if outside:
        raise EngineError(
            f"Line {outside:,} has no cells, and rows of the drawn table stand below it.",
            "Remove it, or keep one table in the file.",
        )
    if ended:
        raise EngineError(
            f"Line {number:,} stands below a rule that ends several lines of cells.",
            "Write each row on one line, and keep one table in the file.",
        )


def _as_csv(line: str, outer: str) -> str:
    """A row, between bars at both ends or, without an `outer` one, between none."""
    body = line
    if outer:
        body = body[1:] if body[0] in _BARS else body
        body = body[:-1] if body[-1:] in _BARS and body[-2:-1] != "\\" else body
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        cell.strip(_BLANKS).replace("\\|", "|") for cell in _BETWEEN_CELLS.split(body)
    )
    return out.getvalue()


def _stripped(line: str) -> str:
    return line.strip(_BLANKS)


def _bar_of(line: str) -> str:
    return next((bar for bar in _BARS if bar in line), "")


def _is_rule(line: str) -> bool:
    return not line.strip(_OF_RULES) and any(piece * 2 in line for piece in _FLAT)


def _is_drawn_rule(rule: str) -> bool:
    """Whether a rule can be no row of cells: lines that meet, and no blank between them."""
    return _meets(rule) and " " not in rule


def _has_places(rule: str) -> bool:
    """Whether a rule says where columns end, as a line under a heading does not."""
    return not set(rule).isdisjoint(_MEET + _BARS)


def _is_plain_rule(rule: str) -> bool:
    """Whether a rule is no row of cells that hold dashes: outer bars, or lines that meet."""
    return rule[0] in _BARS or _meets(rule)


def _meets(rule: str) -> bool:
    return not set(rule).isdisjoint(_MEET)
