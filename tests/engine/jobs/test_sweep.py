"""Sweeps on the real engine: settings take effect, and company changes nothing."""

from typing import Any

import pytest

from engine.client.following import follow
from engine.client.submission import submit
from engine.data.datasets import PreprocessedData
from engine.data.types import Check, unheeded
from engine.jobs.phases.read_data import read_and_preprocess
from engine.jobs.sweep import Splits, SweepWatch, train_trials
from engine.jobs.trials.progress import TrialProgress
from engine.kinds import make_spec
from engine.planning.sweep import trial_settings
from engine.results.scores import TrainResult
from engine.results.search import SweepResult
from engine.runs.executor import perform
from engine.runs.reporter import Reporter
from engine.runs.state import RunState
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.sweep import SweepSpec
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.results.scores import loss_lines

SMALL = {"hidden_layers": [16], "epochs": 4}
REGULARIZED = {"dropout": 0.1, "kernel_l2": 0.001}
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


def run(store: Store, kind: str, **fields: Any) -> tuple[RunRecord, RunState]:
    *_, last = follow(store, submit(store, make_spec(kind, SMALL | fields)))
    assert last[0].status == "finished", last[0].message
    return last


def sweep(store: Store, vary: dict[str, Any], **fields: Any) -> tuple[SweepResult, RunState]:
    listed = {name: {"values": values} for name, values in vary.items()}
    _, state = run(store, "sweep", vary=listed, **fields)
    assert isinstance(state.result, SweepResult)
    return state.result, state


def epochs_of(state: RunState, trial: int = 0) -> dict[str, list[float]]:
    return {name: list(state.curve_of(trial).column(name)) for name in COLUMNS}


def test_each_network_of_a_sweep_equals_its_single_training(store: Store) -> None:
    result, state = sweep(store, {"units": [8, 24]}, repeats=2, seed=3)
    assert [point.value for point in result.points] == [8, 24]
    for number, trial in state.trials.items():
        layers = [trial.settings["units"]]
        _, alone = run(store, "train", hidden_layers=layers, seed=trial.settings["seed"])
        assert epochs_of(state, number) == epochs_of(alone)


def test_a_runs_beginning_is_its_shorter_run(store: Store) -> None:
    result, state = sweep(store, {"epochs": [2, 5, 7]}, repeats=2)
    # one training for each seed, not one for each value
    assert len(state.trials) == 2
    for point in result.points:
        shorter = [run(store, "train", epochs=point.value, seed=seed)[1] for seed in (0, 1)]
        last = [one.curve.at(int(point.value)) for one in shorter]
        accuracies = [figures["val_accuracy"] for figures in last if figures]
        assert point.validation.mean == pytest.approx(sum(accuracies) / 2, abs=0)


@pytest.mark.parametrize(
    "stopping", [None, {"patience": 2}, {"patience": 2, "restore_best": False}]
)
def test_training_accuracies_are_those_of_the_networks_that_are_kept(
    store: Store, stopping: dict[str, Any] | None
) -> None:
    fields = {"early_stopping": stopping, "dropout": 0.5}
    by_epochs, _ = sweep(store, {"epochs": [5, 3, 9]}, repeats=1, **fields)
    by_units, state = sweep(store, {"units": [8, 24]}, repeats=1, **fields)
    settings = [{"epochs": point.value} for point in by_epochs.points]
    settings += [{"hidden_layers": [point.value]} for point in by_units.points]
    for point, own in zip((*by_epochs.points, *by_units.points), settings, strict=True):
        _, alone = run(store, "train", **fields | own)
        assert isinstance(alone.result, TrainResult)
        assert point.train.mean == pytest.approx(alone.result.scores.train.accuracy.value)
    # not the running mean of an epoch
    logged = [state.curve_of(n).at(t.epochs)["accuracy"] for n, t in state.trials.items()]
    assert logged != [point.train.mean for point in by_units.points]


def test_a_learning_rate_of_almost_nothing_does_not_learn(store: Store) -> None:
    _, state = sweep(store, {"learning_rate": [1e-9, 0.01]}, repeats=1)
    still, learning = epochs_of(state, 0)["loss"], epochs_of(state, 1)["loss"]
    assert abs(still[0] - still[-1]) < 0.01
    assert learning[-1] < 0.7 * learning[0]
    used = [state.trials[n].effective_settings["learning_rate"] for n in (0, 1)]
    assert used == pytest.approx([1e-9, 0.01])


def test_a_batch_size_changes_the_number_of_steps(store: Store) -> None:
    _, state = sweep(store, {"batch_size": [8, 15]}, repeats=1)
    assert [state.trials[n].effective_settings["steps"] for n in (0, 1)] == [26 * 4, 14 * 4]


@pytest.mark.parametrize(
    ("setting", "values", "own"),
    [
        ("layers", [1, 2], {}),
        ("dropout", [0.0, 0.5], {}),
        # what is compiled for these is what other tests need as well
        ("kernel_l2", [0.001, 0.1], REGULARIZED),
        ("activation", ["relu", "tanh"], REGULARIZED),
        ("optimizer", ["adam", "sgd"], REGULARIZED),
    ],
)
def test_every_other_setting_changes_the_training(
    store: Store, setting: str, values: list[Any], own: dict[str, Any]
) -> None:
    _, state = sweep(store, {setting: values}, repeats=1, **own)
    assert epochs_of(state, 0)["loss"] != epochs_of(state, 1)["loss"]


def test_only_the_chosen_value_is_scored_on_the_test_part(store: Store) -> None:
    before, _ = run(store, "train", split_seed=987)
    *_, (record, state) = follow(
        store,
        submit(
            store,
            make_spec(
                "sweep",
                SMALL
                | {"vary": {"units": {"values": [4, 8, 12]}}, "split_seed": 987, "repeats": 2},
            ),
        ),
    )
    result = state.result
    assert isinstance(result, SweepResult)
    assert record.test_evaluations == before.test_evaluations + 1
    assert result.layers[0].output_shape == (result.chosen,)


def test_first_layer_units_share_a_total(store: Store) -> None:
    _, state = sweep(
        store, {"first_layer_units": [3, 17]}, hidden_layers=[10, 10], repeats=1, epochs=1
    )
    used = [state.trials[n].effective_settings["hidden_layers"] for n in (0, 1)]
    assert used == [[3, 17], [17, 3]]


def test_repeats_over_splits_draw_a_validation_set_each_and_leave_the_test_set(
    store: Store,
) -> None:
    vary, fields = {"units": [8, 24]}, {"repeats": 3, "seed": 5, "epochs": 12}
    over_seeds, on_one = sweep(store, vary, **fields)
    over_splits, state = sweep(store, vary, repeats_over="splits", **fields)
    assert over_splits.test_set_id == over_seeds.test_set_id
    rows = state.data.split_rows
    for one, other in zip(over_seeds.points, over_splits.points, strict=True):
        assert one.validation.covers in ("seeds", "rows")
        assert one.validation.test_over_train == 0
        assert other.validation.covers in ("splits", "rows")
        assert other.validation.test_over_train == rows["validation"] / rows["train"]
        # of rows that were fitted no interval over splits is known
        assert other.train.covers is None
    # the first repeat is the split that the settings name, the others are not
    same = [
        alone.scores == over.scores
        for alone, over in zip(on_one.trials.values(), state.trials.values(), strict=True)
    ]
    assert same[0]
    assert not all(same)


def test_a_skip_that_was_requested_between_two_splits_skips_no_trial() -> None:
    vary = {"units": {"values": [3, 4]}}
    spec = make_spec(
        "sweep", SMALL | {"vary": vary, "repeats": 2, "repeats_over": "splits", "epochs": 1}
    )
    assert isinstance(spec, SweepSpec)
    reporter = Reporter(wake=lambda: reporter.drain())

    class SkippedMeanwhile(Splits):
        def of(self, seed: int, check: Check = unheeded) -> PreprocessedData:
            reporter.request_skip()
            return super().of(seed, check)

    splits = SkippedMeanwhile(spec, read_and_preprocess(spec, reporter))
    trials = [TrialProgress(n, own, 1) for n, own in enumerate(trial_settings(spec))]
    watch = SweepWatch(reporter, RunState())
    perform(train_trials, splits, trials, watch, reporter)
    assert [trial.status for trial in watch.state.trials.values()] == ["finished"] * 4


def test_as_published_has_no_validation_set_to_draw_again() -> None:
    fields = {"vary": {"units": {"values": [8, 24]}}, "protocol": "as_published"}
    with pytest.raises(InvalidSpec, match=r"repeats_over: .* as_published has not"):
        make_spec("sweep", fields | {"repeats_over": "splits"})


def test_the_validation_loss_is_the_log_loss_and_the_penalties(store: Store) -> None:
    for penalty in (0.0, 0.01):
        _, state = run(store, "train", kernel_l2=penalty, dropout=0.1)
        assert isinstance(state.result, TrainResult)
        assert state.result.scores.validation is not None
        figures = state.result.scores.validation.figures
        last = state.curve.at(4)
        assert last is not None
        assert figures["loss"] == pytest.approx(last["val_loss"], rel=1e-4)
        penalties = figures["loss"] - figures["log_loss"]
        assert (penalties > 0.01) if penalty else penalties == pytest.approx(0.0, abs=1e-5)
        (line,) = loss_lines(state.result)
        assert plain(line).startswith("val_loss ")
        assert " = log loss " in plain(line)
