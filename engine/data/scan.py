"""Two passes over a file before its cells are read: its bytes, then the shape of its rows.

Both hold a few megabytes at a time, whatever the size of the file.
"""

import bisect
import codecs
import hashlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from engine.data.scanning.rows import Rows
from engine.errors import EngineError
from engine.sources.below import Below
from engine.sources.encoding import (
    Encoded,
    encoding_note,
    guessed_encoding,
    not_text,
    takes_zeros,
    undecodable,
)
from engine.sources.files import read_error
from engine.sources.inspect import FileFacts
from engine.sources.numbers import THOUSANDS
from engine.sources.sniff import DELIMITER_NAMES
from engine.specs.data import DataSpec

CHUNK_BYTES = 4 * 2**20

# of lines with letters beyond ASCII that the encoding is guessed from
ODD_BYTES = 64 * 1024
_ASCII = bytes(range(128))

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class RowLines:
    """Where data rows stand in the file; rows count from 1, lines too.

    `starts` and `lines` hold the rows at which the distance between the two
    changes: after an empty line, or after a cell that spans lines.
    """

    starts: tuple[int, ...]
    lines: tuple[int, ...]

    def line(self, row: int) -> int:
        """The line of the file on which data row `row` begins."""
        i = bisect.bisect_right(self.starts, row) - 1
        return self.lines[i] + row - self.starts[i]

    def after(self, rows: int) -> Self:
        """The same for a piece of the file that begins after so many rows."""
        return replace(self, starts=tuple(start - rows for start in self.starts))


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file whose bytes and rows have been looked through.

    `facts` is what was seen at first, `encoded` fits all of its text; `sha256` is of the file as it
    lies there, and its text has `text_bytes`. `rows` counts the data rows without those `below` the
    table, and `lines` finds their lines. `codes` are the columns with a number that begins with a
    zero ("00501"), each with the first such cell; `marks` counts the cells of a column that are a
    text for a missing value.
    """

    facts: FileFacts
    encoded: Encoded
    sha256: str
    text_bytes: int
    rows: int
    lines: RowLines
    below: Below
    codes: dict[str, str]
    marks: dict[str, Counter[str]]

    def after(self, rows: int) -> Self:
        """The same for a piece of it that begins after so many rows."""
        return replace(self, lines=self.lines.after(rows))

    def line_of(self, index: int) -> int:
        """The line of the file on which the data row at `index`, from 0, begins."""
        return self.lines.line(index + 1)

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each guess that mattered about the file as a whole."""
        return (*encoding_note(self.encoded), *self.facts.notes, *self.below.notes)

    @property
    def reading(self) -> dict[str, str]:
        """How the file is read, in words."""
        facts, layout = self.facts, self.facts.layout
        packed = facts.source.kind != "plain"
        above = layout.lines_above - layout.has_header
        mark = DELIMITER_NAMES.get(facts.style.thousands, facts.style.thousands)
        return {
            "file": str(facts.path),
            "size": f"{facts.size:,} bytes",
            **({"format": facts.source.packing.words} if packed else {}),
            "rows": f"{self.rows:,}",
            "columns": f"{len(facts.columns):,}",
            "encoding": self.encoded.words + (" (guessed)" if self.encoded.guessed else ""),
            "delimiter": layout.dialect.words,
            "quotes": layout.dialect.quote or "none",
            "decimal mark": DELIMITER_NAMES.get(facts.style.decimal, "point"),
            **({"thousands mark": mark} if facts.style.thousands in (*THOUSANDS, "none") else {}),
            "first line": "names" if facts.has_header else "data",
            **({"lines above": f"{above:,}"} if above else {}),
            **({"rows below": f"{self.below.rows:,}"} if self.below.rows else {}),
            **({"comments": layout.comment} if layout.comment else {}),
        }


def scan(
    facts: FileFacts, spec: DataSpec, marks: frozenset[str], progress: Progress
) -> ScannedFile:
    """Look through the file; raises EngineError, with the line, for what cannot be read.

    `marks` are the texts to be counted that may stand for a missing value.
    """
    sha256, encoded, size = _scan_bytes(facts, spec.reader, lambda done: progress(0.2 * done))
    rows = Rows(facts, spec, marks)
    rows.scan(encoded, lambda done: progress(0.2 + 0.8 * done))
    lines = RowLines(tuple(rows.changes), tuple(rows.changes.values()))
    return ScannedFile(
        facts, encoded, sha256, size, rows.count, lines, rows.below, rows.codes, rows.marks
    )


def _scan_bytes(facts: FileFacts, reader: int, progress: Progress) -> tuple[str, Encoded, int]:
    """The SHA-256 of the file, the encoding that all of its text fits, and its bytes.

    A guessed UTF-8 that turns out wrong becomes what the lines with other letters look like.
    Raises EngineError with the line for a zero byte, and for bytes that are no
    characters in an encoding that was requested.
    """
    try:
        with facts.path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise read_error(facts.path, error) from error
    encoded = facts.encoding
    found = _Text(encoded.codec)
    found.check(facts, progress)
    if found.failed_line and encoded.codec == "utf-8" and encoded.guessed:
        sample = bytes(found.high) if reader == 1 else found.odd
        encoded = guessed_encoding(sample, reader)
        found = _Text(encoded.codec)
        found.check(facts, progress)
    if found.failed_line:
        raise undecodable(encoded, found.failed_line)
    return sha256, encoded, found.size


class _Text:
    """Whether all bytes of a file are text in a codec, and a sample of those beyond ASCII."""

    def __init__(self, codec: str) -> None:
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._takes_zeros = takes_zeros(codec)
        self.failed_line = self.size = 0
        self.odd = b""
        self.high: set[int] = set()

    def check(self, facts: FileFacts, progress: Progress) -> None:
        """Read everything; raises EngineError for a zero byte and for endless text."""
        lines = 0
        with facts.source.opened() as (file, position):
            while chunk := file.read(CHUNK_BYTES):
                if not self._takes_zeros and b"\0" in chunk:
                    raise not_text(chunk, chunk.index(b"\0"), lines)
                self._look(chunk, lines)
                lines += chunk.count(b"\n")
                self.size += len(chunk)
                if self.size > facts.most_bytes:
                    raise EngineError(
                        f"Unpacked, the file has more than {facts.most_bytes / 2**30:.0f} GB.",
                        "Take a sample of its rows, or fewer columns.",
                    )
                progress(min(1.0, position() / facts.size))
        if not self.failed_line and self._decoder.getstate()[0]:
            self.failed_line = lines + 1

    def _look(self, chunk: bytes, lines: int) -> None:
        if not self.failed_line:
            self.failed_line = _check_text(self._decoder, chunk, lines, self._takes_zeros)
        if chunk.isascii():
            return
        self.high.update(chunk.translate(None, _ASCII))
        if len(self.odd) < ODD_BYTES:
            odd = (line for line in io.BytesIO(chunk) if not line.isascii())
            self.odd += b"".join(odd)[:ODD_BYTES]


def _check_text(
    decoder: codecs.IncrementalDecoder, chunk: bytes, lines: int, look_for_zero: bool
) -> int:
    """The line of the first bytes that are no text, or 0."""
    try:
        text = decoder.decode(chunk)
    except UnicodeDecodeError as error:
        return lines + 1 + chunk.count(b"\n", 0, error.start)
    except UnicodeError:
        return lines + 1
    if look_for_zero and "\0" in text:
        raise not_text(text.encode("utf-8", "replace"), text.index("\0"), lines)
    return 0
