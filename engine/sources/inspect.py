"""What a first look at a data file shows, and by which guesses."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.sources.below import Below, below_table
from engine.sources.declared import declared_layout
from engine.sources.encoding import (
    Encoded,
    decode_sample,
    detect_encoding,
    shown,
)
from engine.sources.files import check_file, locate
from engine.sources.first_reader import detect_decimal
from engine.sources.layout import Layout, lay_out, records
from engine.sources.names import name_columns
from engine.sources.numbers import PLAIN, NumberStyle, detect_style, style_note
from engine.sources.sniff import DELIMITERS, columns_of, is_blank
from engine.sources.streams import Source, recognized
from engine.specs.data import READER, DataSpec

MAX_BYTES = 2 * 2**30
SAMPLE_BYTES = 128 * 1024
MAX_SAMPLE_BYTES = 8 * 2**20
SHOWN_ROWS = 20
# the beginning of a file is read until it has so many lines
_LINES = 5


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A data file at first sight.

    `columns` are the names in order, without blanks around them, each once; a column without a name
    is called "column 3" by its place. `sample` holds the first rows as text, of these columns; a
    row may be longer or shorter, which is found and reported when the file is loaded. `rows` is
    None where the file is too large to count at a glance. `notes` has a sentence for each guess
    that mattered; `below` are the rows below the table, which loading finds anew. Unpacked, the
    file may have `most_bytes`.
    """

    source: Source
    size: int
    columns: tuple[str, ...]
    layout: Layout
    encoding: Encoded
    style: NumberStyle
    sample: tuple[tuple[str, ...], ...]
    rows: int | None
    notes: tuple[str, ...]
    below: Below
    most_bytes: int = MAX_BYTES

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.source.path

    @property
    def has_header(self) -> bool:
        """Whether the file names the columns."""
        return self.layout.has_header


def peek(data: str, **settings: Any) -> FileFacts:
    """Look at the beginning of a file, with settings of a `DataSpec`; raises as `look` does."""
    return look(DataSpec(**settings).model_copy(update={"data": data}))


def look(spec: DataSpec, most_bytes: int = MAX_BYTES, least_columns: int = 2) -> FileFacts:
    """Look at the beginning of the file of `spec`; the time does not depend on its size.

    'penguins' is the packaged data set. Raises EngineError for a file that is not there, cannot be
    read, is empty, is no text or no table, has more than `most_bytes` or less than `least_columns`.
    """
    file = locate(spec.data)
    size = check_file(file, most_bytes)
    source = recognized(file, spec.reader)
    _refuse_first_reader(source, spec)
    header = source.header()
    spec = _with_known(spec, source)
    sample, whole = read_sample(source, SAMPLE_BYTES)
    encoded = detect_encoding(sample, spec.encoding, spec.reader)
    text = decode_sample(sample, encoded, whole)
    if not text.strip():
        raise EngineError(
            f"The file {shown(str(file), 200)} holds nothing but blanks.",
            "Choose a file with rows in it.",
        )
    try:
        layout = (spec.reader > 1 and declared_layout(text, spec)) or lay_out(text, whole, spec)
    except csv.Error as error:
        raise bad_cell(error, 0) from error
    layout = replace(layout, types=layout.types | header.get("types", {}))
    columns, notes = name_columns(layout, spec.reader)
    _refuse_no_table(columns, layout, spec, least_columns)
    rows, below = _count(text, layout, spec) if whole else (None, Below())
    # what stands below says nothing of the columns
    layout = replace(layout, rows=layout.rows[:rows])
    style = _style(layout, spec)
    odd_numbers = style_note(columns, _cells(layout), style) if spec.reader > 1 else ()
    return FileFacts(
        source=source,
        size=size,
        columns=columns,
        layout=layout,
        encoding=encoded,
        style=style,
        sample=tuple(
            tuple(row if len(row) > layout.width else row[: len(columns)])
            for row in layout.rows[:SHOWN_ROWS]
        ),
        rows=rows,
        notes=(*header.get("notes", ()), *layout.notes, *notes, *odd_numbers),
        below=below,
        most_bytes=most_bytes,
    )


def _refuse_first_reader(source: Source, spec: DataSpec) -> None:
    """Raise EngineError where a run of an earlier version would read what that could not."""
    if spec.reader == 1 and source.kind != "plain":
        raise EngineError(
            f"The file is not text: it is packed as {source.packing.words}.",
            f"Set reader to {READER}, which unpacks it.",
        )


def _with_known(spec: DataSpec, source: Source) -> DataSpec:
    """The settings with what is known of text that comes from a converter."""
    unset = {
        name: value
        for name, value in source.packing.known.items()
        if getattr(spec, name) in ("auto", None)
    }
    return spec.model_copy(update=unset)


def read_sample(source: Source, start_bytes: int) -> tuple[bytes, bool]:
    """The first bytes of a file's text, enough for a few lines, and whether that is all of it."""
    with source.opened() as (file, _):
        sample = file.read(start_bytes)
        size = start_bytes
        while sample.count(b"\n") + sample.count(b"\r") < _LINES and size < MAX_SAMPLE_BYTES:
            more = file.read(size)
            if not more:
                break
            sample += more
            size *= 2
        return sample, not file.read(1)


def _refuse_no_table(columns: Sequence[str], layout: Layout, spec: DataSpec, least: int) -> None:
    """Raise EngineError where there is nothing to learn from."""
    if not layout.rows:
        raise EngineError(
            "The file has names of columns, but no rows below them.",
            "Choose a file with rows in it; set header to no if the first line is a row.",
        )
    if len(columns) < least:
        quoted = [row[0] for row in layout.rows if any(mark in row[0] for mark in DELIMITERS)]
        raise EngineError(
            f"The file has only one column, {shown(columns[0])}; a target and at least one"
            " feature are needed.",
            "Each row stands in quotation marks as a whole: remove those at the ends of its lines."
            if spec.delimiter == "auto" and len(quoted) == len(layout.rows)
            else "If it has more, set delimiter to the character between its cells.",
        )


def _cells(layout: Layout) -> list[list[str]]:
    """The cells of each column of the sample that are not empty."""
    found = list(columns_of(layout.rows, layout.width))
    return [found[place] for place in layout.places]


def _style(layout: Layout, spec: DataSpec) -> NumberStyle:
    if spec.reader == 1:
        decimal = detect_decimal(layout.rows, layout.dialect.delimiter)
        return replace(PLAIN, decimal=decimal if spec.decimal == "auto" else spec.decimal)
    comma_between = layout.dialect.delimiter == ","
    return detect_style(_cells(layout), spec.decimal, spec.thousands, comma_between=comma_between)


def _count(text: str, layout: Layout, spec: DataSpec) -> tuple[int, Below]:
    """The rows of a whole text, and those below the table."""
    lines = list(io.StringIO(text, newline=""))[layout.lines_above :]
    try:
        found = [r for r in records(lines, layout.dialect, layout.comment) if not is_blank(r[0])]
    except csv.Error as error:
        raise bad_cell(error, 0) from error
    below = below_table(found, layout, spec)
    return len(found) - below.rows, below


def bad_cell(error: csv.Error, line: int) -> EngineError:
    """What to say when the reader of rows gives up."""
    if "field limit" in str(error) or "field larger" in str(error):
        where = f"A cell near line {line:,}" if line else "A cell"
        return EngineError(
            f"{where} is longer than {csv.field_size_limit():,} characters.",
            "A quotation mark may be missing where the cell ends; or set quote to none.",
        )
    return EngineError(
        f"The rows cannot be separated near line {line:,}: {error}.",
        "Check the quotation marks there; or set quote to none.",
    )
