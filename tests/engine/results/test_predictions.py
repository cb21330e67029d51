"""The predictions of single rows, as they are kept with a run."""

import math
from array import array

import pytest

from engine.results.predictions import (
    LIMIT_BYTES,
    Predictions,
    SetPredictions,
    predicted_class,
    sets_to_keep,
)


def test_predictions_come_back_as_they_were_kept() -> None:
    train = SetPredictions(array("I", [2, 7]), array("I", [1, 0]), array("f", [0.25, 0.75, 1, 0]))
    empty = SetPredictions(array("I"), array("I"), array("f"))
    kept = Predictions(("Adelie", "Gentoo\n"), {"train": train, "validation": empty})
    found = Predictions.from_bytes(kept.to_bytes())
    assert found == kept
    assert list(found.sets["train"].each()) == [(2, 1, (0.25, 0.75)), (7, 0, (1.0, 0.0))]
    assert list(found.sets["validation"].each()) == []


@pytest.mark.parametrize("body", [b"", b"no zip", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_is_no_predictions_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Predictions.from_bytes(body)


def test_a_row_with_a_probability_that_is_no_number_has_no_class() -> None:
    assert predicted_class((0.2, 0.5, 0.3)) == 1
    assert predicted_class((0.5, 0.5)) == 0
    assert predicted_class((0.2, math.nan, 0.3)) is None


def test_predictions_beyond_the_limit_are_left_out_training_first() -> None:
    rows = LIMIT_BYTES // (4 * 5) // 4
    assert sets_to_keep({"train": 2 * rows, "validation": rows, "test": rows}, 3) == (
        "validation", "test", "train",
    )  # fmt: skip
    assert sets_to_keep({"train": 3 * rows, "validation": rows, "test": rows}, 3) == (
        "validation", "test",
    )  # fmt: skip
    assert sets_to_keep({"train": rows, "validation": 5 * rows}, 3) == ("train",)
