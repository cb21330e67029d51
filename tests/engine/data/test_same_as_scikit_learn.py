"""Preprocessing does what scikit-learn's own classes do."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.preprocessing.categories import INFREQUENT
from engine.data.preprocessing.preprocessor import CategoryColumn
from engine.data.table import Table
from engine.specs.data import DataSpec
from tests.support.engine.written_tables import write


def plain_scikit_learn(
    spec: DataSpec, numbers: list[str], levels: dict[str, list[str]]
) -> ColumnTransformer:
    """What the settings of `spec` mean, written out with scikit-learn's own classes."""
    scalers = {"standard": StandardScaler(), "min_max": MinMaxScaler(), "none": "passthrough"}
    own = spec.missing_categories == "separate_category"
    fill_text = SimpleImputer(
        strategy="constant" if own else "most_frequent", fill_value="missing" if own else None
    )
    shared: dict[str, Any] = {
        "categories": list(levels.values()),
        "max_categories": spec.max_categories,
        "min_frequency": spec.min_frequency,
    }
    if spec.category_encoding == "one_hot":
        hot = OneHotEncoder(**shared, handle_unknown="infrequent_if_exist", sparse_output=False)
        encode: list[Any] = [("encode", hot)]
    else:
        ordinal = OrdinalEncoder(**shared, handle_unknown="use_encoded_value", unknown_value=-1)
        encode = [("encode", ordinal), ("scale", scalers[spec.scaling])]
    fill = SimpleImputer(strategy=spec.imputation)
    return ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", fill), ("scale", scalers[spec.scaling])]), numbers),
            ("categories", Pipeline([("fill", fill_text), *encode]), list(levels)),
        ]
    )


def as_plain(table: Table) -> pd.DataFrame:
    """The features with plain floats, and with texts as objects whose missing value is NaN."""
    kinds = {"numeric": np.float64, "categorical": object}
    return table.frame[list(table.features)].astype(
        {name: kinds[table.types[name]] for name in table.features}
    )


def prepared_by_both(
    table: Table, spec: DataSpec, levels: dict[str, list[str]]
) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """All rows as our preprocessor makes them and as scikit-learn does, fitted to the same rows."""
    prepared = preprocess(table, spec)
    numbers = [name for name in table.features if table.types[name] == "numeric"]
    fitted = plain_scikit_learn(spec, numbers, levels)
    theirs = fitted.fit(as_plain(table).iloc[prepared.train.rows - 1]).transform(as_plain(table))
    names = [*numbers]
    for column in prepared.preprocessor.columns:
        if isinstance(column, CategoryColumn):
            names += column.feature_names
    order = [names.index(name) for name in prepared.feature_names]
    return np.asarray(prepared.preprocessor.apply(table.frame)), theirs[:, order]


@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
@pytest.mark.parametrize("missing", ["separate_category", "most_frequent"])
@pytest.mark.parametrize("scaling", ["standard", "min_max", "none"])
def test_the_stored_preparation_does_what_scikit_learn_does(
    penguins: Table, encoding: str, missing: str, scaling: str
) -> None:
    spec = DataSpec.model_validate(
        {"category_encoding": encoding, "missing_categories": missing, "scaling": scaling}
    )
    prepared = preprocess(penguins, spec)
    levels = {
        column.name: list(column.levels)
        for column in prepared.preprocessor.columns
        if isinstance(column, CategoryColumn)
    }
    ours, theirs = prepared_by_both(penguins, spec, levels)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("fields", [{}, {"max_categories": 6}, {"min_frequency": 9},
                                    {"max_categories": 12, "min_frequency": 4},
                                    {"missing_categories": "most_frequent"}])  # fmt: skip
@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
def test_rare_categories_are_grouped_as_scikit_learn_groups_them(
    tmp_path: Path, fields: dict[str, Any], encoding: str
) -> None:
    chance = random.Random(0)
    rows = []
    for i in range(900):
        # many towns of equal frequency, and some rows without one
        town = "" if i % 41 == 0 else f"t{int(chance.paretovariate(0.6)) % 90:02d}"
        rows.append(f"{chance.random():.3f},{town},{'ab'[i % 2]}\n")
    spec = DataSpec.model_validate(
        {"data": write(tmp_path, "x,town,label\n" + "".join(rows)), "target": "label",
         "category_encoding": encoding, "scaling": "none"} | fields
    )  # fmt: skip
    table = load(spec)
    prepared = preprocess(table, spec)
    column = prepared.preprocessor.columns[1]
    assert isinstance(column, CategoryColumn)
    assert column.grouped == INFREQUENT
    assert len(column.levels) + 1 <= (spec.max_categories or 1000)
    train = table.frame["town"].iloc[prepared.train.rows - 1]
    levels = sorted(train.dropna().unique())
    if train.isna().any() and spec.missing_categories == "separate_category":
        levels.append("missing")
    ours, theirs = prepared_by_both(table, spec, {"town": levels})
    unknown = ~table.frame["town"].isin(levels) & table.frame["town"].notna()
    # scikit-learn's ordinal encoder keeps what it has not seen apart from what is rare
    same = np.ones(len(ours), bool) if encoding == "one_hot" else ~unknown.to_numpy()
    np.testing.assert_array_equal(ours[same], theirs[same].astype(np.float32))
