"""Fitting a preprocessor the strict way: on the rows given and no others.

scikit-learn's own imputers and scalers learn the numbers; the categories are as its encoders
have them (`categories`).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from engine.data.preprocessing.categories import learn_categories
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
from engine.data.types import Check, column_groups, unheeded
from engine.specs.data import DataSpec

SCALERS: dict[str, Callable[[], Any]] = {
    "standard": StandardScaler, "min_max": MinMaxScaler, "none": FunctionTransformer
}  # fmt: skip


def learn(table: Table, spec: DataSpec, index: Index, check: Check = unheeded) -> Preprocessor:
    """Fit on the rows `index` alone.

    Every column is learnt by itself, so that it does not matter with which others scikit-learn
    gets it. No category is written out as a feature for it.
    """
    learnt: list[Column] = []
    for group in column_groups(table.frame, table.features, check, index):
        learnt += _learn_columns(table, spec, group)
    return Preprocessor(
        protocol="strict", columns=tuple(learnt), target=table.target, classes=table.classes
    )


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
    learnt = [learn_categories(frame[name], str(name), spec) for name in frame.columns]
    if spec.category_encoding == "one_hot" or not learnt:
        return learnt
    codes = [column.numbers(frame[column.name]) for column in learnt]
    scaler = SCALERS[spec.scaling]().fit(np.hstack(codes))
    shift, scale = _scales(scaler, len(learnt))
    return [
        column.model_copy(update={"shift": float(shift[i]), "scale": float(scale[i])})
        for i, column in enumerate(learnt)
    ]


def _scales(scaler: Any, columns: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """What (x - shift) / scale needs to do what a fitted scaler does."""
    if isinstance(scaler, StandardScaler):
        return scaler.mean_, scaler.scale_
    if isinstance(scaler, MinMaxScaler):
        return scaler.data_min_, np.where(scaler.data_range_ > 0.0, scaler.data_range_, 1.0)
    return np.zeros(columns), np.ones(columns)
