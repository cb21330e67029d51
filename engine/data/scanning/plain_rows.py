"""Lines without a quotation mark, looked at as an array of bytes: a cell is what two marks enclose.

Of most files this is all, and a tenth of the work of reading every row as a list of cells. What is
in any way remarkable about a row is left to who asks, who then reads that row.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.sources.layout import Layout
from engine.sources.sniff import BLANKS

_NEWLINE, _RETURN, _ZERO = ord("\n"), ord("\r"), ord("0")
_LETTERS = 128


@dataclass(frozen=True)
class PlainRows:
    """How lines of a layout are looked through.

    A row is remarkable when it has another width, when a cell of it is one of `marks`, or a number
    that begins with a zero where `codes` are looked for, and when it begins with a cell (which
    begins with one of `initials`, or with no ASCII letter) of which `odd_first` is true.
    """

    layout: Layout
    marks: frozenset[str]
    codes: bool
    initials: frozenset[str]
    odd_first: Callable[[str], bool]

    @property
    def possible(self) -> bool:
        """Whether the cells of a line without quotation marks are what its delimiters separate."""
        dialect, width = self.layout.dialect, self.layout.width
        plain = dialect.delimiter != BLANKS and dialect.delimiter.isascii()
        trailing = width > len(self.layout.places)
        return plain and not (dialect.skip_space or dialect.escape or trailing)

    def remarkable(self, text: str) -> list[int] | None:
        """The lines of `text`, from 0, that are remarkable; None where lines may be no rows.

        Every line of `text` ends with its line feed.
        """
        quote, comment = self.layout.dialect.quote, self.layout.comment
        if (quote and quote in text) or (comment and comment in text):
            return None
        if text.count("\r") != text.count("\r\n"):
            return None
        body = text.encode("utf-8", "surrogatepass")
        cells = np.frombuffer(body, np.uint8)
        ends = np.flatnonzero((cells == _NEWLINE) | (cells == ord(self.layout.dialect.delimiter)))
        closing = np.flatnonzero(cells[ends] == _NEWLINE)
        starts = np.concatenate(([0], ends[:-1] + 1))
        if int((ends - starts).max()) > csv.field_size_limit():
            return None
        odd = np.diff(closing, prepend=-1) != self.layout.width
        opening = np.concatenate(([0], closing[:-1] + 1))
        for i in np.flatnonzero(self._may_be_odd(cells[starts[opening]])).tolist():
            cell = opening[i]
            if self.odd_first(body[starts[cell] : ends[cell]].decode("utf-8", "surrogatepass")):
                odd[i] = True
        found = self._marked(body, cells, starts, ends)
        odd[np.searchsorted(closing, found)] = True
        remarkable: list[int] = np.flatnonzero(odd).tolist()
        return remarkable

    def _may_be_odd(self, first: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        """Whether a row may be odd by the byte it begins with; an empty cell's is what ends it."""
        table = np.zeros(256, bool)
        table[_LETTERS:] = True
        ends = {"\n", "\r", self.layout.dialect.delimiter}
        table[[ord(mark) for mark in self.initials | ends if mark and mark.isascii()]] = True
        return table[first]

    def _marked(
        self,
        body: bytes,
        cells: npt.NDArray[np.uint8],
        starts: npt.NDArray[np.int64],
        ends: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int64]:
        """The cells that are a mark or a code, by their first two bytes and then as a whole."""
        pairs = np.zeros((256, 256), bool)
        marks = {mark.encode() for mark in self.marks if "#" not in mark or b"#" in body}
        for mark in marks:
            pairs[mark[0], mark[1] if len(mark) > 1 else slice(None)] = True
        if self.codes:
            pairs[_ZERO, _ZERO : _ZERO + 10] = True
        # the last cell ends with the text, so that a second byte is always there
        likely = np.flatnonzero(pairs[cells[starts], cells[np.minimum(starts + 1, len(cells) - 1)]])
        return np.array(
            [
                cell
                for cell in likely.tolist()
                if (whole := body[starts[cell] : ends[cell]].rstrip(b"\r")) in marks
                or (self.codes and whole[:1] == b"0" and whole.isdigit())
            ],
            np.int64,
        )
