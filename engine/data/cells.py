"""Every row of a file with its columns typed: what tables are made of, and what is browsed."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd
from pandas.errors import ParserError

from engine.data.datetime_columns import may_be_moments, with_datetimes
from engine.data.parse import parse
from engine.data.scan import Progress, ScannedFile, scan
from engine.data.typed_columns import MISSING_TEXTS, Reading, missing_texts, text_columns, typed
from engine.data.types import ColumnType
from engine.environment.memory import of_memory, refuse_beyond_free
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.files import read_error
from engine.sources.inspect import FileFacts
from engine.specs.data import DataSpec

# what pandas takes of any file: its buffers, and the cells of a piece
PARSER_BYTES = 50 * 10**6


@dataclass(frozen=True)
class Cells:
    """All rows and columns of a file, whether or not anything can be learnt from them.

    `frame` has categories as pandas categoricals and moments as datetime64[s]. It is never changed:
    a table may share it.
    """

    file: ScannedFile
    frame: pd.DataFrame
    types: dict[str, ColumnType]
    reading: Reading
    # a sentence for each thing to know about the columns of dates and times
    dated: tuple[str, ...]

    def notes(self, of: Iterable[str]) -> list[str]:
        """What was guessed about the columns `of`, in sentences."""
        return [*self.reading.notes(self.file, of), *self.dated]


def read_cells(facts: FileFacts, spec: DataSpec, progress: Progress) -> Cells:
    """Read the file of `facts`; raises EngineError, with the line, for what cannot be read.

    It is read three times (hash and encoding, shape of the rows, cells), so that a fault is
    reported before anything is built in memory.
    """
    state = _stamp(facts)
    marks = frozenset(MISSING_TEXTS) - {""} if "auto" in spec.missing_values else frozenset()
    file = scan(facts, spec, marks if spec.reader > 1 else frozenset(), lambda d: progress(0.5 * d))
    _refuse_too_large(file)
    frame = _parsed(file, spec, lambda done: progress(0.5 + 0.3 * done))
    if _stamp(facts) != state:
        raise EngineError(
            f"The file {shown(str(facts.path), 200)} changed while it was read.",
            "Wait until it is written completely, then try again.",
        )

    def check() -> None:
        progress(0.8)

    frame, reading = typed(frame, spec, file, check)
    frame, types, dated = with_datetimes(frame, reading.types, spec, check)
    return Cells(file, frame, types, reading, tuple(dated))


def _refuse_too_large(file: ScannedFile) -> None:
    """Raise EngineError where the cells would not fit into what is free."""
    columns = len(file.facts.columns)
    # a number or a code each, twice while columns are converted, and texts as long as the file
    refuse_beyond_free(
        PARSER_BYTES + 16.0 * file.rows * columns + file.text_bytes,
        f"reading {file.rows:,} rows of {columns:,} columns",
        "Take a sample of the rows, or fewer columns, into a file of its own.",
    )


def _stamp(facts: FileFacts) -> tuple[int, int]:
    try:
        now = os.stat(facts.path)
    except OSError as error:
        raise read_error(facts.path, error) from error
    return now.st_size, now.st_mtime_ns


def _parsed(file: ScannedFile, spec: DataSpec, progress: Progress) -> pd.DataFrame:
    """All cells: numbers where a whole column is numbers, texts elsewhere."""
    with parsing(file):
        texts = text_columns(file, spec)
        moments = {n for n in file.facts.columns if n not in texts and may_be_moments(n, spec)}
        frame = parse(file, texts, moments, missing_texts(file.facts, spec), progress)
    refuse_other_rows(file, len(frame))
    return frame


@contextmanager
def parsing(file: ScannedFile) -> Iterator[None]:
    """Raise EngineError, with the line, for what pandas raises while it parses the file."""
    try:
        yield
    except ParserError as error:
        if of_memory(error):
            raise MemoryError from error
        hint = "Check the quotation marks there; or set quote to none."
        if "EOF inside string" in str(error):
            raise EngineError(
                f"A quotation mark on line {file.lines.line(file.rows):,} is never closed.", hint
            ) from error
        raise EngineError(f"The rows cannot be separated: {error}.", hint) from error
    except OSError as error:
        raise read_error(file.facts.path, error) from error
    except OverflowError as error:
        raise EngineError(f"A number is too large to be read: {error}.", "Correct it.") from error


def refuse_other_rows(file: ScannedFile, parsed: int) -> None:
    """Raise EngineError where the parser has found another number of rows than the scan."""
    if parsed != file.rows:
        raise EngineError(
            f"The file can be read as {file.rows:,} rows or as {parsed:,}.",
            "Check its quotation marks and line ends; or set quote to none.",
        )
