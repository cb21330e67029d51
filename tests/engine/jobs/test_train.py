"""A training on the real engine: paused, diverging, stopped early, as published."""

from typing import Any

import pytest

from engine.client.following import follow
from engine.client.submission import stop_run, submit
from engine.kinds import make_spec
from engine.store.store import Store
from tests.support.engine.search_runs import DIVERGING
from tests.support.engine.short_runs import LONG, run


def test_a_paused_run_waits_and_goes_on(store: Store) -> None:
    run_id = submit(store, make_spec("train", LONG["train"]))
    stage = "run"
    for record, state in follow(store, run_id):
        if stage == "run" and len(state.curve) > 3:
            store.request(run_id, "pause")
            stage = "pausing"
        elif stage == "pausing" and record.status == "paused":
            stage = "paused"
            break
    # what it had begun before it heard of the pause has come by the end of another run
    assert run(store, "train")[0].status == "finished"
    seen = store.run(run_id).epochs_run
    assert run(store, "train")[0].status == "finished"
    assert store.run(run_id).epochs_run == seen
    store.request(run_id, "resume")
    for record, _ in follow(store, run_id):
        if stage == "paused" and record.epochs_run > seen:
            stop_run(store, run_id)
            stage = "over"
    assert record.status == "stopped"


def test_a_diverging_run_stops_and_says_so(store: Store) -> None:
    fields = {"epochs": 200} | DIVERGING
    *_, (record, state) = follow(store, submit(store, make_spec("train", fields)))
    assert record.status == "diverged", record.message
    assert "epoch" in record.message
    assert "learning rate" in record.hint
    assert len(state.curve) < 200


def test_early_stopping_says_when_and_keeps_the_best_epoch(store: Store) -> None:
    stopping = {"monitor": "val_loss", "patience": 2}
    fields = {"epochs": 300, "early_stopping": stopping, "learning_rate": 0.05}
    _, state = run(store, "train", **fields)
    result: Any = state.result
    losses = list(state.curve.column("val_loss"))
    assert result.epochs_run == len(losses) < 300
    assert result.epoch_kept == losses.index(min(losses)) + 1
    assert f"early stopping after epoch {len(losses)}" in result.stop_reason
    # the kept weights are the ones scored
    kept = state.curve.at(result.epoch_kept)
    assert kept is not None
    assert result.scores.validation.accuracy.value == pytest.approx(kept["val_accuracy"], abs=1e-6)


def test_every_evaluation_of_a_test_row_is_counted(store: Store) -> None:
    split = {"split_seed": 4321}
    first, *others = [run(store, "baseline", **split)[0].test_evaluations for _ in range(3)]
    assert others == [first + 1, first + 2]
    # another split shares some of these rows
    assert run(store, "baseline", split_seed=4322)[0].test_evaluations > 1


def test_a_failed_run_says_what_to_do(store: Store, tmp_path: Any) -> None:
    path = tmp_path / "one_class.csv"
    path.write_text("a,label\n" + "".join(f"{i},x\n" for i in range(30)))
    fields = {"data": str(path), "target": "label"}
    *_, (record, _) = follow(store, submit(store, make_spec("baseline", fields)))
    assert record.status == "failed"
    assert "class" in record.message
    assert record.hint


def test_as_published_has_the_posts_shapes_and_parameters(store: Store) -> None:
    from engine.specs.presets import TRAIN_PRESETS

    expected = {"no-hidden": 21, "one-hidden": 1003, "two-hidden": 11103}
    for preset, parameters in expected.items():
        fields = TRAIN_PRESETS[preset] | {"protocol": "as_published"}
        *_, (record, state) = follow(store, submit(store, make_spec("train", fields)))
        assert record.status == "finished", record.message
        assert record.parameters == parameters
        assert state.data is not None
        assert (state.data.split_rows["train"], state.data.split_rows["test"]) == (275, 69)
        assert len(state.data.features) == 6
        assert record.val_accuracy is None
        assert any("published" in text for text in state.warnings)
