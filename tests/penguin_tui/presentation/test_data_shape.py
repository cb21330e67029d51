"""What the Train form tells before a run is what the run then finds."""

from typing import Any

import pytest

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.summary import summarize
from engine.specs.data import DataSpec
from penguin_tui.presentation.data_shape import Shape, derived_shape


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"category_encoding": "ordinal"},
        {"missing_categories": "most_frequent"},
        {"validation_fraction": 0.1, "test_fraction": 0.33},
        {"protocol": "as_published"},
        {"protocol": "as_published", "test_fraction": 0.3},
    ],
)
def test_a_shape_derived_from_a_description_is_that_of_the_prepared_data(
    fields: dict[str, Any],
) -> None:
    spec = DataSpec()
    other = DataSpec(**fields)
    described = summarize(load(spec), spec)
    prepared = preprocess(load(other), other)
    derived = derived_shape(described, other)
    assert (derived.features, derived.classes) == (
        len(prepared.feature_names),
        len(prepared.class_names),
    )
    assert derived.training_rows == len(prepared.train.y)


def test_steps_of_an_epoch_count_the_last_partial_batch() -> None:
    shape = Shape(features=6, classes=3, training_rows=206)
    assert [shape.steps(size) for size in (1, 16, 103, 206, 1000)] == [206, 13, 2, 1, 1]
