"""Fitting a preprocessor to rows: fill values, categories, scales.

`learn` is the strict way, with scikit-learn's own imputers, encoders and
scalers on the rows given and no others. `fit_as_published` and `scaled_by_own_range`
are the way of the post this project started from, its leaks included:

1. Categories are coded from 0 in their published order where one is known
   (`PUBLISHED_ORDERS`), otherwise in sorted order, over all rows; a missing one
   gets the number of categories plus one (the post codes sex Male 0, Female 1,
   missing 3).
2. A missing number becomes the mean over all rows.
3. Each set is scaled to [0, 1] by its own minimum and maximum.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from engine.data.classes import ordered
from engine.data.date_parts import parts_of, varying_parts
from engine.data.preprocessor import (
    MISSING,
    CategoryColumn,
    Column,
    DatetimeColumn,
    NumericColumn,
    Preprocessor,
)
from engine.data.splits.split import Index
from engine.data.table import Table
from engine.data.types import (
    Check,
    categories_of,
    codes_of,
    column_groups,
    columns_at,
    empty_columns,
    named,
    unheeded,
)
from engine.sources.encoding import shown
from engine.specs.data import DataSpec

SCALERS: dict[str, Callable[[], Any]] = {
    "standard": StandardScaler, "min_max": MinMaxScaler, "none": FunctionTransformer
}  # fmt: skip
# the category that rare ones are grouped as
INFREQUENT = "infrequent"


def learn(table: Table, spec: DataSpec, index: Index, check: Check = unheeded) -> Preprocessor:
    """Fit on the rows `index` alone.

    Every column is learnt by itself, so that it does not matter with which others scikit-learn
    gets it. No category is written out as a feature for it.
    """
    learnt: list[Column] = []
    for group in column_groups(table.frame, table.features, check, index):
        learnt += _learn_columns(table, spec, group)
    return _preprocessor(table, "strict", learnt)


def _learn_columns(table: Table, spec: DataSpec, frame: pd.DataFrame) -> list[Column]:
    """The columns of `frame`, in their order."""
    names = [str(name) for name in frame.columns]
    numbers = [name for name in names if table.types[name] == "numeric"]
    texts = [name for name in names if table.types[name] == "categorical"]
    moments = [name for name in names if table.types[name] == "datetime"]
    learnt: list[Column] = [
        *_numeric(spec, frame[numbers]),
        *_categorical(spec, frame[texts]),
        *(_datetime(spec, frame[name], name) for name in moments),
    ]
    by_name = {column.name: column for column in learnt}
    return [by_name[name] for name in names]


def _numeric(spec: DataSpec, frame: pd.DataFrame) -> list[NumericColumn]:
    """Fill value, shift and scale of each numeric column."""
    names = [str(name) for name in frame.columns]
    if not names:
        return []
    fill = SimpleImputer(strategy=spec.imputation, keep_empty_features=True)
    steps = Pipeline([("fill", fill), ("scale", SCALERS[spec.scaling]())])
    # a range so small that its inverse overflows is no fault: dividing by it is fine
    with np.errstate(over="ignore", invalid="ignore"):
        steps.fit(frame.astype(np.float64))
    shift, scale = _scales(steps["scale"], len(names))
    of_each = zip(names, steps["fill"].statistics_, shift, scale, strict=True)
    return [
        NumericColumn(name=name, fill=float(fill), shift=float(shift), scale=float(scale))
        for name, fill, shift, scale in of_each
    ]


def _datetime(spec: DataSpec, column: "pd.Series[Any]", name: str) -> DatetimeColumn:
    """The parts of moments that vary, learnt as numeric columns are."""
    parts = parts_of(column)[varying_parts(column)]
    return DatetimeColumn(
        name=name, features=tuple(_numeric(spec, parts)), day_first=spec.day_first
    )


def _categorical(spec: DataSpec, frame: pd.DataFrame) -> list[CategoryColumn]:
    """The categories of each text column, and where they are codes shift and scale of those."""
    learnt = [_categories(frame[name], str(name), spec) for name in frame.columns]
    if spec.category_encoding == "one_hot" or not learnt:
        return learnt
    codes = [column.numbers(frame[column.name]) for column in learnt]
    scaler = SCALERS[spec.scaling]().fit(np.hstack(codes))
    shift, scale = _scales(scaler, len(learnt))
    return [
        column.model_copy(update={"shift": float(shift[i]), "scale": float(scale[i])})
        for i, column in enumerate(learnt)
    ]


def _categories(column: "pd.Series[Any]", name: str, spec: DataSpec) -> CategoryColumn:
    """The categories of the training rows in the order of their codes, "missing" last."""
    codes, texts = codes_of(column), categories_of(column)
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    counts = {texts[code]: int(rows[code]) for code in np.flatnonzero(rows).tolist()}
    levels = ordered(name, _contenders(counts, spec), spec.reader)
    absent = len(codes) - int(rows.sum())
    own = spec.missing_categories == "separate_category"
    if MISSING not in counts and (not levels or (absent and own)):
        levels.append(MISSING)
    # the first of equals, as scikit-learn has it
    often = max(sorted(counts), key=counts.__getitem__, default=MISSING)
    if own:
        counts[MISSING] = counts.get(MISSING, 0) + absent
    filled = MISSING if own else often
    kept = frequent(levels, [counts.get(level, 0) for level in levels], spec)
    grouped = _group_name(counts) if len(kept) < len(levels) else ""
    missing = kept.index(filled) if filled in kept else len(kept) if grouped else -1
    return CategoryColumn(
        name=name,
        levels=tuple(kept),
        encoding=spec.category_encoding,
        missing_code=missing,
        grouped=grouped,
    )


def _contenders(counts: Mapping[str, int], spec: DataSpec) -> list[str]:
    """The categories that may be kept: of many, most are too rare to be put in order."""
    most = spec.max_categories
    # the first reader's order of some may be another than of all
    if most is None or spec.reader == 1 or len(counts) <= most + 1:
        return list(counts)
    # one more than can be kept, so that it is seen that some cannot
    least = sorted(counts.values())[-most - 1]
    return [text for text, rows in counts.items() if rows >= least or text == MISSING]


def frequent(levels: Sequence[str], rows: Sequence[int], spec: DataSpec) -> list[str]:
    """The levels that are not grouped as infrequent, in their order; `rows` has each.

    As scikit-learn's encoders have it (`min_frequency`, `max_categories`): the group counts as a
    category, and of levels of equal frequency the last are kept.
    """
    counts = np.array(rows, dtype=np.int64)
    kept = counts >= spec.min_frequency
    most = spec.max_categories
    if most is not None and int(kept.sum()) + (not kept.all()) > most:
        order = np.argsort(counts, kind="stable")
        kept[order[: len(order) - (most - 1)]] = False
    return [level for level, one in zip(levels, kept.tolist(), strict=True) if one]


def _group_name(texts: Container[str]) -> str:
    return INFREQUENT if INFREQUENT not in texts else f"{INFREQUENT} (group)"


def _scales(scaler: Any, columns: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """What (x - shift) / scale needs to do what a fitted scaler does."""
    if isinstance(scaler, StandardScaler):
        return scaler.mean_, scaler.scale_
    if isinstance(scaler, MinMaxScaler):
        return scaler.data_min_, np.where(scaler.data_range_ > 0.0, scaler.data_range_, 1.0)
    return np.zeros(columns), np.ones(columns)


def learning_notes(
    table: Table, preprocessor: Preprocessor, index: Index, check: Check
) -> list[str]:
    """What a person should know of a preprocessor that was fitted on the rows `index`."""
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


def fit_as_published(
    table: Table, spec: DataSpec, check: Check = unheeded
) -> tuple[Preprocessor, list[str]]:
    """Codes and means over all rows, not yet scaled."""
    columns: list[Column] = []
    for name in table.features:
        check()
        column = table.frame[name]
        if table.types[name] == "numeric":
            columns.append(NumericColumn(name=name, fill=float(column.mean())))
            continue
        if table.types[name] == "datetime":
            columns.append(_bare_parts(column, name, spec))
            continue
        codes = codes_of(column)
        texts = categories_of(column)
        present = [texts[code] for code in np.unique(codes[codes >= 0])]
        levels = tuple(ordered(name, present, spec.reader))
        columns.append(
            CategoryColumn(
                name=name, levels=levels, encoding="ordinal", missing_code=len(levels) + 1
            )
        )
    fields = type(spec).model_fields
    ignored = [
        name
        for name in ("validation_fraction", "category_encoding", "scaling", "imputation")
        if getattr(spec, name) != fields[name].default
    ]
    sentence = f"as_published sets its own preprocessing: {', '.join(ignored)} not used."
    return _preprocessor(table, "as_published", columns), [sentence] if ignored else []


def _bare_parts(column: "pd.Series[Any]", name: str, spec: DataSpec) -> DatetimeColumn:
    """The parts of moments that vary over all rows, not yet scaled."""
    means = parts_of(column).mean()
    parts = tuple(
        NumericColumn(name=part, fill=float(means[part])) for part in varying_parts(column)
    )
    return DatetimeColumn(name=name, features=parts, day_first=spec.day_first)


def _preprocessor(
    table: Table, protocol: Literal["strict", "as_published"], columns: list[Column]
) -> Preprocessor:
    return Preprocessor(
        protocol=protocol, columns=tuple(columns), target=table.target, classes=table.classes
    )


def scaled_by_own_range(
    bare: Preprocessor, frame: pd.DataFrame, rows: Index, check: Check = unheeded
) -> Preprocessor:
    """The preprocessor that scales these rows to [0, 1] by their own range."""
    scaled = []
    names = [column.name for column in bare.columns]
    for column, cells in zip(bare.columns, columns_at(frame, names, check, rows), strict=True):
        values = column.numbers(cells)
        low = values.min(axis=0).tolist()
        spread = (values.max(axis=0) - low).tolist()
        scaled.append(_with_ranges(column, low, spread))
    return bare.model_copy(update={"columns": tuple(scaled)})


def _with_ranges(column: Column, low: list[float], spread: list[float]) -> Column:
    """The column with a shift and a scale for each of its features."""
    changes = [{"shift": a, "scale": b or 1.0} for a, b in zip(low, spread, strict=True)]
    if not isinstance(column, DatetimeColumn):
        return column.model_copy(update=changes[0])
    parts = zip(column.features, changes, strict=True)
    return column.model_copy(
        update={"features": tuple(part.model_copy(update=change) for part, change in parts)}
    )
