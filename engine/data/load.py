"""A CSV file as a table: typed columns, classes, and what is noteworthy about it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.cells import Cells, read_cells
from engine.data.class_rows import refuse_quantity, with_rare_classes
from engine.data.classes import read_classes
from engine.data.row_columns import with_test_file, with_weights
from engine.data.row_hashes import row_hashes
from engine.data.row_ids import find_ids, without_ids
from engine.data.scan import Progress, ScannedFile
from engine.data.table import Table
from engine.data.types import (
    Check,
    empty_columns,
    grouped,
    named,
    refuse_infinity,
    suspicion,
)
from engine.errors import EngineError
from engine.sources.encoding import shown
from engine.sources.inspect import FileFacts, look
from engine.sources.validate import check_names
from engine.specs.data import DataSpec

# doubled rows are looked for in tables of up to so many cells
DOUBLES_CELLS = 100_000_000
ReadCells = Callable[[FileFacts, DataSpec, Progress], Cells]


def load(
    spec: DataSpec,
    progress: Progress = lambda fraction: None,
    read: ReadCells = read_cells,
) -> Table:
    """Read the file of `spec`; raises EngineError for anything wrong with it.

    `progress` is called with the fraction done, several times a second; what it
    raises ends the loading. `read` reads the cells, or has them already.
    """
    facts = look(spec)
    check_names(facts, spec)
    cells = read(facts, spec, progress)
    table = with_rare_classes(_table(spec, cells, lambda: progress(0.8)), spec)
    return with_test_file(with_weights(table, spec), spec, load)


def _table(spec: DataSpec, cells: Cells, check: Check) -> Table:
    file, frame, types = cells.file, cells.frame, cells.types
    classes = read_classes(frame[spec.target], file, spec)
    refuse_quantity(classes, spec)
    features, notes = _features(spec, file.facts, frame, check)
    warned = _inspect(frame, features, file, spec.reader, check)
    # what is odd in another way is no ID
    plain = [name for name in features if name not in warned]
    ids = find_ids(frame, plain, types, check)
    features, of_ids = without_ids(features, ids, spec)
    warned |= of_ids
    labelled = classes.codes >= 0
    notes = [*file.notes, *cells.notes(features), *notes, *classes.notes]
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
    frame: pd.DataFrame, features: tuple[str, ...], file: ScannedFile, reader: int, check: Check
) -> dict[str, tuple[str, str]]:
    """What is odd about each feature; raises EngineError for an infinity."""
    warned = {}
    for name in features:
        check()
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            refuse_infinity(column, file)
        if odd := suspicion(column, file, reader):
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
