"""Searches on the real engine: what they report, and that company changes nothing."""

import math
import statistics
from typing import Any

import pytest

from engine.client.following import follow
from engine.client.submission import submit
from engine.kinds import make_spec
from engine.results.search import SearchResult
from engine.store.home import work_path
from engine.store.store import Store
from tests.support.engine.search_runs import (
    COLUMNS,
    beside,
    epochs_of,
    fields_of,
    run,
    search,
    text_of,
)


def test_training_accuracies_of_hyperband_are_those_of_the_networks_that_are_kept(
    store: Store,
) -> None:
    result, state = search(store, "hyperband", {"dropout": [0.5]} | beside("hyperband"))
    best = state.trials[result.best_trial]
    assert best.scores["train"] == (pytest.approx(result.scores.train.accuracy.value),)
    assert result.scores.validation is not None
    assert best.scores["validation"] == (pytest.approx(result.scores.validation.accuracy.value),)
    for trial in state.trials.values():
        rows = result.scores.train.rows * trial.scores["train"][0]
        assert rows == pytest.approx(round(rows), abs=1e-3)
        assert trial.scores["train"][0] not in epochs_of(state, trial.number)["accuracy"]


def test_few_candidates_are_each_tried_once(store: Store) -> None:
    few = {"low": 1, "high": 5, "scale": "log"}
    _, state = search(store, "random_search", {"epochs": few})
    assert sorted(t.settings["epochs"] for t in state.trials.values()) == [1, 2, 3, 4, 5]


# -- as published ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["random_search", "grid_search"])
def test_as_published_all_candidates_are_the_same_network(store: Store, kind: str) -> None:
    vary = {"learning_rate": [0.001, 0.2], "batch_size": [10, 16], "epochs": [2, 3]}
    own = {"protocol": "as_published", "epochs": 2, "batch_size": 12}
    result, state = search(store, kind, vary, **own)
    assert len({t.settings["learning_rate"] for t in state.trials.values()}) == 2
    for trial in state.trials.values():
        used = trial.effective_settings
        assert (used["learning_rate"], used["batch_size"], used["epochs"]) == (0.001, 12, 2)
    assert result.note.startswith("All trials were the same network")
    # trained again from other weights, as in the post: the ranking is chance
    assert len({trial.scores["train"] for trial in state.trials.values()}) > 1
    assert all(item.value is None for item in result.importances)
    assert result.scores.validation is None
    assert result.scores.test is not None


def test_as_published_hyperband_starts_its_schedule_again_in_every_rung(store: Store) -> None:
    schedule = {"name": "exponential", "decay_steps": 10, "factor": 0.5}
    vary = {"units": {"low": 6, "high": 12, "step": 1}}
    for protocol, starts_again in (("as_published", True), ("strict", False)):
        result, state = search(
            store, "hyperband", vary, protocol=protocol, schedule=schedule, learning_rate=0.01
        )
        promoted = next(t for t in state.trials.values() if t.parent is not None)
        rates = epochs_of(state, promoted.number)["learning_rate"]
        before = epochs_of(state, promoted.parent or 0)["learning_rate"]
        assert (rates[0] >= before[0]) == starts_again
        assert bool(result.note) == starts_again


# -- what is reported -----------------------------------------------------------------------------


def test_scores_of_folds_choose_and_the_test_part_is_scored_once(store: Store) -> None:
    vary = {"learning_rate": {"low": 1e-4, "high": 0.05, "scale": "log"}}
    record, state = run(
        store, "random_search", fields_of("random_search", vary, max_trials=4, folds=3)
    )
    result = state.result
    assert isinstance(result, SearchResult)
    means = {n: statistics.fmean(t.scores["validation"]) for n, t in state.trials.items()}
    assert result.best_trial == max(means, key=lambda n: (means[n], -n))
    assert result.selection_score == pytest.approx(means[result.best_trial], abs=1e-12)
    assert all(len(t.scores["validation"]) == 3 for t in state.trials.values())
    assert result.scores.test is not None
    assert record.test_evaluations >= 1
    # the refit is there to be looked at, behind the folds
    assert len(state.curve_of(result.best_trial, 3)) == result.epochs_run
    assert state.plan is not None
    assert (state.plan.trials, state.plan.trainings) == (4, 13)
    assert state.plan.epochs == state.epochs_done == result.epochs_spent
    assert store.artefact(record.id, "model.keras")


def test_early_stopping_in_a_fold_does_not_look_at_the_fold(store: Store) -> None:
    stopping = {"monitor": "val_loss", "patience": 0}
    result, state = search(
        store, "grid_search", {"learning_rate": [0.05, 0.1]}, epochs=40, early_stopping=stopping
    )
    assert state.data is not None
    pool = state.data.split_rows["train"] + state.data.split_rows["validation"]
    for trial in state.trials.values():
        assert trial.epochs < 80
        # fewer steps than the fold has rows for: a part of them decides when to stop
        used = trial.effective_settings
        assert used["steps"] < math.ceil(pool / 2 / 16) * used["epochs"]
    # the refit keeps a part back in the same way
    assert result.scores.validation is not None
    assert result.scores.train.rows + result.scores.validation.rows == pool
    assert "early stopping" in result.stop_reason


def test_hyperband_reports_brackets_rungs_and_promotions(store: Store) -> None:
    vary = {"units": {"low": 6, "high": 32, "step": 1}}
    result, state = search(store, "hyperband", vary)
    work = make_spec("hyperband", fields_of("hyperband", vary)).workload  # type: ignore[attr-defined]
    assert state.plan is not None
    assert (state.plan.trials, state.plan.epochs) == (work.trials, work.epochs)
    assert len(state.trials) == work.trials
    assert state.epochs_done == result.epochs_spent == work.epochs
    for trial in state.trials.values():
        assert list(trial.settings) == ["units"]
        bracket, _, rung = trial.group.partition(", ")
        assert bracket.startswith("bracket ")
        assert (rung == "rung 0") == (trial.parent is None)
        if trial.parent is not None:
            parent = state.trials[trial.parent]
            assert parent.settings == trial.settings
            assert parent.group.startswith(bracket)
            assert state.curve_of(trial.number).chunks[0].first == parent.epochs_planned + 1
            assert state.curve_of(trial.number).last_epoch == trial.epochs_planned


def test_a_promoted_trial_is_to_the_bit_the_longer_training(store: Store) -> None:
    own = {
        "dropout": 0.3,
        "learning_rate": 0.05,
        "schedule": {"name": "cosine_restarts", "first_decay_steps": 20},
    }
    _, state = search(store, "hyperband", {"units": {"low": 6, "high": 32, "step": 1}}, **own)
    last = next(t for t in state.trials.values() if t.group == "bracket 2, rung 2")
    chain = [last]
    while chain[0].parent is not None:
        chain.insert(0, state.trials[chain[0].parent])
    joined = {
        name: [v for trial in chain for v in epochs_of(state, trial.number)[name]]
        for name in COLUMNS
    }
    alone = own | {"hidden_layers": [last.settings["units"]], "epochs": 4, "batch_size": 16}
    _, straight = run(store, "train", alone)
    assert joined == epochs_of(straight, 0)


# -- company --------------------------------------------------------------------------------------


def test_searches_at_once_and_beside_a_training_equal_each_alone(store: Store) -> None:
    rates = {"learning_rate": {"low": 1e-3, "high": 0.1, "scale": "log"}}
    specs = [
        make_spec("grid_search", fields_of("grid_search", {"units": [6, 9]}, dropout=0.2)),
        make_spec("random_search", fields_of("random_search", rates, max_trials=4, seed=5)),
        make_spec("hyperband", fields_of("hyperband", rates, seed=0)),
        make_spec("train", {"epochs": 60, "hidden_layers": [20], "dropout": 0.4}),
    ]
    alone = []
    for spec in specs:
        *_, (_, state) = follow(store, submit(store, spec))
        alone.append(text_of(state))
    together = [submit(store, spec) for spec in specs]
    for run_id, expected in zip(together, alone, strict=True):
        *_, (record, state) = follow(store, run_id)
        assert record.status == "finished", record.message
        assert text_of(state) == expected


def test_nothing_is_left_in_the_engines_work_folder(store: Store) -> None:
    search(store, "hyperband", {"units": {"low": 6, "high": 32, "step": 1}}, max_epochs=2)
    (folder,) = work_path(store.home).iterdir()
    # the mark, and TensorFlow's sources of what it has compiled
    assert {path.suffix for path in folder.iterdir()} <= {".made-by-penguin-tui", "", ".py"}
    assert not [path for path in folder.iterdir() if path.is_dir()]


@pytest.mark.parametrize("kind", ["random_search", "hyperband"])
def test_another_seed_draws_other_candidates(store: Store, kind: str) -> None:
    vary = {"learning_rate": {"low": 1e-3, "high": 0.1, "scale": "log"}}
    drawn = [
        [t.settings for t in search(store, kind, vary, seed=seed, **few(kind))[1].trials.values()]
        for seed in (0, 1)
    ]
    assert drawn[0][0] != drawn[1][0]


def few(kind: str) -> dict[str, Any]:
    return {"max_epochs": 2} if kind == "hyperband" else {"max_trials": 2, "epochs": 1}
