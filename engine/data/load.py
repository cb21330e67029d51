"""A CSV file as a table: typed columns, classes, and what is noteworthy about it."""

import os

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.errors import ParserError

from engine.data.class_rows import refuse_quantity, with_rare_classes
from engine.data.classes import read_classes
from engine.data.datetimes import with_datetimes
from engine.data.parse import parse
from engine.data.row_columns import with_test_file, with_weights
from engine.data.row_hashes import row_hashes
from engine.data.row_ids import find_ids, without_ids
from engine.data.scan import Progress, ScannedFile, scan
from engine.data.table import Table
from engine.data.typed_columns import MISSING_TEXTS, missing_texts, text_columns, typed
from engine.data.types import (
    Check,
    empty_columns,
    grouped,
    named,
    refuse_infinity,
    suspicion,
)
from engine.environment.memory import of_memory, refuse_beyond_free
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.files import read_error
from engine.sources.inspect import FileFacts, look
from engine.sources.validate import check_names
from engine.specs.data import DataSpec

# doubled rows are looked for in tables of up to so many cells
DOUBLES_CELLS = 100_000_000
# what pandas takes of any file: its buffers, and the cells of a piece
PARSER_BYTES = 50 * 10**6


def load(spec: DataSpec, progress: Progress = lambda fraction: None) -> Table:
    """Read the file of `spec`; raises EngineError for anything wrong with it.

    `progress` is called with the fraction done, several times a second; what it
    raises ends the loading. The file is read three times (hash and encoding,
    shape of the rows, cells), so that a fault is reported with its line before
    anything is built in memory.
    """
    facts = look(spec)
    check_names(facts, spec)
    state = _stamp(facts)
    marks = frozenset(MISSING_TEXTS) - {""} if "auto" in spec.missing_values else frozenset()
    file = scan(facts, spec, marks if spec.reader > 1 else frozenset(), lambda d: progress(0.5 * d))
    _refuse_too_large(file)
    frame = _read(file, spec, lambda done: progress(0.5 + 0.3 * done))
    if _stamp(facts) != state:
        raise EngineError(
            f"The file {shown(str(facts.path), 200)} changed while it was read.",
            "Wait until it is written completely, then try again.",
        )
    table = with_rare_classes(_table(spec, file, frame, lambda: progress(0.8)), spec)
    return with_test_file(with_weights(table, spec), spec, load)


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


def _read(file: ScannedFile, spec: DataSpec, progress: Progress) -> pd.DataFrame:
    """All cells: numbers where a whole column is numbers, texts elsewhere."""
    try:
        frame = parse(file, text_columns(file, spec), missing_texts(file.facts, spec), progress)
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
    if len(frame) != file.rows:
        raise EngineError(
            f"The file can be read as {file.rows:,} rows or as {len(frame):,}.",
            "Check its quotation marks and line ends; or set quote to none.",
        )
    return frame


def _table(spec: DataSpec, file: ScannedFile, frame: pd.DataFrame, check: Check) -> Table:
    frame, reading = typed(frame, spec, file, check)
    frame, types, dated = with_datetimes(frame, reading.types, spec, check)
    classes = read_classes(frame[spec.target], file, spec)
    refuse_quantity(classes, spec)
    features, notes = _features(spec, file.facts, frame, check)
    warned = _inspect(frame, features, file, check)
    # what is odd in another way is no ID
    plain = [name for name in features if name not in warned]
    ids = find_ids(frame, plain, types, check)
    features, of_ids = without_ids(features, ids, spec)
    warned |= of_ids
    labelled = classes.codes >= 0
    notes = [*file.notes, *reading.notes(file, features), *notes, *dated, *classes.notes]
    notes += grouped(warned)
    if not labelled.all():
        notes.append(_unlabelled(spec.target, np.flatnonzero(~labelled), file))
        frame = frame.loc[labelled].reset_index(drop=True)
    fingerprints = None
    if len(frame) * len(features) <= DOUBLES_CELLS:
        fingerprints = row_hashes(frame, [*features, spec.target], check)
        notes += _doubled(fingerprints)
    return Table(
        file=file,
        frame=frame,
        target=spec.target,
        features=features,
        types=types,
        classes=classes.labels,
        codes=classes.codes[labelled],
        rows=np.flatnonzero(labelled) + 1,
        fingerprints=fingerprints,
        notes=tuple(notes),
        warnings={name: sentence for name, (_, sentence) in warned.items()},
    )


def _doubled(fingerprints: npt.NDArray[np.uint64]) -> list[str]:
    """A note on rows that are there twice."""
    # np.unique hashes, which takes five times as long as sorting
    ranked = np.sort(fingerprints)
    doubled = int((ranked[1:] == ranked[:-1]).sum())
    if not doubled:
        return []
    return [
        f"{doubled:,} of {len(ranked):,} rows are equal to an earlier one in target and all"
        " features."
    ]


def _features(
    spec: DataSpec, facts: FileFacts, frame: pd.DataFrame, check: Check
) -> tuple[tuple[str, ...], list[str]]:
    """The columns to learn from, and a note on those excluded because they are empty."""
    chosen = spec.features or tuple(name for name in facts.columns if name != spec.target)
    left_out = () if spec.features else facts.layout.left_out
    # what rows weigh and belong to is nothing to learn from, unless a person says so
    told = {spec.sample_weight, spec.group} - {*spec.include, *(spec.features or ())}
    excluded = {*spec.exclude, *left_out, *told}
    chosen = tuple(name for name in chosen if name not in excluded)
    empty = empty_columns(frame, chosen, check)
    without_value = set(empty)
    features = tuple(name for name in chosen if name not in without_value)
    if not features:
        raise EngineError(
            f"{named(empty)}: no value on any line, so no feature is left to learn from.",
            "Choose other features, or check the delimiter.",
        )
    holds = "holds no value and is" if len(empty) == 1 else "hold no values and are"
    return features, [f"{named(empty)} {holds} excluded."] if empty else []


def _inspect(
    frame: pd.DataFrame, features: tuple[str, ...], file: ScannedFile, check: Check
) -> dict[str, tuple[str, str]]:
    """What is odd about each feature; raises EngineError for an infinity."""
    warned = {}
    for name in features:
        check()
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            refuse_infinity(column, file)
        if odd := suspicion(column, file):
            warned[name] = odd
    return warned


def _unlabelled(target: str, rows: npt.NDArray[np.int64], file: ScannedFile) -> str:
    lines = ", ".join(f"{file.line_of(int(row)):,}" for row in rows[:5])
    more = " …" if len(rows) > 5 else ""
    if len(rows) == 1:
        return f"1 row without a value of {shown(target)} is dropped: line {lines}."
    return (
        f"{len(rows):,} rows without a value of {shown(target)} are dropped: lines {lines}{more}."
    )
