"""The choice a sweep makes, and the comparison the reproduction ends in."""

from typing import Any

import pytest

from engine.kinds import make_spec
from engine.planning import sweep as sweeps
from engine.results.search import Point
from engine.results.statistics import accuracy_band
from engine.runs.events import EpochBlock, Event, TrialEnded, TrialStarted, training_key
from engine.runs.figures import COLUMNS
from engine.runs.state import Curve, RunState, fold
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.network import EarlyStopping


def spec_of(values: list[Any], setting: str = "units", **fields: Any) -> SweepSpec:
    spec = make_spec("sweep", {"vary": {setting: {"values": values}}} | fields)
    assert isinstance(spec, SweepSpec)
    return spec


def point(value: Any, *accuracies: float, diverged: int = 0) -> Point:
    found = accuracy_band(accuracies, 69) if accuracies else None
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
    keeps = EarlyStopping(monitor="val_accuracy", patience=2)
    assert sweeps.after(grown, 3, keeps) == 0.9
    # ended by early stopping: more epochs would not have been trained
    assert sweeps.after(grown, 9, keeps) == 0.9
    assert sweeps.after(grown, 4, EarlyStopping(patience=2, restore_best=False)) == 0.8


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
