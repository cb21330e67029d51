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

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

from engine.data.classes import ordered
from engine.data.load import Table
from engine.data.preprocessor import (
    MISSING,
    CategoryColumn,
    Column,
    NumericColumn,
    Preprocessor,
)
from engine.data.split import Index
from engine.data.types import (
    Check,
    categories_of,
    codes_of,
    column_groups,
    empty_columns,
    named,
    unheeded,
)
from engine.sources.encoding import shown
from engine.specs.data import DataSpec


def learn(
    table: Table, spec: DataSpec, index: Index, check: Check = unheeded
) -> tuple[Preprocessor, list[str]]:
    """Fit on the rows `index` alone; the preprocessor, and the notes about it.

    Every column is learnt by itself, so that it does not matter with which others scikit-learn
    gets it.
    """
    learnt: list[Column] = []
    for group in column_groups(table.frame, table.features, check):
        learnt += _learn_columns(table, spec, group.iloc[index])
    preprocessor = _preprocessor(table, "strict", learnt)
    return preprocessor, _notes(table, preprocessor, index, check)


def _learn_columns(table: Table, spec: DataSpec, frame: pd.DataFrame) -> list[Column]:
    """The columns of `frame`, in their order."""
    names = [str(name) for name in frame.columns]
    numbers = [name for name in names if table.types[name] == "numeric"]
    texts = [name for name in names if table.types[name] == "categorical"]
    levels = {name: _levels(frame[name], name, spec) for name in texts}
    # a range so small that its inverse overflows is no fault: dividing by it is fine
    with np.errstate(over="ignore", invalid="ignore"):
        fitted = transformer(spec, numbers, levels).fit(as_sklearn_wants(frame, numbers, texts))
    learnt: dict[str, Column] = {}
    for name, fill, shift, scale in _fitted(fitted, "numbers", numbers):
        learnt[name] = NumericColumn(name=name, fill=float(fill), shift=shift, scale=scale)
    for i, (name, fill, shift, scale) in enumerate(_fitted(fitted, "categories", texts)):
        encoder = fitted.named_transformers_["categories"]["encode"]
        kept = tuple(str(level) for level in encoder.categories_[i])
        learnt[name] = CategoryColumn(
            name=name,
            levels=kept,
            encoding=spec.category_encoding,
            missing_code=kept.index(str(fill)) if str(fill) in kept else -1,
            shift=shift,
            scale=scale,
        )
    return [learnt[name] for name in names]


def _fitted(
    fitted: ColumnTransformer, group: str, names: list[str]
) -> Iterator[tuple[str, Any, float, float]]:
    """Each column's fill value, and its shift and scale, as one pipeline has learnt them."""
    if not names:
        return
    steps = fitted.named_transformers_[group]
    shift, scale = _scales(steps, len(names))
    fills = steps["fill"].statistics_
    yield from zip(names, fills, map(float, shift), map(float, scale), strict=True)


def transformer(
    spec: DataSpec, numbers: list[str], levels: dict[str, list[str]]
) -> ColumnTransformer:
    """scikit-learn's transformer for the settings of `spec`, not yet fitted."""
    scalers = {"standard": StandardScaler(), "min_max": MinMaxScaler(), "none": "passthrough"}
    scaler = scalers[spec.scaling]
    fill = SimpleImputer(strategy=spec.imputation, keep_empty_features=True)
    own = spec.missing_categories == "separate_category"
    fill_text = SimpleImputer(
        strategy="constant" if own else "most_frequent",
        fill_value=MISSING if own else None,
        keep_empty_features=True,
    )
    categories = list(levels.values())
    encode: list[tuple[str, Any]]
    if spec.category_encoding == "one_hot":
        hot = OneHotEncoder(categories=categories, handle_unknown="ignore", sparse_output=False)
        encode = [("encode", hot)]
    else:
        ordinal = OrdinalEncoder(
            categories=categories, handle_unknown="use_encoded_value", unknown_value=-1
        )
        encode = [("encode", ordinal), ("scale", scaler)]
    return ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", fill), ("scale", scaler)]), numbers),
            ("categories", Pipeline([("fill", fill_text), *encode]), list(levels)),
        ]
    )


def as_sklearn_wants(frame: pd.DataFrame, numbers: list[str], texts: list[str]) -> pd.DataFrame:
    """The frame with plain floats, and with texts as objects whose missing value is NaN."""
    return frame.astype(dict.fromkeys(numbers, np.float64) | dict.fromkeys(texts, object))


def _levels(column: "pd.Series[Any]", name: str, spec: DataSpec) -> list[str]:
    """The categories of the training rows in the order of their codes, "missing" last."""
    codes = codes_of(column)
    texts = categories_of(column)
    present = [texts[code] for code in np.unique(codes[codes >= 0])]
    levels = ordered(name, present)
    absent = bool((codes < 0).any())
    if MISSING not in levels and (
        not levels or (absent and spec.missing_categories == "separate_category")
    ):
        levels.append(MISSING)
    return levels


def _scales(steps: Pipeline, columns: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """What (x - shift) / scale needs to do what a fitted scaler does."""
    scaler = steps.named_steps.get("scale")
    if isinstance(scaler, StandardScaler):
        return scaler.mean_, scaler.scale_
    if isinstance(scaler, MinMaxScaler):
        return scaler.data_min_, np.where(scaler.data_range_ > 0.0, scaler.data_range_, 1.0)
    return np.zeros(columns), np.ones(columns)


def _notes(table: Table, preprocessor: Preprocessor, index: Index, check: Check) -> list[str]:
    notes = []
    numbers = [c.name for c in preprocessor.columns if isinstance(c, NumericColumn)]
    empty = empty_columns(table.frame, numbers, check, index)
    if empty:
        verb = "has" if len(empty) == 1 else "have"
        notes.append(f"{named(empty)} {verb} no value in the training set and count as 0.")
    unseen = []
    for column in preprocessor.columns:
        check()
        if isinstance(column, CategoryColumn):
            known = set(column.levels)
            extra = [text for text in categories_of(table.frame[column.name]) if text not in known]
            if extra:
                unseen.append((column.name, extra[0]))
    if unseen:
        name, text = unseen[0]
        more = f" (and {len(unseen) - 1:,} more columns)" if len(unseen) > 1 else ""
        notes.append(
            f"Column {shown(name)}{more} has categories that the training set lacks, such as"
            f" {shown(text)}; they count as unknown."
        )
    return notes


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
        codes = codes_of(column)
        texts = categories_of(column)
        levels = tuple(ordered(name, [texts[code] for code in np.unique(codes[codes >= 0])]))
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
    values = bare.matrix(frame, rows, check)
    low = values.min(axis=0)
    spread = values.max(axis=0) - low
    spread[spread == 0.0] = 1.0
    scaled = tuple(
        column.model_copy(update={"shift": float(low[i]), "scale": float(spread[i])})
        for i, column in enumerate(bare.columns)
    )
    return bare.model_copy(update={"columns": scaled})
