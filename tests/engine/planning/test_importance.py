"""What a search has to do, and which setting mattered, without a search."""

import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.kinds import KINDS, make_spec
from engine.planning.importance import importances
from engine.specs.hyperband_schedule import rungs
from engine.specs.invalid import InvalidSpec


def work(kind: str, **fields: Any) -> tuple[int, int, int]:
    done = make_spec(kind, fields).workload  # type: ignore[attr-defined]
    return done.trials, done.trainings, done.epochs


def test_the_posts_hyperband_has_30_trials_in_three_brackets() -> None:
    found = [(r.bracket, r.number, r.trials, r.begun, r.epochs) for r in rungs(10, 3)]
    assert found == [
        (2, 0, 12, 0, 2),
        (2, 1, 4, 2, 4),
        (2, 2, 2, 4, 10),
        (1, 0, 6, 0, 4),
        (1, 1, 2, 4, 10),
        (0, 0, 4, 0, 10),
    ]
    assert work("hyperband", **KINDS["hyperband"].presets["post"]) == (30, 30, 120)


def test_a_grid_is_counted_with_its_folds_and_the_refit() -> None:
    assert work("grid_search", **KINDS["grid_search"].presets["post"]) == (8, 25, 300)


def test_a_random_search_draws_no_more_than_there_is() -> None:
    vary = {"batch_size": {"low": 2, "high": 4}}
    assert work("random_search", vary=vary, max_trials=10, folds=2, epochs=5) == (3, 7, 35)
    vary = {"learning_rate": {"low": 0.1, "high": 0.2}}
    assert work("random_search", vary=vary, max_trials=10, folds=2, epochs=5) == (10, 21, 105)


def test_as_published_the_epochs_are_those_of_fit() -> None:
    fields = KINDS["random_search"].presets["post"]
    assert work("random_search", **fields)[2] == 31 * 14
    assert work("random_search", **fields, protocol="as_published")[2] == 31 * 10


@pytest.mark.parametrize(
    ("dimension", "count"),
    [
        ({"values": [1, 2, 5]}, 3),
        ({"low": 2, "high": 16}, 15),
        ({"low": 16, "high": 256, "step": 16}, 16),
        ({"low": 1, "high": 100, "scale": "log"}, 100),
        ({"low": 1, "high": 200_000, "scale": "linear"}, None),
    ],
)
def test_combinations(dimension: dict[str, Any], count: int | None) -> None:
    name = "batch_size" if count else "epochs"
    fields = {"vary": {name: dimension}}
    if count is None:
        with pytest.raises(InvalidSpec):
            make_spec("random_search", fields)
        return
    assert make_spec("random_search", fields).combinations == count  # type: ignore[attr-defined]


def test_hyperband_sets_the_epochs_itself() -> None:
    with pytest.raises(InvalidSpec, match="hyperband sets the epochs"):
        make_spec("hyperband", {"vary": {"epochs": {"low": 1, "high": 9}}})


@pytest.mark.parametrize("kind", ["random_search", "grid_search", "hyperband"])
def test_the_posts_searches_are_valid_specs(kind: str) -> None:
    for protocol in ("strict", "as_published"):
        spec = make_spec(kind, KINDS[kind].presets["post"] | {"protocol": protocol})
        assert spec.kind == kind


# -- which setting mattered ----------------------------------------------------------------------


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.floats(0, 1).map(lambda x: round(x, 3))),
        min_size=3,
        max_size=30,
    )
)
def test_the_rank_correlation_is_scipys(pairs: list[tuple[int, float]]) -> None:
    values, scores = zip(*pairs, strict=True)
    (found,) = importances(["units"], [{"units": v} for v in values], scores)
    assert found.method == "Spearman's rank correlation"
    if len(set(values)) == 1 or len(set(scores)) == 1:
        assert found.value is None
        return
    assert found.value == pytest.approx(float(stats.spearmanr(values, scores).statistic), abs=1e-9)


def test_a_setting_without_order_is_told_by_eta_squared() -> None:
    settings = [{"activation": name} for name in ("relu", "relu", "tanh", "tanh")]
    (found,) = importances(["activation"], settings, [0.9, 0.8, 0.5, 0.6])
    assert found.method == "eta squared"
    assert found.value == pytest.approx(0.09 / 0.10)


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ([1, 2], [0.5, 0.6]),
        ([1, 1, 1], [0.5, 0.6, 0.7]),
        ([1, 2, 3], [0.5, 0.5, 0.5]),
        (["relu", "tanh", "elu"], [0.5, 0.6, 0.7]),
        ([], []),
    ],
)
def test_what_cannot_be_told_is_not_told(values: list[Any], scores: list[float]) -> None:
    (found,) = importances(["x"], [{"x": value} for value in values], scores)
    assert found.value is None


def test_a_perfect_order_is_one() -> None:
    settings = [{"epochs": n} for n in (1, 5, 20, 30)]
    (up,) = importances(["epochs"], settings, [0.1, 0.2, 0.3, 0.4])
    (down,) = importances(["epochs"], settings, [0.4, 0.3, 0.2, 0.1])
    assert (up.value, down.value) == (1.0, -1.0)
    assert not math.isnan(up.value or math.nan)


def test_where_nothing_matters_one_search_in_twenty_stands_out() -> None:
    draw = random.Random(1)
    outstanding = 0
    for _ in range(100):
        settings = [{"a": draw.random(), "b": draw.choice("xyz"), "c": 1.0} for _ in range(12)]
        found = importances(["a", "b", "c"], settings, [draw.random() for _ in settings])
        assert found[2].chance is None
        outstanding += any(item.stands_out for item in found)
    # 99.9 % of binomials of 100 at 5 % lie within these
    assert 1 <= outstanding <= 13


def test_a_setting_that_decides_stands_out() -> None:
    settings = [{"learning_rate": float(n), "activation": "relu"} for n in range(10)]
    found = importances(["learning_rate", "activation"], settings, [n / 10 for n in range(10)])
    assert found[0].stands_out
    assert found[0].chance is not None
    assert 0.5 < found[0].chance < 0.8
    assert found[1].value is None
    assert not found[1].stands_out
