"""An evaluation: the folds, what learns from what, and what becomes of it when it is cut off."""

import random
from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from threadpoolctl import threadpool_info

from engine.data.load import load
from engine.data.splits.folds import StrictPool
from engine.jobs import run_job
from engine.jobs.comparison.classifiers import MAKERS
from engine.jobs.comparison.parallel import work
from engine.jobs.phases.read_data import read_and_preprocess
from engine.kinds import make_spec
from engine.results.evaluate import EvaluateResult
from engine.runs import reporter as reports
from engine.runs.events import Resumed, TrialEnded, TrialStarted
from engine.runs.reporter import Diverged, Reporter, ResumeState, Stopped
from engine.runs.state import RunState, fold
from engine.specs.classifiers import CLASSIFIERS, NETWORK
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.trainer.seeds import FOLDS, derived_seed
from tests.support.engine.ending import Ending
from tests.support.engine.search_runs import DIVERGING

SMALL: dict[str, Any] = {"hidden_layers": [8], "epochs": 4, "folds": 3, "repeats": 2}
NETWORK_ALONE = {"hidden_layers": [8], "epochs": 4}
SMALL_OF = {"evaluate": SMALL, "learning_curve": NETWORK_ALONE, "leaks": NETWORK_ALONE}
ALL = [name for name in CLASSIFIERS if name not in ("random_forest", "gradient_boosting")]


def spec(**fields: Any) -> EvaluateSpec:
    found = make_spec("evaluate", SMALL | fields)
    assert isinstance(found, EvaluateSpec)
    return found


@cache
def whole() -> EvaluateResult:
    return evaluated(spec(models=ALL))


def evaluated(own: EvaluateSpec) -> EvaluateResult:
    result = run_job(own, Reporter())
    assert isinstance(result, EvaluateResult)
    return result


def timeless(result: Any) -> Any:
    return [m.model_copy(update={"seconds": 0.0}) for m in result.models], result.luck


def test_every_model_can_be_made() -> None:
    assert {NETWORK, *MAKERS} == set(CLASSIFIERS)


@pytest.mark.parametrize(
    ("model", "own"),
    [
        ("logistic", LogisticRegression(max_iter=1000)),
        ("knn", KNeighborsClassifier()),
        ("svm", SVC()),
    ],
)
def test_the_models_are_scikit_learns_on_the_same_folds(model: str, own: Any) -> None:
    wanted = spec()
    table = load(wanted.data_spec)
    expected = []
    for repeat in range(wanted.repeats):
        seed = derived_seed(wanted.split_seed, FOLDS, repeat)
        pool = StrictPool(table, wanted.data_spec, seed, early_stopping=False)
        for rows, held_out in pool.folds(wanted.folds).split(np.zeros(len(pool.y)), pool.y):
            portion = pool.portion(rows)
            x = np.asarray(portion.x)
            # what is learnt of the numeric columns comes from the other folds alone
            assert np.allclose(x[rows][:, portion.x.places].mean(axis=0), 0, atol=1e-5)
            expected.append(own.fit(x[rows], pool.y[rows]).score(x[held_out], pool.y[held_out]))
    found = next(m for m in whole().models if m.model == model)
    assert found.scores == pytest.approx(expected)


def test_folds_cover_training_and_validation_rows_and_never_the_test_set() -> None:
    reporter = Ending(-1)
    result = run_job(spec(), reporter)
    assert isinstance(result, EvaluateResult)
    assert not [item for item in reporter.all() if isinstance(item, reports.TestEvaluated)]
    majority = next(m for m in result.models if m.model == "majority")
    # 275 rows of the penguins but the test set; folds of 91 or 92
    assert all(round(score * 91) == pytest.approx(score * 91, abs=1.0) for score in majority.scores)
    assert len(majority.scores) == 6


def test_the_single_split_is_that_of_a_training() -> None:
    trained: Any = run_job(make_spec("train", {"hidden_layers": [8], "epochs": 4}), Reporter())
    assert whole().luck is not None
    assert whole().luck.own == pytest.approx(trained.scores.validation.accuracy.value)  # type: ignore[union-attr]


def test_json_has_what_scripts_look_for_at_the_top() -> None:
    found = whole().json_object()
    assert found["reference"] == "logistic"
    assert set(found["luck"]) == {"own", "percentile", "sd_split", "sd_seed"}
    network, svm = found["models"][0], found["models"][-1]
    assert network["model"] == "network"
    assert len(network["scores"]) == 6
    assert network["low"] <= network["mean"] <= network["high"]
    assert network["verdict"] in ("better", "worse", "equivalent", "undecided")
    assert set(network["metrics"]) == {
        "balanced_accuracy", "macro_f1", "mcc", "log_loss", "roc_auc", "brier",
    }  # fmt: skip
    assert svm["metrics"]["log_loss"] is None
    assert svm["metrics"]["brier"] is None
    assert svm["metrics"]["roc_auc"]["mean"] > 0.9


def test_p_values_are_corrected_for_the_number_of_models() -> None:
    compared = [m for m in whole().models if m.holm_p is not None]
    assert len(compared) > 2
    assert all(0 <= (m.holm_p or 0.0) <= 1 for m in compared)


@pytest.mark.parametrize("ends", [1, 4, 7])
def test_cut_off_anywhere_it_comes_to_the_same_and_repeats_nothing(ends: int) -> None:
    first = Ending(ends)
    with pytest.raises(Stopped):
        run_job(spec(models=ALL), first)
    events = [item for item in first.all() if isinstance(item, TrialStarted | TrialEnded)]
    done = {e.trial for e in events if isinstance(e, TrialEnded) and e.status == "finished"}
    earlier = fold(RunState(), [*events, Resumed(seconds_before=1.0)])
    second = Ending(-1, ResumeState(state=earlier))
    result = run_job(spec(models=ALL), second)
    begun = {e.trial for e in second.all() if isinstance(e, TrialStarted)}
    assert not begun & done
    assert timeless(result) == timeless(whole())


def test_a_stopped_evaluation_keeps_whole_repeats() -> None:
    reporter = Ending(random.Random(0).randint(3, 5))
    with pytest.raises(Stopped, match=r"Stopped after 1 of 2 repeats; those are kept\."):
        run_job(spec(), reporter)


def test_early_stopping_looks_at_rows_of_the_other_folds() -> None:
    stopping = {"patience": 1, "monitor": "val_loss"}
    own = spec(models=["network"], epochs=30, learning_rate=0.05, early_stopping=stopping)
    table = load(own.data_spec)
    pool = StrictPool(table, own.data_spec, 0, early_stopping=True)
    rows, held_out = next(iter(pool.folds(3).split(np.zeros(len(pool.y)), pool.y)))
    portion = pool.portion(rows)
    assert portion.selection_set is not None
    assert set(portion.selection_set) <= set(rows)
    assert not set(portion.selection_set) & set(held_out)
    assert len(evaluated(own).models[0].scores) == 6


def test_a_network_that_diverges_is_told() -> None:
    with pytest.raises(Diverged, match="The network diverged"):
        run_job(spec(**DIVERGING), Reporter())


def test_openmp_of_a_fold_keeps_to_the_folds_own_thread() -> None:
    seen: list[int] = []

    def task() -> None:
        info = threadpool_info()
        seen.extend(lib["num_threads"] for lib in info if lib["user_api"] == "openmp")

    work([task, task], threads=2)
    assert seen
    assert set(seen) == {1}


@pytest.mark.parametrize("kind", SMALL_OF)
def test_memory_is_sized_for_a_training_on_each_core(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed: list[float] = []
    module = "engine.jobs.phases.memory_needed"
    monkeypatch.setattr(f"{module}.reserve", lambda size, *_: needed.append(size))
    for threads in (1, 4):
        monkeypatch.setattr(f"{module}.usable_threads", lambda threads=threads: threads)
        own = make_spec(kind, SMALL_OF[kind])
        read_and_preprocess(own, Reporter())
    assert needed[1] / needed[0] == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"models": ["network", "network"]}, "models: a model is named twice"),
        ({"models": ["magic"]}, "models: "),
        ({"models": []}, "models: "),
        ({"models": ["network"], "reference": "svm"}, "reference: svm is not among the models"),
        ({"protocol": "as_published"}, "protocol: comparisons need the strict protocol"),
        ({"folds": 100, "repeats": 1000}, "repeats: 300,000 fits are too many"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        spec(**fields)
    assert problem in str(raised.value)
