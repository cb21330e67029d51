"""The choice a sweep makes, and the comparison the reproduction ends in."""

import math
from typing import Any

import pytest
from scipy.stats import t

from engine.kinds import make_spec
from engine.planning import sweep as sweeps
from engine.results.search import Point
from engine.results.statistics import band, corrected_difference, verdict
from engine.runs.events import EpochBlock, Event, TrialEnded, TrialStarted, training_key
from engine.runs.figures import COLUMNS
from engine.runs.state import Curve, RunState, fold
from engine.specs.network import EarlyStopping
from engine.specs.sweep import SweepSpec


def spec_of(values: list[Any], setting: str = "units", **fields: Any) -> SweepSpec:
    spec = make_spec("sweep", {"vary": {setting: {"values": values}}} | fields)
    assert isinstance(spec, SweepSpec)
    return spec


def point(value: Any, *accuracies: float, diverged: int = 0) -> Point:
    found = band(accuracies) if accuracies else None
    return Point(value=value, train=found, validation=found, diverged=diverged)


def value_of(found: Point | None) -> Any:
    return found.value if found is not None else None


def test_the_smallest_value_within_one_standard_error_is_chosen() -> None:
    found = [point(8, 0.80, 0.82), point(16, 0.93, 0.95), point(64, 0.94, 0.96)]
    # the best is 64 at 0.95 ± 0.01; 16 is within, 8 is not
    assert value_of(sweeps.best(found)) == 64
    assert value_of(sweeps.choose(spec_of([8, 16, 64]), found)) == 16


def test_the_smallest_is_meant_not_the_first() -> None:
    found = [point(64, 0.94, 0.96), point(16, 0.93, 0.95)]
    assert value_of(sweeps.choose(spec_of([64, 16]), found)) == 16


def test_values_without_an_order_choose_the_best() -> None:
    found = [point("tanh", 0.93, 0.95), point("relu", 0.94, 0.96)]
    assert value_of(sweeps.choose(spec_of(["tanh", "relu"], "activation"), found)) == "relu"


def test_one_repeat_has_no_error_to_be_within() -> None:
    found = [point(8, 0.949), point(64, 0.95)]
    assert value_of(sweeps.choose(spec_of([8, 64], repeats=1), found)) == 64


@pytest.mark.parametrize(
    ("setting", "values", "simplest"),
    [("dropout", [0.2, 0.4], 0.4), ("kernel_l2", [0.001, 0.01], 0.01), ("layers", [2, 3], 2)],
)
def test_the_simpler_model_is_where_the_field_says(
    setting: str, values: list[Any], simplest: Any
) -> None:
    found = [point(values[0], 0.94, 0.96), point(values[1], 0.941, 0.961)]
    assert value_of(sweeps.choose(spec_of(values, setting), found)) == simplest


@pytest.mark.parametrize("setting", ["learning_rate", "batch_size"])
def test_where_no_end_is_simpler_the_best_is_chosen(setting: str) -> None:
    values = {"learning_rate": [0.001, 0.01], "batch_size": [8, 16]}[setting]
    found = [point(values[0], 0.94, 0.96), point(values[1], 0.941, 0.961)]
    assert value_of(sweeps.choose(spec_of(values, setting), found)) == values[1]


def test_a_value_with_a_diverged_seed_is_neither_best_nor_chosen() -> None:
    spec = spec_of([0.01, 1.5], "learning_rate")
    found = [point(0.01, 0.96, 0.97), point(1.5, 1.0, 1.0, diverged=3)]
    assert value_of(sweeps.best(found)) == value_of(sweeps.choose(spec, found)) == 0.01
    assert sweeps.best(found[1:]) is None
    assert sweeps.choose(spec, [point(0.01, diverged=2), found[1]]) is None


def test_values_whose_seeds_all_diverged_stay_in_the_points() -> None:
    spec = spec_of([8, 16], repeats=2)
    events: list[Event] = []
    for number, own in enumerate(sweeps.trial_settings(spec)):
        status = "finished" if own["units"] == 16 else "diverged"
        scores = {"train": (0.9,), "validation": (0.8,)} if status == "finished" else {}
        events.append(TrialStarted(at=1.0, trial=number, settings=own, epochs=5))
        events.append(TrialEnded(at=2.0, trial=number, status=status, scores=scores))  # type: ignore[arg-type]
    small, large = sweeps.points(spec, fold(RunState(), events))
    assert (small.value, small.validation, small.diverged) == (8, None, 2)
    assert (large.value, large.diverged) == (16, 0)


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
    assert sweeps.after(grown, 3, None) == 0.7
    assert sweeps.after(grown, 9, None) is None
    keeps = EarlyStopping(patience=2)
    assert sweeps.after(grown, 3, keeps) == 0.9
    # ended by early stopping: more epochs would not have been trained
    assert sweeps.after(grown, 9, keeps) == 0.9
    assert sweeps.after(grown, 4, EarlyStopping(patience=2, restore_best=False)) == 0.8


def test_a_band_is_students_interval() -> None:
    found = band((0.9, 0.92, 0.94))
    half = 4.302652729911275 * 0.02 / math.sqrt(3)
    assert (found.mean, found.high - found.mean) == pytest.approx((0.92, half))
    assert band((0.9,)).low == band((0.9,)).high == 0.9


@pytest.mark.parametrize("repeats", [2, 30, 31, 32, 60, 1000])
def test_a_band_of_many_repeats_is_students_too(repeats: int) -> None:
    found = band(tuple(float(i % 2) for i in range(repeats)))
    half = float(t.ppf(0.975, repeats - 1)) * found.standard_error
    assert found.high - found.mean == pytest.approx(half, rel=1e-3)


def state_of(*trials: tuple[str, list[float]]) -> RunState:
    """An epochs sweep's trials: status and validation accuracies."""
    events: list[Event] = []
    for number, (status, accuracies) in enumerate(trials):
        settings = {"epochs": 6, "seed": number}
        events.append(TrialStarted(at=1.0, trial=number, settings=settings, epochs=6))
        (block,) = curve(accuracies).chunks
        events.append(EpochBlock(training_key(number), 1, block.columns))
        if status != "running":
            events.append(TrialEnded(at=2.0, trial=number, status=status))  # type: ignore[arg-type]
    return fold(RunState(), events)


@pytest.mark.parametrize("status", ["running", "stopped", "skipped", "diverged"])
def test_a_training_that_did_not_finish_says_nothing_of_more_epochs(status: str) -> None:
    spec = spec_of([2, 6], "epochs", epochs=6, early_stopping={"patience": 2})
    cut_off = state_of((status, [0.5, 0.9, 0.7]))
    known = [found.value for found in sweeps.points(spec, cut_off) if found.validation is not None]
    assert known == [2]
    lost = [found.value for found in sweeps.points(spec, cut_off) if found.diverged]
    assert lost == ([6] if status == "diverged" else [])
    ended_early = state_of(("finished", [0.5, 0.9, 0.7, 0.7]))
    assert [found.value for found in sweeps.points(spec, ended_early)] == [2, 6]


def test_the_seed_that_is_scored_is_the_first_that_has_figures() -> None:
    spec = spec_of([2, 6], "epochs", epochs=6)
    state = state_of(("diverged", [0.5, 0.9, 0.7]), ("finished", [0.5, 0.6, 0.7, 0.8, 0.8, 0.9]))
    assert sweeps.first_seed(spec, state, 2) == 0
    assert sweeps.first_seed(spec, state, 6) == 1


def test_the_corrected_t_test_is_wider_than_the_plain_one() -> None:
    first, second = [0.95, 0.96, 0.97, 0.94], [0.94, 0.94, 0.96, 0.93]
    found = corrected_difference(first, second, train_rows=206, test_rows=69)
    # by hand: mean 0.0125, s 0.005, t(3) 3.182446, sqrt(1/4 + 69/206)
    half = 3.182446 * 0.005 * math.sqrt(0.25 + 69 / 206)
    assert found.mean == pytest.approx(0.0125)
    assert found.high - found.mean == pytest.approx(half, rel=1e-5)
    assert verdict(found) == "better"


@pytest.mark.parametrize(
    ("shift", "word"),
    [(0.05, "better"), (-0.05, "worse"), (0.0, "no difference shown")],
)
def test_the_verdict_is_in_plain_words(shift: float, word: str) -> None:
    second = [0.90, 0.91, 0.89, 0.90]
    wobble = [0.001, -0.001, 0.001, -0.001]
    first = [s + shift + w for s, w in zip(second, wobble, strict=True)]
    assert verdict(corrected_difference(first, second, 206, 69)) == word
