"""What a person should know of a preprocessor that was fitted to a training set."""

from collections.abc import Sequence

import numpy as np

from engine.data.preprocessing.preprocessor import CategoryColumn, NumericColumn, Preprocessor
from engine.data.splits.split import Index
from engine.data.table import Table
from engine.data.types import Check, categories_of, codes_of, empty_columns, named
from engine.sources.encoding import shown


def learning_notes(
    table: Table, preprocessor: Preprocessor, index: Index, check: Check
) -> list[str]:
    """The notes on a preprocessor that was fitted to the rows `index` of the table."""
    notes = []
    numbers = [c.name for c in preprocessor.columns if isinstance(c, NumericColumn)]
    empty = empty_columns(table.frame, numbers, check, index)
    if empty:
        verb = "has" if len(empty) == 1 else "have"
        notes.append(f"{named(empty)} {verb} no value in the training set and count as 0.")
    return notes + _category_notes(table, preprocessor, index, check)


def _category_notes(
    table: Table, preprocessor: Preprocessor, index: Index, check: Check
) -> list[str]:
    """Which categories were grouped, and how many rows have one that the training set lacks."""
    grouped, unseen = [], []
    training = np.zeros(len(table.codes), dtype=bool)
    training[index] = True
    for column in preprocessor.columns:
        check()
        if not isinstance(column, CategoryColumn):
            continue
        codes, texts = codes_of(table.frame[column.name]), categories_of(table.frame[column.name])
        known = np.bincount(codes[training] + 1, minlength=len(texts) + 1)[1:] > 0
        if column.grouped:
            grouped.append((column, int(known.sum())))
        unknown = np.flatnonzero((codes >= 0) & ~known[codes])
        if len(unknown):
            unseen.append((column.name, len(unknown), texts[codes[unknown[0]]]))
    return [*_grouped_note(grouped), *_unseen_note(unseen)]


def _grouped_note(found: Sequence[tuple[CategoryColumn, int]]) -> list[str]:
    if not found:
        return []
    column, categories = max(found, key=lambda item: item[1])
    more = f" (and {len(found) - 1:,} more columns)" if len(found) > 1 else ""
    return [
        f"Column {shown(column.name)}{more} has {categories:,} categories in the training set: the"
        f" {len(column.levels):,} most frequent are kept, the others are one (max_categories,"
        " min_frequency)."
    ]


def _unseen_note(found: Sequence[tuple[str, int, str]]) -> list[str]:
    if not found:
        return []
    name, rows, text = max(found, key=lambda item: item[1])
    more = f" (and {len(found) - 1:,} more columns)" if len(found) > 1 else ""
    has = "1 row has a category" if rows == 1 else f"{rows:,} rows have a category"
    return [
        f"Column {shown(name)}{more}: {has} that the training set lacks, such as {shown(text)}; it"
        " counts as unknown."
    ]
