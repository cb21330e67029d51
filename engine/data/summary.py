"""What is in a table: columns, classes, distributions, how features go together.

The work and the result are bounded: of a wide table the first columns are
described in detail, of a long one a sample of the rows is correlated and drawn.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.data.class_rows import refuse_rare, with_rare_classes
from engine.data.datasets import preprocess
from engine.data.distributions import (
    CORRELATED_ROWS,
    by_period,
    category_counts,
    correlations,
    histogram,
    scatter,
    statistics,
)
from engine.data.splits.split import split
from engine.data.table import Table
from engine.data.types import Check, categories_of, codes_of, number_text, unheeded
from engine.errors import EngineError
from engine.results.describe import ColumnFacts, DescribeResult, Role
from engine.specs.data import DataSpec

# columns with statistics, histogram or categories
DETAILED = 500
# numeric features that are correlated and drawn against each other
PAIRED = 50
# classes that are kept apart in statistics, histograms and categories
CLASSES = 50
EXAMPLES = 3
EXAMPLE_CHARACTERS = 60
HEAD_CHARACTERS = 100


def summarize(table: Table, spec: DataSpec, check: Check = unheeded) -> DescribeResult:
    """Summarize a table under the settings of `spec`.

    With more than `CLASSES` classes, statistics are of all rows, and the bars
    of histograms and the categories have one count for all of them. A table
    that cannot be split is described all the same; `notes` says why.
    """
    split_rows, preprocessed_features, notes, leaking = _preprocessing(table, spec, check)
    table = replace(table, warnings=leaking | table.warnings)
    by_class = len(table.classes) <= CLASSES
    groups = table.codes if by_class else np.zeros_like(table.codes)
    labels = table.classes if by_class else ("",)
    names = [str(name) for name in table.frame.columns]
    numeric = tuple(name for name in table.features if table.types[name] == "numeric")
    paired = numeric[:PAIRED]
    class_rows = np.bincount(table.codes, minlength=len(table.classes))
    roles: dict[str, Role] = dict.fromkeys(table.features, "feature")
    roles[table.target] = "target"
    columns = []
    for place, name in enumerate(names):
        check()
        role = roles.get(name, "excluded")
        columns.append(_column(table, name, role, groups, labels, detailed=place < DETAILED))
    return DescribeResult(
        rows=len(table.codes),
        columns=tuple(columns),
        target=table.target,
        classes=tuple(zip(table.classes, class_rows.tolist(), strict=True)),
        split_rows=split_rows,
        preprocessed_features=preprocessed_features,
        correlation_features=paired,
        correlations=correlations(table.frame, paired),
        scatter=scatter(table.frame, paired, table.codes),
        head=tuple(
            tuple(_cut(cell, HEAD_CHARACTERS) for cell in row) for row in table.file.facts.sample
        ),
        file_format=table.file.reading,
        notes=(*table.notes, *notes, *_bounds(table, len(numeric))),
    )


def _preprocessing(
    table: Table, spec: DataSpec, check: Check
) -> tuple[dict[str, int], tuple[str, ...], tuple[str, ...], dict[str, str]]:
    """Rows of each set, preprocessed features, notes (or why there are none), odd columns."""
    split_rows: dict[str, int] = {}
    notes: tuple[str, ...] = ()
    try:
        refuse_rare(table, spec)
    except EngineError as error:
        notes = (str(error).replace("\n", " "),)
        # described is what would be learnt without them
        spec = spec.model_copy(update={"rare_classes": "exclude"})
    try:
        table = with_rare_classes(table, spec)
        split_rows = split(table, spec).sizes
        prepared = preprocess(table, spec, check)
    except EngineError as error:
        return split_rows, (), (*notes, str(error).replace("\n", " ")), {}
    return split_rows, prepared.feature_names, (*notes, *prepared.notes), prepared.warnings


def _bounds(table: Table, numeric: int) -> Iterator[str]:
    """A note for each limit that the table, with `numeric` numeric features, goes beyond."""
    if len(table.frame.columns) > DETAILED:
        yield f"Statistics and charts are of the first {DETAILED:,} columns."
    if len(table.classes) > CLASSES:
        yield f"With more than {CLASSES} classes, statistics and charts are of all rows."
    if numeric > PAIRED:
        yield f"Correlations and scatter charts are of the first {PAIRED} numeric features."
    if len(table.codes) > CORRELATED_ROWS and numeric > 1:
        yield f"Correlations are of {CORRELATED_ROWS:,} rows drawn from all."


def _column(
    table: Table,
    name: str,
    role: Role,
    groups: npt.NDArray[np.int64],
    labels: tuple[str, ...],
    *,
    detailed: bool,
) -> ColumnFacts:
    column = table.frame[name]
    kind = table.types[name]
    missing = int(column.isna().sum())
    if kind == "categorical":
        used = np.bincount(codes_of(column) + 1, minlength=len(column.cat.categories) + 1)[1:]
        distinct = int((used > 0).sum())
        examples = [categories_of(column)[code] for code in np.flatnonzero(used)[:EXAMPLES]]
    else:
        distinct = int(column.nunique())
        shown = number_text if kind == "numeric" else str
        examples = [shown(value) for value in column.dropna().unique()[:EXAMPLES].tolist()]
    warning = table.warnings.get(name, "")
    if role != "target" and not warning and distinct < 2:
        warning = "No value on any row." if distinct == 0 else "The same value on every row."
    detailed = detailed and role != "target" and distinct > 0
    values = column.to_numpy(dtype=np.float64) if kind == "numeric" and detailed else None
    return ColumnFacts(
        name=name,
        role=role,
        type=kind,
        missing=missing,
        distinct=distinct,
        examples=tuple(_cut(text, EXAMPLE_CHARACTERS) for text in examples),
        warning=warning,
        statistics=() if values is None else statistics(values, groups, labels),
        histogram=() if values is None else histogram(values, groups, len(labels)),
        categories=()
        if kind == "numeric" or not detailed
        else category_counts(
            column if kind == "categorical" else by_period(column), groups, len(labels)
        ),
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
