"""The choice a sweep makes, and the comparison the reproduction ends in."""

import math
from typing import Any

import pytest

from engine import sweeps
from engine.events import COLUMNS, EpochBlock
from engine.jobs.compare import corrected_difference, verdict
from engine.results import Point, band
from engine.specs import EarlyStopping, SweepSpec, make_spec
from engine.state import Curve


def spec_of(values: list[Any], setting: str = "units", **fields: Any) -> SweepSpec:
    spec = make_spec("sweep", {"vary": {setting: {"values": values}}} | fields)
    assert isinstance(spec, SweepSpec)
    return spec


def point(value: Any, *accuracies: float) -> Point:
    return Point(value=value, train=band(accuracies), validation=band(accuracies))


def test_the_smallest_value_within_one_standard_error_is_chosen() -> None:
    found = [point(8, 0.80, 0.82), point(16, 0.93, 0.95), point(64, 0.94, 0.96)]
    # the best is 64 at 0.95 ± 0.01; 16 is within, 8 is not
    assert sweeps.best(found).value == 64
    assert sweeps.choose(spec_of([8, 16, 64]), found).value == 16


def test_the_smallest_is_meant_not_the_first() -> None:
    found = [point(64, 0.94, 0.96), point(16, 0.93, 0.95)]
    assert sweeps.choose(spec_of([64, 16]), found).value == 16


def test_values_without_an_order_choose_the_best() -> None:
    found = [point("tanh", 0.93, 0.95), point("relu", 0.94, 0.96)]
    assert sweeps.choose(spec_of(["tanh", "relu"], "activation"), found).value == "relu"


def test_one_repeat_has_no_error_to_be_within() -> None:
    found = [point(8, 0.949), point(64, 0.95)]
    assert sweeps.choose(spec_of([8, 64], repeats=1), found).value == 64


def test_epochs_are_trained_once_for_each_seed() -> None:
    settings = sweeps.trial_settings(spec_of([1, 30], "epochs", repeats=3, seed=7))
    assert settings == [{"epochs": 30, "seed": seed} for seed in (7, 8, 9)]


def curve(val_accuracies: list[float]) -> Curve:
    rows = [
        tuple({"val_accuracy": v, "accuracy": v}.get(name, 1.0) for name in COLUMNS)
        for v in val_accuracies
    ]
    return Curve((EpochBlock.of(0, 1, rows),))


def test_a_prefix_is_read_at_its_last_or_best_epoch() -> None:
    grown = curve([0.5, 0.9, 0.7, 0.8])
    assert sweeps.after(grown, 3, None) == (0.7, 0.7)
    assert sweeps.after(grown, 9, None) is None
    keeps = EarlyStopping(patience=2)
    assert sweeps.after(grown, 3, keeps) == (0.9, 0.9)
    # ended by early stopping: more epochs would not have been trained
    assert sweeps.after(grown, 9, keeps) == (0.9, 0.9)
    assert sweeps.after(grown, 4, EarlyStopping(patience=2, restore_best=False)) == (0.8, 0.8)


def test_a_band_is_students_interval() -> None:
    found = band((0.9, 0.92, 0.94))
    half = 4.303 * 0.02 / math.sqrt(3)
    assert (found.mean, found.high - found.mean) == pytest.approx((0.92, half))
    assert band((0.9,)).low == band((0.9,)).high == 0.9


def test_the_corrected_t_test_is_wider_than_the_plain_one() -> None:
    first, second = [0.95, 0.96, 0.97, 0.94], [0.94, 0.94, 0.96, 0.93]
    found = corrected_difference(first, second, train_rows=206, test_rows=69)
    # by hand: mean 0.0125, s 0.005, t(3) 3.182446, sqrt(1/4 + 69/206)
    half = 3.182446 * 0.005 * math.sqrt(0.25 + 69 / 206)
    assert found.mean == pytest.approx(0.0125)
    assert found.high - found.mean == pytest.approx(half, rel=1e-5)
    assert verdict(found) == "better" if found.low > 0 else "no difference shown"


@pytest.mark.parametrize(
    ("shift", "word"),
    [(0.05, "better"), (-0.05, "worse"), (0.0, "no difference shown")],
)
def test_the_verdict_is_in_plain_words(shift: float, word: str) -> None:
    second = [0.90, 0.91, 0.89, 0.90]
    wobble = [0.001, -0.001, 0.001, -0.001]
    first = [s + shift + w for s, w in zip(second, wobble, strict=True)]
    assert verdict(corrected_difference(first, second, 206, 69)) == word
