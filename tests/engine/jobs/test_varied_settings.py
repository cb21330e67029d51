"""The settings that a search varies take effect."""

import itertools
import json
import math
from typing import Any

import pytest

from engine.runs.state import RunState, Trial
from engine.store.store import Store
from tests.support.engine.search_runs import (
    SEARCHES,
    beside,
    epochs_of,
    search,
)


def longest_of(state: RunState, setting: str, value: Any) -> Trial:
    """Of the trials from scratch with this value the one with the most epochs."""
    return max(
        (t for t in state.trials.values() if t.settings[setting] == value and t.parent is None),
        key=lambda trial: len(state.curve_of(trial.number)),
    )


@pytest.mark.parametrize("kind", SEARCHES)
def test_a_learning_rate_of_almost_nothing_does_not_learn(store: Store, kind: str) -> None:
    _, state = search(store, kind, {"learning_rate": [1e-9, 0.01]} | beside(kind))
    still, learning = (longest_of(state, "learning_rate", rate) for rate in (1e-9, 0.01))
    losses = epochs_of(state, still.number)["loss"]
    assert len(losses) == 4
    assert abs(losses[0] - losses[-1]) < 0.01
    losses = epochs_of(state, learning.number)["loss"]
    assert len(losses) == 4
    assert losses[-1] < 0.8 * losses[0]
    assert still.effective_settings["learning_rate"] == pytest.approx(1e-9)
    assert learning.effective_settings["learning_rate"] == pytest.approx(0.01)
    assert epochs_of(state, still.number)["learning_rate"] == pytest.approx([1e-9] * 4)


@pytest.mark.parametrize("kind", SEARCHES)
def test_a_batch_size_changes_the_number_of_steps(store: Store, kind: str) -> None:
    _, state = search(store, kind, {"batch_size": [8, 16]} | beside(kind))
    assert state.data is not None
    rows = state.data.split_rows["train"]
    if kind != "hyperband":
        rows = math.ceil((rows + state.data.split_rows["validation"]) / 2)
    for size in (8, 16):
        used = longest_of(state, "batch_size", size).effective_settings
        assert used["batch_size"] == size
        assert used["steps"] == math.ceil(rows / size) * used["epochs"]


@pytest.mark.parametrize("kind", SEARCHES)
def test_units_and_layers_change_the_network(store: Store, kind: str) -> None:
    result, state = search(store, kind, {"units": [6, 10], "layers": [1, 2]})
    for trial in state.trials.values():
        expected = [trial.settings["units"]] * trial.settings["layers"]
        assert trial.effective_settings["hidden_layers"] == expected
    best = result.best_settings
    assert state.data is not None
    widths = [best["units"]] * best["layers"]
    sizes = [len(state.data.features), *widths, len(state.data.classes)]
    assert result.parameters == sum((a + 1) * b for a, b in itertools.pairwise(sizes))


@pytest.mark.parametrize("kind", SEARCHES)
def test_dropout_regularizers_activation_and_optimizer_reach_the_network(
    store: Store, kind: str
) -> None:
    vary = {
        "dropout": [0.2, 0.5],
        "kernel_l2": [0.001, 0.01],
        "activation": ["relu", "tanh"],
        "optimizer": ["adam", "sgd"],
    }
    own = {"max_epochs": 2} if kind == "hyperband" else {"epochs": 1}
    _, state = search(store, kind, vary, **own)
    assert len({json.dumps(t.settings, sort_keys=True) for t in state.trials.values()}) > 2
    for trial in state.trials.values():
        used = trial.effective_settings
        assert used["dropout"] == [trial.settings["dropout"]]
        assert used["activation"] == trial.settings["activation"]
        assert used["optimizer"] == trial.settings["optimizer"]
        assert used["kernel_l2"] == [trial.settings["kernel_l2"]]


def test_epochs_are_those_of_the_candidate(store: Store) -> None:
    _, state = search(store, "grid_search", {"epochs": [2, 5]})
    for trial in state.trials.values():
        assert trial.effective_settings["epochs"] == trial.settings["epochs"]
        assert trial.epochs == 2 * trial.settings["epochs"]
        for fold in (0, 1):
            assert len(state.curve_of(trial.number, fold)) == trial.settings["epochs"]


def test_class_weights_take_effect(store: Store) -> None:
    _, state = search(store, "grid_search", {"class_weight": ["none", "balanced"]})
    losses = [epochs_of(state, n)["loss"] for n in (0, 1)]
    assert losses[0] != losses[1]
    assert [t.settings["class_weight"] for t in state.trials.values()] == ["none", "balanced"]


@pytest.mark.parametrize("schedule", ["constant", {"name": "step_decay", "every": 1}])
def test_a_candidate_is_the_same_whatever_was_tried_before(store: Store, schedule: Any) -> None:
    own = {"dropout": 0.3, "schedule": schedule}
    _, first = search(store, "grid_search", {"learning_rate": [0.05, 0.02]}, **own)
    _, later = search(store, "grid_search", {"learning_rate": [0.01, 0.002, 0.05]}, **own)
    for fold in (0, 1):
        assert epochs_of(first, 0, fold) == epochs_of(later, 2, fold)
    assert first.trials[0].effective_settings == later.trials[2].effective_settings
