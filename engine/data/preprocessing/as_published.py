"""Fitting a preprocessor the way of the post this project started from, its leaks included.

1. Categories are coded from 0 in their published order where one is known
   (`PUBLISHED_ORDERS`), otherwise in sorted order, over all rows; a missing one
   gets the number of categories plus one (the post codes sex Male 0, Female 1,
   missing 3).
2. A missing number becomes the mean over all rows.
3. Each set is scaled to [0, 1] by its own minimum and maximum.
"""

from typing import Any

import numpy as np
import pandas as pd

from engine.data.classes import ordered
from engine.data.preprocessing.date_parts import parts_of, varying_parts
from engine.data.preprocessing.preprocessor import (
    CategoryColumn,
    Column,
    DatetimeColumn,
    NumericColumn,
    Preprocessor,
)
from engine.data.splits.split import Index
from engine.data.table import Table
from engine.data.types import Check, categories_of, codes_of, columns_at, unheeded
from engine.specs.data import DataSpec


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
    preprocessor = Preprocessor(
        protocol="as_published", columns=tuple(columns), target=table.target, classes=table.classes
    )
    return preprocessor, [sentence] if ignored else []


def _bare_parts(column: "pd.Series[Any]", name: str, spec: DataSpec) -> DatetimeColumn:
    """The parts of moments that vary over all rows, not yet scaled."""
    means = parts_of(column).mean()
    parts = tuple(
        NumericColumn(name=part, fill=float(means[part])) for part in varying_parts(column)
    )
    return DatetimeColumn(name=name, features=parts, day_first=spec.day_first)


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
