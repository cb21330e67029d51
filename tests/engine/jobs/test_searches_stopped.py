"""Searches on the real engine: stopped, skipped, diverged, and spaces with too little in them."""

import pytest

from engine.client.following import follow
from engine.client.submission import stop_run, submit
from engine.kinds import make_spec
from engine.results.search import SearchResult
from engine.store.store import Store
from tests.support.engine.search_runs import DIVERGING, fields_of, run, search

LONG = {"epochs": 3000, "hidden_layers": [8], "folds": 2}


def test_a_stopped_search_keeps_what_was_finished(store: Store) -> None:
    fields = LONG | {"vary": {"epochs": {"values": [2, 100_000]}}}
    run_id = submit(store, make_spec("grid_search", fields))
    asked = False
    for _, state in follow(store, run_id):
        if not asked and len(state.curve_of(1, 0)) > 3:
            stop_run(store, run_id)
            asked = True
    record = store.run(run_id)
    assert record.status == "stopped"
    assert [t.status for t in state.trials.values()] == ["finished", "stopped"]
    result = state.result
    assert isinstance(result, SearchResult)
    assert result.best_trial == 0
    # nobody looks at the held-out test set of a search that was not finished
    assert result.scores.test is None
    assert "after 1 of 2 trials" in result.stop_reason


def test_a_stopped_hyperband_keeps_what_was_finished(store: Store) -> None:
    fields = {
        "hidden_layers": [8],
        "max_epochs": 20_000,
        "factor": 10,
        "vary": {"learning_rate": {"low": 1e-3, "high": 0.1, "scale": "log"}},
    }
    run_id = submit(store, make_spec("hyperband", fields))
    asked = False
    for _, state in follow(store, run_id):
        if not asked and sum(t.status == "finished" for t in state.trials.values()) > 2:
            stop_run(store, run_id)
            asked = True
    assert store.run(run_id).status == "stopped"
    assert isinstance(state.result, SearchResult)
    assert state.result.scores.test is None
    assert state.result.scores.validation is not None


def test_a_skipped_candidate_has_no_score_and_the_search_goes_on(store: Store) -> None:
    # the second candidate does not end by itself
    fields = LONG | {"vary": {"epochs": {"values": [2, 100_000]}}}
    run_id = submit(store, make_spec("grid_search", fields))
    asked = False
    for _, state in follow(store, run_id):
        if not asked and len(state.curve_of(1)):
            store.request(run_id, "skip")
            asked = True
    assert store.run(run_id).status == "finished"
    assert [t.status for t in state.trials.values()] == ["finished", "skipped"]
    assert not state.trials[1].scores
    assert isinstance(state.result, SearchResult)
    assert state.result.best_trial == 0


def test_a_skipped_trial_of_hyperband_is_not_promoted(store: Store) -> None:
    fields = {
        "hidden_layers": [8],
        "batch_size": 1,
        "max_epochs": 300,
        "factor": 10,
        "vary": {"learning_rate": {"low": 1e-4, "high": 0.01, "scale": "log"}},
    }
    run_id = submit(store, make_spec("hyperband", fields))
    skipped: list[int] = []
    for _, state in follow(store, run_id):
        skipped = [n for n, trial in state.trials.items() if trial.status == "skipped"]
        if not skipped and state.trials:
            store.request(run_id, "skip")
        promoted = [t.number for t in state.trials.values() if t.parent is not None]
        if skipped and promoted and not store.run(run_id).acknowledged:
            stop_run(store, run_id)
    assert store.run(run_id).status in ("stopped", "finished")
    assert skipped
    assert not any(state.trials[n].scores for n in skipped)
    assert not any(trial.parent in skipped for trial in state.trials.values())


BLOWN = DIVERGING | {"epochs": 12, "folds": 2}


def test_a_diverged_candidate_has_no_score_and_the_search_goes_on(store: Store) -> None:
    vary = {"learning_rate": [10.0, 0.001]}
    result, state = search(store, "grid_search", vary, **BLOWN)
    assert [t.status for t in state.trials.values()] == ["diverged", "finished"]
    assert not state.trials[0].scores
    assert result.best_trial == 1
    assert [item.value for item in result.importances] == [None]


@pytest.mark.parametrize("kind", ["grid_search", "hyperband"])
def test_when_all_diverge_it_says_what_to_do(store: Store, kind: str) -> None:
    fields = fields_of(kind, {"learning_rate": [9.0, 10.0]}, **BLOWN, max_epochs=12)
    if kind == "grid_search":
        del fields["max_epochs"]
    else:
        del fields["folds"], fields["epochs"]
    record, state = run(store, kind, fields)
    assert record.status == "failed"
    assert "No trial has a score" in record.message
    assert "learning rate" in record.hint
    assert {t.status for t in state.trials.values()} == {"diverged"}


def test_too_many_folds_are_told_in_a_sentence(store: Store) -> None:
    fields = fields_of("grid_search", {"units": [4, 5]}, folds=60, protocol="as_published")
    record, _ = run(store, "grid_search", fields)
    assert record.status == "failed"
    assert "folds: 60 folds need 60 rows of each class" in record.message
    assert "Choose from 2 to" in record.hint


def test_a_space_with_few_candidates_says_so(store: Store) -> None:
    _, state = search(store, "random_search", {"units": [4, 5]}, max_trials=6, epochs=1)
    assert len(state.trials) == 2
    assert any("only 2 different trials" in text for text in state.warnings)
