"""Two passes over a file before its cells are read: its bytes, then the shape of its rows.

Both hold a few megabytes at a time, whatever the size of the file.
"""

import bisect
import codecs
import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import EngineError
from engine.sources.encoding import (
    Encoded,
    has_c1,
    legacy_codec,
    not_cp1252,
    not_text,
    read_error,
    undecodable,
)
from engine.sources.inspect import CsvFacts, bad_cell
from engine.sources.sniff import DELIMITER_NAMES, is_blank

CHUNK_BYTES = 4 * 2**20
# cells between two reports of progress
TICK_CELLS = 1_000_000

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


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file whose bytes and rows have been looked through.

    `facts` is what was seen at first, `encoded` fits all of its bytes, whose SHA-256 is `sha256`.
    `rows` counts the data rows, and `lines` finds their lines.
    """

    facts: CsvFacts
    encoded: Encoded
    sha256: str
    rows: int
    lines: RowLines

    def line_of(self, index: int) -> int:
        """The line of the file on which the data row at `index`, from 0, begins."""
        return self.lines.line(index + 1)

    @property
    def reading(self) -> dict[str, str]:
        """How the file is read, in words."""
        facts, dialect = self.facts, self.facts.dialect
        return {
            "file": str(facts.path),
            "size": f"{facts.size:,} bytes",
            "rows": f"{self.rows:,}",
            "columns": f"{len(facts.columns):,}",
            "encoding": self.encoded.words + (" (guessed)" if self.encoded.guessed else ""),
            "delimiter": dialect.words,
            "quotes": dialect.quote or "none",
            "decimal mark": DELIMITER_NAMES.get(facts.decimal, "point"),
            "first line": "names" if facts.has_header else "data",
        }


def scan(facts: CsvFacts, progress: Progress) -> ScannedFile:
    """Look through the file; raises EngineError, with the line, for what cannot be read."""
    sha256, encoded = _scan_bytes(facts, lambda done: progress(0.2 * done))
    rows, lines = _scan_rows(facts, encoded, lambda done: progress(0.2 + 0.8 * done))
    return ScannedFile(facts, encoded, sha256, rows, lines)


def _scan_bytes(facts: CsvFacts, progress: Progress) -> tuple[str, Encoded]:
    """The SHA-256 of the file, and the encoding that all of its bytes fit.

    A guessed UTF-8 that turns out wrong becomes Latin-1 or Windows-1252.
    Raises EngineError with the line for a zero byte, and for bytes that are no
    characters in an encoding that was requested.
    """
    digest = hashlib.sha256()
    encoded = facts.encoding
    decoder = codecs.getincrementaldecoder(encoded.codec)()
    zeros_are_text = encoded.codec.startswith("utf-16")
    failed_line = 0
    windows = undefined = False
    done = lines = 0
    try:
        with facts.path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                if not zeros_are_text and b"\0" in chunk:
                    raise not_text(chunk, chunk.index(b"\0"), lines)
                if not failed_line:
                    failed_line = _check_text(decoder, chunk, lines, zeros_are_text)
                windows = windows or has_c1(chunk)
                undefined = undefined or not_cp1252(chunk)
                lines += chunk.count(b"\n")
                done += len(chunk)
                progress(min(1.0, done / facts.size))
    except OSError as error:
        raise read_error(facts.path, error) from error
    if not failed_line and decoder.getstate()[0]:
        failed_line = lines + 1
    if not failed_line:
        return digest.hexdigest(), encoded
    if encoded.codec == "utf-8" and encoded.guessed:
        return digest.hexdigest(), Encoded(legacy_codec(windows, undefined), True)
    raise undecodable(encoded.codec, failed_line)


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


def _scan_rows(facts: CsvFacts, encoded: Encoded, progress: Progress) -> tuple[int, RowLines]:
    """Count the data rows and check that each has as many cells as there are columns.

    Raises EngineError with the line for one that has not, for a cell that is
    too long, and for a quotation mark that is never closed.
    """
    width = len(facts.columns)
    tick_rows = max(1, TICK_CELLS // width)
    rows = -1 if facts.has_header else 0
    # lines less rows, and the rows at which that changes
    offset, changes = 0, {1: 1}
    previous = 0
    try:
        with (
            facts.path.open("rb") as raw,
            io.TextIOWrapper(raw, encoding=encoded.codec, newline="") as file,
        ):
            reader = facts.dialect.rows(file)
            for row in reader:
                start, previous = previous + 1, reader.line_num
                if len(row) != width:
                    if is_blank(row):
                        continue
                    raise _ragged(row, start, facts)
                rows += 1
                if start - rows != offset and rows > 0:
                    offset = start - rows
                    changes[rows] = start
                if not rows % tick_rows:
                    progress(min(1.0, raw.tell() / facts.size))
    except csv.Error as error:
        raise bad_cell(error, previous + 1) from error
    except OSError as error:
        raise read_error(facts.path, error) from error
    return rows, RowLines(tuple(changes), tuple(changes.values()))


def _ragged(row: list[str], line: int, facts: CsvFacts) -> EngineError:
    width = len(facts.columns)
    cells = "1 cell" if len(row) == 1 else f"{len(row):,} cells"
    spans = sum(cell.count("\n") for cell in row)
    if spans > 2:
        hint = (
            f"The row continues for {spans + 1:,} lines: a quotation mark may be missing where a"
            " cell ends."
        )
    elif len(row) > width and not any(row[width:]):
        hint = "It ends with a delimiter: remove that, or name one more column in the first line."
    elif len(row) > width:
        hint = "A cell that holds the delimiter has to stand in quotation marks."
    else:
        hint = "Add the missing cells, or remove the line."
    where = "the first line" if facts.has_header else "the first row"
    return EngineError(f"Line {line:,} has {cells}, {where} has {width:,}.", hint)
