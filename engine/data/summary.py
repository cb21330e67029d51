"""What is in a table: columns, classes, distributions, how features go together.

The work and the result are bounded: of a wide table the first columns are
described in detail, of a long one a sample of the rows is correlated and drawn.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.data.class_rows import refuse_rare, with_rare_classes
from engine.data.datasets import prepare
from engine.data.distributions import (
    CORRELATED_ROWS,
    Numbers,
    by_period,
    category_counts,
    correlations,
    histogram,
    scatter,
    statistics,
)
from engine.data.splits.split import split
from engine.data.table import Table
from engine.data.types import Check, codes_of, number_text, unheeded
from engine.environment.machine import usable_threads
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
# cells from which on columns are worth a thread for each core
THREADED_CELLS = 1_000_000


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

    def column(place: int) -> ColumnFacts:
        check()
        name = names[place]
        role = roles.get(name, "excluded")
        return _column(table, name, role, groups, labels, detailed=place < DETAILED)

    threads = usable_threads() if table.frame.size >= THREADED_CELLS else 1
    # what is counted and sorted here, NumPy and pandas do without the interpreter
    with ThreadPoolExecutor(threads, "columns") as pool:
        columns = tuple(pool.map(column, range(len(names))))
    return DescribeResult(
        rows=len(table.codes),
        columns=columns,
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
        sets = split(table, spec)
        split_rows = sets.sizes
        prepared = prepare(table, spec, check, sets)
    except EngineError as error:
        return split_rows, (), (*notes, str(error).replace("\n", " ")), {}
    return split_rows, prepared.fitted.feature_names, (*notes, *prepared.notes), prepared.warnings


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
    numbers = Numbers.of(column.to_numpy(), groups) if kind == "numeric" else None
    distinct, examples = _different(column) if numbers is None else (
        numbers.distinct, [number_text(value) for value in numbers.first(EXAMPLES)]
    )  # fmt: skip
    warning = table.warnings.get(name, "")
    if role != "target" and not warning and distinct < 2:
        warning = "No value on any row." if distinct == 0 else "The same value on every row."
    detailed = detailed and role != "target" and distinct > 0
    figures = numbers if detailed else None
    return ColumnFacts(
        name=name,
        role=role,
        type=kind,
        missing=missing,
        distinct=distinct,
        examples=tuple(_cut(text, EXAMPLE_CHARACTERS) for text in examples),
        warning=warning,
        statistics=() if figures is None else statistics(figures, labels),
        histogram=() if figures is None else histogram(figures, len(labels)),
        categories=()
        if kind == "numeric" or not detailed
        else category_counts(
            column if kind == "categorical" else by_period(column), groups, len(labels)
        ),
    )


def _different(column: "pd.Series[Any]") -> tuple[int, list[str]]:
    """How many categories or moments there are, and some of them."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        texts = column.cat.categories
        used = np.flatnonzero(np.bincount(codes_of(column) + 1, minlength=len(texts) + 1)[1:])
        return len(used), [str(texts[code]) for code in used[:EXAMPLES]]
    moments = column.dropna().unique()
    return len(moments), [str(moment) for moment in moments[:EXAMPLES].tolist()]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
