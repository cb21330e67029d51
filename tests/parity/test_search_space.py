"""Ranges and choices as scikit-learn and Keras Tuner draw from them; names for scikeras."""

from typing import Any

import pytest
from sklearn.model_selection import ParameterSampler

from engine.specs.hyperband_schedule import rungs
from engine.specs.search_space import Choice, Dimension, Range
from tests.support.later import Later

keras_tuner: Any = Later("keras_tuner")
spaces: Any = Later("engine.keras_adapter.search_spaces")
names: Any = Later("engine.keras_adapter.sklearn_classifier")

CASES: list[tuple[Dimension, Any]] = [
    (Range(low=2, high=16), lambda v: isinstance(v, int) and 2 <= v <= 16),
    (Range(low=16, high=256, step=16), lambda v: isinstance(v, int) and v % 16 == 0 and v <= 256),
    (Range(low=1, high=1000, scale="log"), lambda v: isinstance(v, int) and 1 <= v <= 1000),
    (Range(low=0.1, high=0.5), lambda v: isinstance(v, float) and 0.1 <= v <= 0.5),
    (Range(low=1e-4, high=0.1, scale="log"), lambda v: isinstance(v, float) and 1e-4 <= v <= 0.1),
    (
        Range(low=0.0, high=0.5, step=0.25),
        lambda v: isinstance(v, float) and min(abs(v - s) for s in (0, 0.25, 0.5)) < 1e-9,
    ),
    (Choice(values=("relu", "tanh")), lambda v: v in ("relu", "tanh")),
    (Choice(values=(0, 0.5)), lambda v: v in (0, 0.5)),
    (Choice(values=((8, 4), (4, 8))), lambda v: v in ((8, 4), (4, 8))),
]


@pytest.mark.parametrize(("dimension", "fits"), CASES)
def test_scikit_learn_draws_what_is_meant(dimension: Dimension, fits: Any) -> None:
    space = {"x": spaces.as_distribution(dimension)}
    drawn = (
        [d["x"] for d in ParameterSampler(space, 200, random_state=0)]
        if not isinstance(space["x"], list)
        else space["x"]
    )
    plain = [v.item() if hasattr(v, "item") else v for v in drawn]
    assert all(map(fits, plain))
    assert len(set(plain)) > 1


@pytest.mark.parametrize(("dimension", "fits"), CASES)
def test_keras_tuner_draws_what_is_meant(dimension: Dimension, fits: Any) -> None:
    space = keras_tuner.HyperParameters()
    spaces.declare(space, {"x": dimension})
    drawn = []
    for seed in range(60):
        values = {"x": space.space[0].random_sample(seed)}
        drawn.append(spaces.settings_of_trial(values, {"x": dimension})["x"])
    assert all(map(fits, drawn))
    assert len(set(drawn)) > 1


def test_whole_numbers_on_a_log_scale_are_listed_each_once() -> None:
    assert spaces.as_list(Range(low=1, high=4, scale="log")) == [1, 2, 3, 4]


@pytest.mark.parametrize("dimension", [CASES[2][0], CASES[4][0]])
def test_log_ranges_are_drawn_evenly_over_orders_of_magnitude(dimension: Range) -> None:
    space = {"x": spaces.as_distribution(dimension)}
    drawn = [d["x"] for d in ParameterSampler(space, 2000, random_state=1)]
    middle = (dimension.low * dimension.high) ** 0.5
    assert 0.42 < sum(v < middle for v in drawn) / len(drawn) < 0.58


def test_a_whole_range_reaches_both_of_its_ends() -> None:
    space = {"x": spaces.as_distribution(Range(low=1, high=3, scale="log"))}
    assert {d["x"] for d in ParameterSampler(space, 200, random_state=0)} == {1, 2, 3}


def test_a_grid_has_every_step_and_no_continuous_range() -> None:
    assert spaces.as_list(Range(low=2, high=8, step=3)) == [2, 5, 8]
    with pytest.raises(ValueError, match="continuous"):
        spaces.as_list(Range(low=0.0, high=1.0))


@pytest.mark.parametrize(
    ("max_epochs", "factor"), [(10, 3), (2, 2), (4, 2), (27, 3), (81, 3), (100, 4), (9, 10), (7, 2)]
)
def test_the_plan_of_hyperband_is_keras_tuners(max_epochs: int, factor: int) -> None:
    oracle = keras_tuner.oracles.HyperbandOracle(
        objective=keras_tuner.Objective("val_accuracy", "max"),
        max_epochs=max_epochs,
        factor=factor,
        seed=1,
    )
    expected = [
        (bracket, number, oracle._get_size(bracket, number), oracle._get_epochs(bracket, number))
        for bracket in reversed(range(oracle._get_num_brackets()))
        for number in range(oracle._get_num_rounds(bracket))
    ]
    found = [(r.bracket, r.number, r.trials, r.epochs) for r in rungs(max_epochs, factor)]
    assert found == expected


def test_settings_that_are_to_have_an_effect_go_to_the_model() -> None:
    assert names.parameter("learning_rate", as_published=False) == "model__learning_rate"
    assert names.parameter("optimizer", as_published=False) == "model__optimizer"
    assert names.parameter("batch_size", as_published=False) == "batch_size"
    # the post's way: arguments of an optimizer that is compiled already
    assert names.parameter("learning_rate", as_published=True) == "optimizer__learning_rate"
    assert names.parameter("units", as_published=True) == "model__units"
    assert names.without_effect(["units", "learning_rate", "epochs"]) == ["learning_rate", "epochs"]
