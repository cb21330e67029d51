"""Which of many categories are kept."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.preprocessing import categories
from engine.data.preprocessing.categories import learn_categories
from engine.specs.data import DataSpec


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.integers(1, 4), min_size=1, max_size=12),
    most=st.integers(2, 6),
    least=st.integers(1, 3),
    gaps=st.booleans(),
)
def test_of_many_categories_the_same_are_kept_as_if_all_were_in_order(
    rows: list[int], most: int, least: int, gaps: bool
) -> None:
    texts = [f"c{i}" for i, n in enumerate(rows) for _ in range(n)] + [None] * gaps
    column = pd.Series(texts, dtype=object).astype("category")
    spec = DataSpec(max_categories=most, min_frequency=least)
    found = learn_categories(column, "x", spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(categories, "_contenders", lambda counts, spec: list(counts))
        assert learn_categories(column, "x", spec) == found
