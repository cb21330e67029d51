"""Nested cross-validation: the whole search again on outer folds, and what that says of it."""

import random
import statistics
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student
from sklearn.model_selection import ParameterGrid, StratifiedKFold

from engine.data.datasets import preprocess
from engine.data.load import load
from engine.data.splits.folds import StrictPool
from engine.jobs import run_job
from engine.jobs.comparison.fold import scores_on
from engine.jobs.phases.endings import no_score
from engine.jobs.trials.outer_folds import OuterFolds, Searched
from engine.jobs.trials.progress import TrialProgress
from engine.kinds import KINDS, make_spec
from engine.planning.evaluation import ACCURACY
from engine.planning.nested import nested_of
from engine.results.nested import OuterFold
from engine.results.search import SearchResult
from engine.runs import reporter as reports
from engine.runs.events import (
    EpochBlock,
    Finished,
    Note,
    OuterFoldEnded,
    Resumed,
    event_from_json,
    event_to_json,
)
from engine.runs.reporter import Checkpoint, Diverged, Reporter, ResumeState, Stopped
from engine.runs.state import RunState, fold
from engine.specs.classifiers import NETWORK
from engine.specs.data import DataSpec
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.evaluate import EvaluateSpec
from engine.trainer.seeds import FOLDS, OUTER_FOLDS, derived_seed
from tests.support.engine.ending import Ending

RATES = [0.001, 0.01, 0.05]
SMALL = {"hidden_layers": [8], "vary": {"learning_rate": {"values": RATES}}, "outer_folds": 3}
OWN: dict[str, dict[str, Any]] = {
    "random_search": {"epochs": 4, "folds": 2, "max_trials": 2},
    "grid_search": {"epochs": 4, "folds": 2},
    "hyperband": {"max_epochs": 4, "factor": 2},
}
SEARCHES = [name for name, kind in KINDS.items() if kind.is_search]


def searched(kind: str, reporter: Reporter, **fields: Any) -> SearchResult:
    result = run_job(make_spec(kind, SMALL | OWN[kind] | fields), reporter)
    assert isinstance(result, SearchResult)
    return result


@cache
def whole(kind: str) -> tuple[SearchResult, Ending]:
    reporter = Ending(-1)
    return searched(kind, reporter), reporter


def test_a_grid_search_is_repeated_as_scikit_learn_would_by_hand() -> None:
    own = make_spec("evaluate", {"hidden_layers": [8], "epochs": 4})
    assert isinstance(own, EvaluateSpec)
    pool = StrictPool(load(own.data_spec), own, 0, early_stopping=False)

    def accuracy(rows: Any, scored: Any, settings: Any) -> float:
        sets = pool.scored_sets(rows, scored)
        spec = own.model_copy(update=settings)
        return scores_on(NETWORK, own.seed, spec, sets, Reporter(), 0)[ACCURACY]

    outer = StratifiedKFold(3, shuffle=True, random_state=derived_seed(own.split_seed, OUTER_FOLDS))
    inner = StratifiedKFold(2, shuffle=True, random_state=derived_seed(own.split_seed, FOLDS))
    found = whole("grid_search")[0].nested
    assert found is not None
    for number, (rows, held_out) in enumerate(outer.split(pool.y, pool.y)):
        splits = [(rows[a], rows[b]) for a, b in inner.split(rows, pool.y[rows])]
        means = [
            (statistics.fmean(accuracy(a, b, settings) for a, b in splits), settings)
            for settings in ParameterGrid({"learning_rate": RATES})
        ]
        best, settings = max(means, key=lambda pair: pair[0])
        assert found.folds[number].settings == settings
        assert found.folds[number].inner == pytest.approx(best)
        assert found.folds[number].outer == pytest.approx(accuracy(rows, held_out, settings))


@pytest.mark.parametrize("kind", SEARCHES)
def test_the_search_itself_is_the_same_with_outer_folds_and_without(kind: str) -> None:
    with_folds, reporter = whole(kind)
    without = searched(kind, Reporter(), outer_folds=0)
    assert without.nested is None
    assert with_folds.model_copy(update={"nested": None}) == without
    # one evaluation of the test set, that of the best network
    assert sum(isinstance(item, reports.TestEvaluated) for item in reporter.all()) == 1


@pytest.mark.parametrize("kind", SEARCHES)
def test_json_has_the_three_figures_with_their_ends(kind: str) -> None:
    found = whole(kind)[0].json_object()["nested"]
    for name in ("inner", "outer", "optimism"):
        assert {name, f"{name}_low", f"{name}_high"} <= set(found)
        if found[f"{name}_low"] is not None:
            assert found[f"{name}_low"] <= found[name] <= found[f"{name}_high"]
    assert found["optimism"] == pytest.approx(found["inner"] - found["outer"])
    (wins,) = found["wins"].values()
    assert sum(one["folds"] for one in wins) == 3
    assert {one["value"] for one in wins} <= set(RATES)
    assert [one["number"] for one in found["folds"]] == [0, 1, 2]


@pytest.mark.parametrize("kind", SEARCHES)
def test_how_much_there_is_to_do_counts_the_outer_folds(kind: str) -> None:
    spec: Any = make_spec(kind, SMALL | OWN[kind])
    alone: Any = make_spec(kind, SMALL | OWN[kind] | {"outer_folds": 0})
    assert spec.workload.trainings == 4 * alone.workload.trainings
    assert spec.workload.trials == alone.workload.trials
    state = fold(RunState(), whole(kind)[1].events())
    assert state.plan is not None
    assert state.plan.epochs == spec.epochs_planned == 4 * alone.epochs_planned
    # of three different trials Keras Tuner makes smaller brackets than planned
    assert state.epochs_done == state.plan.epochs or kind == "hyperband"


@pytest.mark.parametrize("kind", SEARCHES)
@pytest.mark.parametrize("done", [1, 2])
def test_interrupted_between_outer_folds_it_comes_to_the_same_to_the_bit(
    kind: str, done: int
) -> None:
    first = Ending(done, of=OuterFoldEnded, later=True)
    with pytest.raises(Stopped):
        searched(kind, first)
    assert not [item for item in first.all() if isinstance(item, Finished | reports.TestEvaluated)]
    checkpoints = {item.trial: item.body for item in first.all() if isinstance(item, Checkpoint)}
    earlier = fold(RunState(), [*first.events(), Resumed(seconds_before=1.0)])
    assert [one.number for one in earlier.outer_folds] == list(range(done))
    second = Ending(-1, ResumeState(earlier, checkpoints))
    result = searched(kind, second)
    assert result == whole(kind)[0]
    again = [item.fold.number for item in second.all() if isinstance(item, OuterFoldEnded)]
    assert again == list(range(done, 3))
    # nothing is counted twice
    state = fold(earlier, second.events())
    assert state.epochs_done == whole_epochs(kind)


def whole_epochs(kind: str) -> int:
    return fold(RunState(), whole(kind)[1].events()).epochs_done


def test_an_outer_fold_that_was_half_done_begins_again() -> None:
    events = whole("grid_search")[1].events()
    ends = [place for place, one in enumerate(events) if isinstance(one, OuterFoldEnded)]
    # cut off before the second fold has ended
    cut = fold(RunState(), events[: ends[1]])
    kept = fold(cut, [Resumed(seconds_before=1.0)])
    assert len(kept.outer_folds) == 1
    assert kept.epochs_done == fold(RunState(), events[: ends[0]]).epochs_done < cut.epochs_done


@pytest.mark.parametrize("kind", SEARCHES)
def test_a_stopped_one_keeps_the_search_and_the_folds_that_are_done(kind: str) -> None:
    reporter = Ending(2, of=OuterFoldEnded)
    with pytest.raises(Stopped, match=r"after 2 of 3 outer folds; the test set stays held out\."):
        searched(kind, reporter)
    (finished,) = [item for item in reporter.all() if isinstance(item, Finished)]
    result: Any = finished.result
    assert result.best_settings == whole(kind)[0].best_settings
    assert result.scores.test is None
    assert [one.number for one in result.nested.folds] == [0, 1]
    assert result.nested.planned == 3


@pytest.mark.parametrize("own", [{}, {"group": "g"}, {"order": "t"}])
def test_outer_folds_are_of_training_and_validation_rows_alone(
    own: dict[str, Any], tmp_path: Path
) -> None:
    draw = random.Random(0)
    path = tmp_path / "rows.csv"
    rows = [f"{draw.random()},{i % 3},{i // 5},{i},{'ab'[i % 2]}" for i in range(120)]
    path.write_text("\n".join(["x,z,g,t,label", *rows]))
    spec = DataSpec(data=str(path), target="label", **own)
    table = load(spec)
    pool = StrictPool(table, spec, 1, early_stopping=False)
    sets = pool.outer_sets(4, validation=0.25)
    for one in sets:
        assert one.validation is not None
        apart = [set(one.train), set(one.validation), set(one.test)]
        assert sum(map(len, apart)) == len(set.union(*apart))
        assert not set.union(*apart) & set(pool._test)
        if "group" in own:
            groups = table.frame["g"].to_numpy()
            assert not set(groups[one.test]) & set(groups[[*one.train, *one.validation]])
        if "order" in own:
            times = table.frame["t"].to_numpy()
            assert times[one.test].min() > max(times[one.train].max(), times[one.validation].max())
    if "order" not in own:
        assert sorted(np.concatenate([one.test for one in sets])) == sorted(pool._index)


@pytest.mark.parametrize("kind", ["grid_search", "hyperband"])
def test_on_noise_a_search_claims_more_than_it_is_worth(kind: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(5)
    path = tmp_path / "noise.csv"
    rows = np.column_stack([draw.normal(size=(120, 6)).round(3), draw.integers(0, 2, 120)])
    path.write_text("a,b,c,d,e,f,label\n" + "\n".join(",".join(map(str, row)) for row in rows))
    vary = {"learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"}}
    listed = {"units": {"values": [2, 3, 4, 6, 8, 12, 16, 24]}, "dropout": {"values": [0.0, 0.4]}}
    fields = {
        "data": str(path), "target": "label", "outer_folds": 5,
        "vary": listed if kind == "grid_search" else vary,
        **({"epochs": 6} if kind == "grid_search" else {"max_epochs": 16}),
    }  # fmt: skip
    found = searched(kind, Reporter(), **fields).nested
    assert found is not None
    assert found.optimism.mean > 0.03
    # whatever won, it is no better than tossing a coin
    assert found.outer.low is not None
    assert found.outer.low < 0.5 < (found.outer.high or 0.0)


def test_intervals_are_those_of_nadeau_and_bengio() -> None:
    inner, outer = [0.95, 0.97, 0.96, 0.99, 0.98], [0.93, 0.97, 0.95, 0.94, 0.96]
    folds = [
        OuterFold(number=n, inner=a, outer=b, settings={"units": 8 + n % 2})
        for n, (a, b) in enumerate(zip(inner, outer, strict=True))
    ]
    found = nested_of(folds, 5, 275)
    assert found is not None
    gaps = np.subtract(inner, outer)
    for band, values in ((found.inner, inner), (found.outer, outer), (found.optimism, gaps)):
        half = student.ppf(0.975, 4) * np.std(values, ddof=1) * np.sqrt(1 / 5 + 1 / 4)
        assert band.mean == pytest.approx(np.mean(values))
        assert band.low == pytest.approx(np.mean(values) - half)
        assert band.high == pytest.approx(min(1.0, np.mean(values) + half))
        assert band.covers == "splits"
    assert found.wins == {"units": [(8, 3), (9, 2)]}


def test_a_fold_on_which_no_trial_has_a_score_is_left_out_and_said() -> None:
    spec: Any = make_spec("grid_search", SMALL | OWN["grid_search"])
    reporter = Ending(-1)
    outer = OuterFolds(spec, preprocess(load(spec), spec), reporter)
    ends: list[Any] = [no_score(), Diverged("the refit"), None]

    def search_on(sets: Any, own: Reporter) -> Searched:
        if (end := ends.pop(0)) is not None:
            raise end
        return TrialProgress(0, {"units": 8}, 4, validation={0: 0.9}), 0.8

    outer.search(search_on)
    assert outer.result is not None
    assert [one.number for one in outer.result.folds] == [2]
    said = [item.text for item in reporter.all() if isinstance(item, Note)]
    assert said == [f"Outer fold {n} is left out: its trainings diverged." for n in (1, 2)]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"outer_folds": 1}, "outer_folds: one fold leaves nothing to search on"),
        ({"outer_folds": 101}, "outer_folds: "),
        ({"protocol": "as_published"}, "outer_folds: nested cross-validation needs the strict"),
        ({"outer_folds": 100, "max_trials": 10_000}, "outer_folds: 2,020,101 trainings are too"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], problem: str) -> None:
    wide = {"learning_rate": {"low": 0.001, "high": 0.1}}
    with pytest.raises(InvalidSpec) as raised:
        make_spec("random_search", SMALL | OWN["random_search"] | {"vary": wide} | fields)
    assert problem in str(raised.value)


def test_too_many_folds_are_refused_before_anything_is_trained() -> None:
    reporter = Ending(-1)
    with pytest.raises(Exception, match="folds: 60 folds need 60 rows of each class"):
        searched("grid_search", reporter, outer_folds=60)
    assert not [item for item in reporter.all() if isinstance(item, EpochBlock)]


def test_the_event_survives_the_store() -> None:
    one = OuterFold(number=1, inner=0.9, outer=0.8, settings={"units": 8})
    found = event_from_json(event_to_json(OuterFoldEnded(fold=one)))
    assert isinstance(found, OuterFoldEnded)
    assert found.fold == one
