"""Runs side by side: what is paired and how, what is not and why, and which settings differ."""

import json
from array import array
from pathlib import Path

import pytest
from scipy.stats import binomtest

from engine.comparison.comparison import Comparison, compared_runs
from engine.exports.comparison_json import comparison_object
from engine.kinds import make_spec
from engine.results.predictions import PREDICTIONS, Predictions, SetPredictions
from engine.runs.events import Ended, Finished
from engine.store.rows import replace
from engine.store.store import Store
from tests.support.command_line import put, put_finished
from tests.support.stored.compared import VALIDATION, keep_data, keep_split, put_compared, result
from tests.support.stored.evaluations import EVALUATION, evaluation_events


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home folder with nothing in it."""
    (tmp_path / "home").mkdir(mode=0o700)
    return tmp_path / "home"


def compared(folder: Path, *runs: int) -> Comparison:
    with Store.open(folder) as store:
        return compared_runs(store, [store.run(run) for run in runs])


def why_not(folder: Path, *runs: int) -> str:
    return compared(folder, *runs).pairs[0].why_not


def test_runs_on_the_same_rows_are_paired_by_the_exact_mcnemar_test(folder: Path) -> None:
    a = put_compared(folder, [201, 202, 203])
    b = put_compared(folder, [203, *range(210, 222)], seed=1)
    [pair] = compared(folder, a, b).pairs
    assert (pair.a, pair.b, pair.rows) == (a, b, 100)
    assert pair.only_a_right == tuple(range(210, 222))
    assert pair.only_b_right == (201, 202)
    assert pair.p == pytest.approx(binomtest(2, 14).pvalue)
    assert pair.difference is not None
    assert pair.difference.mean == pytest.approx(0.10)
    assert pair.verdict == "better"
    turned = compared(folder, a, b).pair(b, a)
    assert (turned.a, turned.verdict, turned.only_a_right) == (b, "worse", (201, 202))
    assert turned.difference is not None
    assert turned.difference.mean == pytest.approx(-0.10)


def test_a_difference_that_chance_gives_is_undecided(folder: Path) -> None:
    a, b = put_compared(folder, [201]), put_compared(folder, [205, 206, 207, 208, 209], seed=1)
    [pair] = compared(folder, a, b).pairs
    assert pair.p == pytest.approx(binomtest(1, 6).pvalue)
    assert pair.verdict == "undecided"


def test_of_many_pairs_it_is_said_which_do_not_outlast_their_number(folder: Path) -> None:
    first = put_compared(folder, [])
    worse = [put_compared(folder, range(201, 207), seed=n) for n in range(4)]
    pairs = compared(folder, first, *worse).pairs
    own = [pair for pair in pairs if pair.a == first]
    assert all(pair.p == pytest.approx(binomtest(0, 6).pvalue) for pair in own)
    assert [pair.verdict for pair in own] == ["better"] * 4
    assert all(pair.by_chance for pair in own)


def test_different_rows_are_not_paired_and_said_so(folder: Path) -> None:
    usual = put_compared(folder, [201])
    other_split = put_compared(folder, [1], validation=range(1, 101), split_seed=3)
    assert why_not(folder, usual, other_split) == "different validation rows (split seed)"
    other_data = put_compared(folder, [201], sha="b" * 64)
    assert why_not(folder, usual, other_data) == "different data"
    read_otherwise = put_compared(folder, [201], decimal=",")
    assert "read in different ways (decimal)" in why_not(folder, usual, read_otherwise)
    published = put_finished(folder, protocol="as_published")
    assert f"run {published} has no validation set" in why_not(folder, usual, published)
    live = put(folder, [])
    assert why_not(folder, usual, live) == f"run {live} has not finished"


def test_a_run_that_this_version_cannot_read_is_beside_the_others_unpaired(folder: Path) -> None:
    usual, other = put_compared(folder, [201]), put_compared(folder, [202], seed=1)
    with Store.open(folder) as store, store.writing() as connection:
        connection.execute("UPDATE runs SET spec = '{}' WHERE id = ?", (other,))
    assert "cannot be read by this version" in why_not(folder, usual, other)
    assert comparison_object(compared(folder, usual, other))["settings"] == {}


def test_settings_that_do_not_move_rows_do_not_keep_runs_apart(folder: Path) -> None:
    usual = put_compared(folder, [201])
    for fields in ({"scaling": "min_max"}, {"exclude": ["x"]}, {"dropout": 0.5}):
        assert why_not(folder, usual, put_compared(folder, [202], **fields)) == ""


def test_runs_that_have_kept_no_split_are_paired_by_equal_settings(folder: Path) -> None:
    old = put_compared(folder, [201], validation=None)
    same = put_compared(folder, [202], seed=4)
    assert why_not(folder, old, same) == ""
    other = put_compared(folder, [202], split_seed=4)
    assert why_not(folder, old, other) == "different validation rows (split seed)"


def test_a_run_with_more_wrong_rows_than_are_listed_is_not_paired(folder: Path) -> None:
    usual = put_compared(folder, [201])
    events = [Finished(result=result([201, 202, 203], listed=[201])),
              Ended(at=0.0, status="finished")]  # fmt: skip
    many = put(folder, events)
    keep_data(folder, many, make_spec("train", {}))
    assert why_not(folder, usual, many) == f"which rows run {many} got wrong was not kept: rerun it"


def test_of_many_wrong_rows_the_kept_predictions_say_which(folder: Path) -> None:
    usual = put_compared(folder, [201, 204])
    events = [Finished(result=result([201, 202, 203], listed=[201])),
              Ended(at=0.0, status="finished")]  # fmt: skip
    many = put(folder, events)
    keep_data(folder, many, make_spec("train", {}))
    keep_split(folder, many, VALIDATION)
    said = array("f", [v for row in VALIDATION for v in ((0.2, 0.8) if row < 204 else (0.9, 0.1))])
    rows = SetPredictions(array("I", VALIDATION), array("I", [0] * len(VALIDATION)), said)
    body = Predictions(("Adelie", "Gentoo"), {"validation": rows}).to_bytes()
    with Store.open(folder) as store, store.writing() as connection:
        replace(connection, "artefacts", run=many, name=PREDICTIONS, body=body)
    [pair] = compared(folder, usual, many).pairs
    assert (pair.only_a_right, pair.only_b_right) == ((202, 203), (204,))


def test_two_evaluations_are_compared_fold_by_fold(folder: Path) -> None:
    runs = []
    for seed in (0, 1):
        run = put(folder, evaluation_events(), "evaluate", **EVALUATION, seed=seed)
        keep_data(folder, run, make_spec("evaluate", {**EVALUATION, "seed": seed}))
        runs.append(run)
    [pair] = compared(folder, *runs).pairs
    assert pair.difference is not None
    assert pair.difference.mean == pytest.approx(0.0)
    assert (pair.p, pair.only_a_right) == (None, None)
    single = put_compared(folder, [201])
    assert f"run {runs[0]} is scored on many splits" in why_not(folder, single, runs[0])
    folds = {**EVALUATION, "folds": 4}
    other = put(folder, evaluation_events(), "evaluate", **folds)
    keep_data(folder, other, make_spec("evaluate", folds))
    assert why_not(folder, runs[0], other) == "different folds (folds)"


def test_only_settings_that_differ_are_listed(folder: Path) -> None:
    a = put_compared(folder, [], learning_rate=0.1, early_stopping={"patience": 7})
    b = put_compared(folder, [], learning_rate=0.2, hidden_layers=[8])
    found = compared(folder, a, b).settings
    assert found["learning_rate"] == {a: 0.1, b: 0.2}
    assert found["hidden_layers"][b] == [8]
    assert found["early_stopping.patience"] == {a: 7}
    assert not {"optimizer", "epochs", "kind", "data"} & set(found)
    baseline = put(folder, [], "baseline")
    beside = compared(folder, a, baseline).settings
    assert beside["kind"] == {a: "train", baseline: "baseline"}
    # of those that a baseline has not the ones that were changed
    assert {"learning_rate", "early_stopping.patience"} <= set(beside)
    assert not {"hidden_layers", "schedule.name", "optimizer"} & set(beside)


def test_json_has_counts_rows_and_why_not(folder: Path) -> None:
    a, b = put_compared(folder, [201, 202]), put_compared(folder, [203], seed=1)
    c = put_compared(folder, [1], validation=range(1, 101), split_seed=3)
    shown = json.loads(json.dumps(comparison_object(compared(folder, a, b, c))))
    assert [row["run"] for row in shown["runs"]] == [a, b, c]
    assert shown["settings"]["seed"] == {str(a): 0, str(b): 1, str(c): 0}
    first, second, _ = shown["pairs"]
    assert (first["only_a_right"], first["only_b_right"]) == (1, 2)
    assert (first["rows_only_a_right"], first["rows_only_b_right"]) == ([203], [201, 202])
    assert first["p"] == pytest.approx(binomtest(1, 3).pvalue)
    assert first["verdict"] == "undecided"
    assert second == {"a": a, "b": c, "why_not": "different validation rows (split seed)"}
    assert first["rows"] == len(VALIDATION)
