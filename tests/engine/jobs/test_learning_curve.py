"""A learning curve: what learns from what, its power law, and what becomes of it when cut off."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import curve_fit
from sklearn.linear_model import LogisticRegression

from engine.data.load import load
from engine.data.splits.folds import StrictPool
from engine.jobs import run_job
from engine.jobs.comparison.extrapolation import PowerLaws
from engine.kinds import make_spec
from engine.results.learning_curve import LearningCurveResult
from engine.runs import reporter as reports
from engine.runs.events import Resumed, TrialEnded, TrialStarted
from engine.runs.reporter import Reporter, ResumeState, Stopped
from engine.runs.state import RunState, fold
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.learning_curve import SCORED, LearningCurveSpec
from engine.trainer.seeds import FOLDS, derived_seed
from tests.engine.jobs.test_evaluate import Ending

SMALL: dict[str, Any] = {"hidden_layers": [8], "epochs": 4, "sizes": 4, "repeats": 3}


def spec(**fields: Any) -> LearningCurveSpec:
    found = make_spec("learning_curve", SMALL | fields)
    assert isinstance(found, LearningCurveSpec)
    return found


def curve(own: LearningCurveSpec) -> LearningCurveResult:
    result = run_job(own, Reporter())
    assert isinstance(result, LearningCurveResult)
    return result


@cache
def whole() -> LearningCurveResult:
    return curve(spec())


def pool_of(own: LearningCurveSpec, repeat: int = 0) -> StrictPool:
    seed = derived_seed(own.split_seed, FOLDS, repeat)
    return StrictPool(load(own.data_spec), own.data_spec, seed, early_stopping=False)


def test_ten_sizes_twenty_times_of_network_and_logistic_are_the_defaults() -> None:
    found = make_spec("learning_curve", {})
    assert isinstance(found, LearningCurveSpec)
    assert (found.sizes, found.repeats, found.models) == (10, 20, ("network", "logistic"))
    assert found.trainings == 200


def test_each_size_is_scikit_learns_on_a_beginning_of_the_same_rows() -> None:
    own, expected = spec(), []
    for repeat in range(own.repeats):
        pool = pool_of(own, repeat)
        rows, held_out = pool.hold_out(SCORED)
        growing = pool.in_order_of_growth(rows)
        for size in whole().sizes:
            sets = pool.scored_sets(growing[:size], held_out)
            # what is learnt of the columns comes from these rows alone
            x, y = np.asarray(sets.train[0]), sets.train[1]
            assert np.allclose(x[:, sets.train[0].places].mean(axis=0), 0, atol=1e-5)
            model = LogisticRegression(max_iter=1000).fit(x, y)
            expected.append(model.score(np.asarray(sets.scored[0]), sets.scored[1]))
    by_size = np.reshape(expected, (own.repeats, -1)).mean(axis=0)
    logistic = whole().models[1]
    assert [point.mean for point in logistic.points] == pytest.approx(list(by_size))


def test_sizes_are_nested_stratified_and_never_scored_or_tested_on() -> None:
    pool = pool_of(spec())
    rows, held_out = pool.hold_out(SCORED)
    growing = pool.in_order_of_growth(rows)
    assert sorted([*rows, *held_out]) == list(range(len(pool.y)))
    whole_fractions = np.bincount(pool.y) / len(pool.y)
    for size in (len(whole_fractions), 20, 60, len(growing)):
        counts = np.bincount(pool.y[growing[:size]], minlength=len(whole_fractions))
        assert counts.min() >= 1
        assert np.abs(counts - size * whole_fractions).max() <= 1.5
    reporter = Ending(-1)
    run_job(spec(models=["logistic"]), reporter)
    assert not [item for item in reporter.all() if isinstance(item, reports.TestEvaluated)]


def table(path: Path) -> dict[str, Any]:
    """Forty groups of six rows, a class each row, and the day of each."""
    draw = np.random.default_rng(0)
    y = draw.integers(0, 2, 240)
    frame = {"x": draw.normal(size=240) + y, "who": np.repeat(np.arange(40), 6), "day": range(240)}
    pd.DataFrame(frame).assign(y=np.where(y, "yes", "no")).to_csv(path, index=False)
    return {"data": str(path), "target": "y", "models": ["logistic"]}


def test_groups_stay_on_one_side(tmp_path: Path) -> None:
    own = spec(**table(tmp_path / "t.csv"), group="who")
    pool = pool_of(own)
    rows, held_out = pool.hold_out(SCORED)
    assert pool._groups is not None
    assert not set(pool._groups[rows]) & set(pool._groups[held_out])
    # one group after the other
    groups = pool._groups[pool.in_order_of_growth(rows)]
    assert np.count_nonzero(np.diff(groups)) == len(set(groups)) - 1
    assert curve(own).sizes[-1] <= len(rows)


def test_in_the_order_of_time_the_newest_rows_are_scored_by_those_just_before(
    tmp_path: Path,
) -> None:
    own = spec(**table(tmp_path / "t.csv"), order="day")
    pool = pool_of(own)
    rows, held_out = pool.hold_out(SCORED)
    assert pool._times is not None
    assert pool._times[rows].max() < pool._times[held_out].min()
    grown = pool._times[pool.in_order_of_growth(rows)]
    assert (np.diff(grown) < 0).all()
    # all repeats are of the same rows
    assert all(point.std == 0.0 for point in curve(own).models[0].points)


def test_rows_for_early_stopping_come_out_of_each_size() -> None:
    own = spec(early_stopping={"patience": 1, "monitor": "val_loss"}, epochs=20)
    pool = StrictPool(load(own.data_spec), own.data_spec, 0, early_stopping=True)
    rows, held_out = pool.hold_out(SCORED)
    sets = pool.scored_sets(rows[:60], held_out)
    assert len(sets.train[1]) + len(sets.shown[1]) == 60
    assert len(sets.scored[1]) == len(held_out)
    assert len(curve(own).models[0].points) == len(whole().sizes)


def test_json_has_what_scripts_look_for_at_the_top() -> None:
    found = whole().json_object()
    assert set(found) == {"sizes", "models", "extrapolation"}
    network = found["models"][0]
    assert network["model"] == "network"
    for name in ("mean", "low", "high"):
        assert len(network[name]) == len(found["sizes"])
    beyond = found["extrapolation"]
    assert beyond["sizes"][0] == found["sizes"][-1]
    assert beyond["sizes"][-1] == 3 * found["sizes"][-1]
    first = beyond["models"][0]
    assert all(a <= b <= c for a, b, c in zip(*(first[n] for n in ("low", "mean", "high"))))  # noqa: B905
    assert 0 <= first["gain_low"] <= first["gain"] <= first["gain_high"]


@pytest.mark.parametrize("ends", [1, 3])
def test_cut_off_anywhere_it_comes_to_the_same_and_repeats_nothing(ends: int) -> None:
    first = Ending(ends)
    with pytest.raises(Stopped):
        run_job(spec(), first)
    events = [item for item in first.all() if isinstance(item, TrialStarted | TrialEnded)]
    done = {e.trial for e in events if isinstance(e, TrialEnded) and e.status == "finished"}
    earlier = fold(RunState(), [*events, Resumed(seconds_before=1.0)])
    second = Ending(-1, ResumeState(state=earlier))
    result = run_job(spec(), second)
    begun = {e.trial for e in second.all() if isinstance(e, TrialStarted)}
    assert not begun & done
    assert timeless(result) == timeless(whole())


def timeless(result: Any) -> Any:
    return [m.model_copy(update={"seconds": 0.0}) for m in result.models], result.extrapolation


def test_a_stopped_curve_keeps_whole_repeats() -> None:
    with pytest.raises(Stopped, match=r"Stopped after 1 of 3 repeats; those are kept\."):
        run_job(spec(), Ending(2))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"sizes": 3}, "sizes"),
        ({"repeats": 1}, "repeats"),
        ({"protocol": "as_published"}, "protocol: comparisons need the strict protocol"),
        ({"models": ["svm", "svm"]}, "models: a model is named twice"),
        (
            {"sizes": 50, "repeats": 1000, "models": ["svm", "knn", "majority"]},
            "repeats: 150,000 fits are too many",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        spec(**fields)
    assert problem in str(raised.value)


# -- the power law --------------------------------------------------------------------------------

SIZES = np.array([20.0, 40, 80, 160, 320, 640])


def test_a_power_law_is_found_again() -> None:
    errors = 0.05 + 1.2 * SIZES**-0.6
    laws = PowerLaws.fitted(SIZES, errors[None], np.ones(6))
    assert laws.accuracies([1920])[0, 0] == pytest.approx(1 - 0.05 - 1.2 * 1920**-0.6, abs=2e-3)


def test_the_fit_is_as_good_as_scipys() -> None:
    draw = np.random.default_rng(1)
    errors = 0.1 + 0.9 * SIZES**-0.5 + draw.normal(0, 0.004, 6)
    laws = PowerLaws.fitted(SIZES, errors[None], np.ones(6))

    def law(n: Any, a: float, b: float, c: float) -> Any:
        return a + b * n**-c

    ours = ((1 - laws.accuracies(SIZES)[0] - errors) ** 2).sum()
    found, _ = curve_fit(law, SIZES, errors, p0=(0.1, 1, 0.5), bounds=(0, [1, 50, 3]))
    assert ours <= 1.02 * ((law(SIZES, *found) - errors) ** 2).sum() + 1e-9


def test_errors_that_rise_are_extrapolated_flat() -> None:
    laws = PowerLaws.fitted(SIZES, np.linspace(0.1, 0.2, 6)[None], np.ones(6))
    assert laws.accuracies([640, 1920])[0] == pytest.approx(0.85)


def test_the_band_widens() -> None:
    own = spec(models=["logistic"], repeats=10, sizes=6)
    beyond = curve(own).extrapolation
    assert beyond is not None
    points = beyond.models[0].points
    assert points[-1].high - points[-1].low > 0
    assert all(0 <= point.low <= point.high <= 1 for point in points)


def test_models_that_never_differ_have_the_interval_of_the_rows() -> None:
    found = curve(spec(models=["majority"]))
    assert {point.covers for point in found.models[0].points} == {"rows"}
    assert found.extrapolation is not None
    points = found.extrapolation.models[0].points
    assert points[0].low < points[0].mean < points[0].high
