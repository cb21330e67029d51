"""A stored preprocessor comes back as it was, and is refused where it does not fit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.data.datasets import preprocess
from engine.data.preprocessing.preprocessor import Preprocessor
from engine.data.table import Table
from engine.errors import EngineError
from engine.specs.data import DataSpec
from tests.support.engine.data_sets import PUBLISHED, STRICT


@pytest.mark.parametrize("spec", [STRICT, PUBLISHED])
def test_a_preparation_survives_json(penguins: Table, spec: DataSpec) -> None:
    prepared = preprocess(penguins, spec)
    read = Preprocessor.from_json(prepared.preprocessor.to_json())
    assert read == prepared.preprocessor
    rows = penguins.frame.iloc[prepared.train.rows - 1]
    np.testing.assert_allclose(read.apply(rows), prepared.train.x, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 2'),
        ('"type": "numeric"', '"type": "os.system"'),
        ('"scale": ', '"scale": -'),
        ('"fill": ', '"fill": "x", "more": '),
        ("{", "[", ),
        ('"strict"', '"\x1b"'),
    ],
)  # fmt: skip
def test_a_tampered_preparation_is_refused(penguins: Table, old: str, new: str) -> None:
    text = preprocess(penguins, STRICT).preprocessor.to_json()
    assert old in text
    with pytest.raises(EngineError, match="stored preprocessor is damaged") as caught:
        Preprocessor.from_json(text.replace(old, new))
    assert caught.value.message.isprintable()


def test_rows_that_do_not_fit_a_preparation_are_refused(penguins: Table) -> None:
    preprocessor = preprocess(penguins, STRICT).preprocessor
    with pytest.raises(EngineError, match="no column 'sex'"):
        preprocessor.apply(penguins.frame.drop(columns="sex"))
    with pytest.raises(EngineError, match="'body_mass_g' has to hold numbers"):
        preprocessor.apply(penguins.frame.assign(body_mass_g="heavy"))
    with pytest.raises(EngineError, match="'body_mass_g' are too large"):
        preprocessor.apply(penguins.frame.assign(body_mass_g=np.inf))


def test_text_columns_need_not_be_categoricals(penguins: Table) -> None:
    preprocessor = preprocess(penguins, STRICT).preprocessor
    plain = pd.read_csv(Path(__file__).parents[3] / "engine/data/penguins.csv")
    np.testing.assert_array_equal(preprocessor.apply(plain), preprocessor.apply(penguins.frame))
