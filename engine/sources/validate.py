"""What a spec requires of its file, refused before anything runs where a glance is enough."""

import csv
import io
from collections import Counter

from engine.errors import EngineError
from engine.sources.encoding import decode_sample, shown
from engine.sources.inspect import MAX_SAMPLE_BYTES, FileFacts, read_sample
from engine.sources.layout import records
from engine.sources.names import check_column
from engine.sources.numbers import is_missing_mark
from engine.sources.sniff import is_blank
from engine.specs.data import DataSpec, held_out_rows
from engine.specs.validation import column_errors

# a stratified split needs one row of each class for each set
ROWS_OF_A_CLASS = 3


def check_names(facts: FileFacts, spec: DataSpec) -> None:
    """Raise EngineError, with the nearest name, if `spec` names a column that is not there."""
    columns = facts.columns
    check_column(columns, spec.target, "target", facts.encoding, facts.layout)
    known = set(columns)
    for setting in ("features", "exclude", "include", "column_types"):
        for name in getattr(spec, setting) or ():
            if name not in known:
                check_column(columns, name, setting, facts.encoding)
    for setting in ("group", "order", "sample_weight"):
        if (one := getattr(spec, setting)) is not None:
            check_column(columns, one, setting, facts.encoding)
    for problem in column_errors(spec):
        raise EngineError(
            f"{problem.field}: {problem.message}.", f"Take a column out of {problem.field}."
        )
    if not spec.features and not set(columns) - {spec.target, *spec.exclude}:
        raise EngineError(
            "exclude: no feature is left to learn from.", "Take a column out of exclude."
        )


def check_reading_names(facts: FileFacts, spec: DataSpec) -> None:
    """Raise EngineError if a setting of how the file is read names a column that is not there."""
    for name in spec.column_types:
        check_column(facts.columns, name, "column_types", facts.encoding)
    if spec.target != DataSpec.model_fields["target"].default:
        check_column(facts.columns, spec.target, "target", facts.encoding)


def validate_request(facts: FileFacts, spec: DataSpec) -> None:
    """Raise EngineError for what a glance at the file of `spec` shows to be wrong.

    Classes are counted in files no longer than a sample; of others, and as published, the run
    itself reports it.
    """
    check_names(facts, spec)
    dealt_by_class = spec.group is None and spec.order is None and spec.test_data is None
    folds = spec.class_folds
    if folds is not None and spec.protocol == "strict" and dealt_by_class:
        rows = class_rows(facts, spec.target)
        if rows and min(rows.values()) >= ROWS_OF_A_CLASS and spec.rare_classes == "refuse":
            name, smallest = min(rows.items(), key=lambda item: item[1])
            refuse_folds(folds, pool_rows(smallest, spec.test_fraction), name)


def pool_rows(rows: int, test_fraction: float) -> int:
    """Of the rows of a class, those that are cross-validated under the strict protocol."""
    return rows - held_out_rows(rows, test_fraction)


def least_rows(spec: DataSpec) -> int:
    """How many rows of a class the sets need, and the folds of a search without the test rows."""
    folds = spec.class_folds
    if folds is None:
        return ROWS_OF_A_CLASS
    rows = max(ROWS_OF_A_CLASS, folds)
    while pool_rows(rows, spec.test_fraction) < folds:
        rows += 1
    return rows


def refuse_folds(folds: int, rows: int, name: str) -> None:
    """Raise EngineError if the smallest class, `name`, has fewer rows than there are folds."""
    if rows < folds:
        has = "1 row" if rows == 1 else f"{rows:,} rows"
        raise EngineError(
            f"folds: {folds} folds need {folds} rows of each class, and {shown(name, 40)} has"
            f" {has} without the test set.",
            f"Choose from 2 to {rows:,} folds." if rows >= 2 else
            "Add rows of it, or remove it from the file.",
        )  # fmt: skip


def class_rows(facts: FileFacts, target: str) -> Counter[str]:
    """How many rows each class has, as it is written; empty where a sample is not enough."""
    if facts.rows is None:
        return Counter()
    sample, whole = read_sample(facts.source, MAX_SAMPLE_BYTES)
    layout = facts.layout
    lines = list(io.StringIO(decode_sample(sample, facts.encoding, whole), newline=""))
    place = layout.places[facts.columns.index(target)]
    try:
        found = records(lines[layout.lines_above :], layout.dialect, layout.comment)
        rows = [row for row, _, _ in found if not is_blank(row)][: facts.rows]
    except csv.Error:
        # the run reports where
        return Counter()
    labels = [row[place] for row in rows if place < len(row)]
    # what may be a missing value is judged by the run
    return Counter(label for label in labels if not is_missing_mark(label))
