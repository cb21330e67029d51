"""What a spec requires of its file, refused before anything runs where a glance is enough."""

import csv
import io
from collections import Counter

from engine.errors import EngineError
from engine.sources.encoding import decode_sample, read_sample, shown
from engine.sources.inspect import MAX_SAMPLE_BYTES, CsvFacts, check_column, peek
from engine.sources.sniff import is_blank, is_number
from engine.specs.data import DataSpec, held_out_rows
from engine.specs.searches import CrossValidatedSpec
from engine.specs.validation import column_errors

# a stratified split needs one row of each class for each set
ROWS_OF_A_CLASS = 3
# cells without a value, as pandas reads them
_MISSING = frozenset(
    ("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
     "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
)  # fmt: skip


def peek_as(spec: DataSpec) -> CsvFacts:
    """Look at the beginning of the file of `spec`, read as it says; raises as `peek` does."""
    names = ("delimiter", "quote", "encoding", "decimal", "header")
    return peek(spec.data, **{name: getattr(spec, name) for name in names})


def check_names(columns: tuple[str, ...], spec: DataSpec) -> None:
    """Raise EngineError, with the nearest name, if `spec` names a column that is not there."""
    check_column(columns, spec.target, "target")
    known = set(columns)
    for setting in ("features", "exclude", "include", "column_types"):
        for name in getattr(spec, setting) or ():
            if name not in known:
                check_column(columns, name, setting)
    for problem in column_errors(spec):
        raise EngineError(
            f"{problem.field}: {problem.message}.", f"Take a column out of {problem.field}."
        )
    if not spec.features and not set(columns) - {spec.target, *spec.exclude}:
        raise EngineError(
            "exclude: no feature is left to learn from.", "Take a column out of exclude."
        )


def validate_request(facts: CsvFacts, spec: DataSpec) -> None:
    """Raise EngineError for what a glance at the file of `spec` shows to be wrong.

    Classes are counted in files no longer than a sample; of others, and as published, the run
    itself reports it.
    """
    check_names(facts.columns, spec)
    if isinstance(spec, CrossValidatedSpec) and spec.protocol == "strict":
        rows = class_rows(facts, spec.target)
        if rows and min(rows.values()) >= ROWS_OF_A_CLASS and spec.rare_classes == "refuse":
            name, smallest = min(rows.items(), key=lambda item: item[1])
            refuse_folds(spec.folds, pool_rows(smallest, spec.test_fraction), name)


def pool_rows(rows: int, test_fraction: float) -> int:
    """Of the rows of a class, those that are cross-validated under the strict protocol."""
    return rows - held_out_rows(rows, test_fraction)


def least_rows(spec: DataSpec) -> int:
    """How many rows of a class the sets need, and the folds of a search without the test rows."""
    if not isinstance(spec, CrossValidatedSpec):
        return ROWS_OF_A_CLASS
    rows = max(ROWS_OF_A_CLASS, spec.folds)
    while pool_rows(rows, spec.test_fraction) < spec.folds:
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


def class_rows(facts: CsvFacts, target: str) -> Counter[str]:
    """How many rows each class has; empty where a sample is not enough."""
    if facts.rows is None:
        return Counter()
    sample, whole = read_sample(facts.path, facts.size, MAX_SAMPLE_BYTES)
    text = decode_sample(sample, facts.encoding, whole)
    place = facts.columns.index(target)
    try:
        rows = [r for r in facts.dialect.rows(io.StringIO(text, newline="")) if not is_blank(r)]
    except csv.Error:
        # the run reports where
        return Counter()
    labels = [row[place] for row in rows[facts.has_header :] if place < len(row)]
    labels = [label for label in labels if label not in _MISSING]
    if all(is_number(label, facts.decimal) for label in labels):
        # however a number is written, it is one class
        labels = [f"{float(label.replace(',', '.')):.12g}" for label in labels]
    return Counter(labels)
