"""The protocol as published is the post to the letter, and says what leaks."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.preprocessing.preprocessor import CategoryColumn
from engine.data.table import Table
from engine.specs.data import DataSpec
from tests.support.engine.data_sets import PUBLISHED, test_set
from tests.support.engine.written_tables import write


def test_as_published_is_the_post_to_the_letter(penguins: Table) -> None:
    """The post's steps, written out with pandas and scikit-learn from its own facts."""
    raw = pd.read_csv(Path(__file__).parents[3] / "engine/data/penguins.csv")
    raw["species"] = raw["species"].map({"Adelie": 0, "Gentoo": 1, "Chinstrap": 2})
    raw["island"] = raw["island"].map({"Biscoe": 0, "Dream": 1, "Torgersen": 2})
    raw["sex"] = raw["sex"].map({"MALE": 0, "FEMALE": 1}).fillna(3)
    raw = raw.fillna(raw.mean())
    for seed in (0, 7, 123):
        prepared = preprocess(penguins, PUBLISHED.model_copy(update={"split_seed": seed}))
        x_train, x_test, y_train, y_test = train_test_split(
            raw.drop(columns="species"), raw["species"], test_size=0.2, random_state=seed
        )
        for part, x, y in (
            (prepared.train, x_train, y_train),
            (test_set(prepared), x_test, y_test),
        ):
            scaled = (x - x.min()) / (x.max() - x.min())
            assert prepared.feature_names == tuple(x.columns)
            np.testing.assert_allclose(part.x, scaled.to_numpy(), rtol=0, atol=1e-7)
            assert part.y.tolist() == y.tolist()
            assert part.rows.tolist() == (x.index + 1).tolist()
        assert prepared.train.x.shape == (275, 6)
        assert test_set(prepared).x.shape == (69, 6)
        assert prepared.train.x.dtype == np.float32
        assert prepared.train.y.dtype == np.int32


def test_as_published_leaks_and_says_so(penguins: Table) -> None:
    prepared = preprocess(penguins, PUBLISHED)
    assert prepared.validation is None
    assert prepared.leaks
    assert prepared.selection_set is test_set(prepared)
    assert prepared.split_rows == {"train": 275, "test": 69}


def test_as_published_says_which_settings_it_does_not_use(penguins: Table) -> None:
    spec = PUBLISHED.model_copy(update={"scaling": "none", "imputation": "median"})
    assert "scaling, imputation not used" in preprocess(penguins, spec).notes[0]


def test_as_published_codes_other_data_in_a_stable_order(tmp_path: Path) -> None:
    body = "colour,size,label\n" + "red,3,b\nblue,,a\n,1,a\ngreen,2,b\n" * 5
    spec = DataSpec(data=write(tmp_path, body), target="label", protocol="as_published")
    column = preprocess(load(spec), spec).preprocessor.columns[0]
    assert isinstance(column, CategoryColumn)
    assert column.levels == ("blue", "green", "red")
    assert column.missing_code == 4
