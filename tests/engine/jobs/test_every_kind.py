"""What every kind of run promises, tried on the real engine process."""

import json
import random
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.client.following import follow
from engine.client.submission import stop_run, submit
from engine.kinds import KINDS, make_spec
from engine.runs.events import Ended
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.store.store import Store
from tests.support.engine.search_runs import DIVERGING

# promised: 0.5 s and 2 s, which benchmarks.torture measures; other tests are at work beside this
ACKNOWLEDGED_SECONDS, STOPPED_SECONDS = 2.5, 6.0
# the run of a kind, and what folds from it
Finished = Callable[[str], tuple[RunRecord, RunState]]
SPECS: dict[str, dict[str, Any]] = {
    "describe": {},
    "baseline": {},
    "sweep": {
        "epochs": 3,
        "hidden_layers": [12],
        "repeats": 2,
        "vary": {"units": {"values": [8, 12]}},
    },
    "evaluate": {"epochs": 3, "hidden_layers": [12], "folds": 3, "repeats": 2},
    "learning_curve": {"epochs": 3, "hidden_layers": [12], "sizes": 4, "repeats": 2},
    "influence": {"epochs": 2, "hidden_layers": [12], "repeats": 2},
    "leaks": {"epochs": 3, "hidden_layers": [12], "splits": 2, "tried": 2},
    "train": {"epochs": 6, "hidden_layers": [24, 16], "dropout": 0.3, "kernel_l2": 0.001},
    "random_search": {
        "epochs": 3,
        "hidden_layers": [12],
        "max_trials": 3,
        "vary": {
            "learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"},
            "batch_size": {"low": 12, "high": 16},
        },
    },
    "grid_search": {
        "epochs": 3,
        "hidden_layers": [12],
        "vary": {"learning_rate": {"values": [0.01, 0.05]}},
        "early_stopping": {"patience": 1},
        "outer_folds": 2,
    },
    "hyperband": {
        "hidden_layers": [12],
        "max_epochs": 4,
        "factor": 2,
        "vary": {"learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"}},
    },
}
LONG = {"train": {"epochs": 100_000, "hidden_layers": [16]}}
ENDLESS: dict[str, dict[str, Any]] = LONG | {
    "sweep": SPECS["sweep"] | {"epochs": 50_000},
    "random_search": SPECS["random_search"] | {"epochs": 50_000},
    "grid_search": SPECS["grid_search"] | {"epochs": 50_000, "early_stopping": None},
    "evaluate": SPECS["evaluate"] | {"epochs": 50_000},
    "learning_curve": SPECS["learning_curve"] | {"epochs": 50_000},
    "influence": SPECS["influence"] | {"epochs": 50_000},
    "leaks": SPECS["leaks"] | {"epochs": 50_000},
    "hyperband": SPECS["hyperband"] | {"max_epochs": 20_000, "factor": 10},
    "reproduce": {"seeds": 50},
}


def run(store: Store, kind: str, **fields: Any) -> tuple[RunRecord, RunState]:
    *_, last = follow(store, submit(store, make_spec(kind, SPECS[kind] | fields)))
    return last


@pytest.fixture(scope="module")
def finished(engine_home: Path) -> Finished:
    """A run of each kind, made when it is first asked for."""

    @cache
    def finished(kind: str) -> tuple[RunRecord, RunState]:
        with Store.open(engine_home) as store:
            return run(store, kind)

    return finished


def figures(state: RunState) -> dict[str, Any]:
    """All that must not differ between two runs of the same spec."""
    assert state.result is not None
    columns = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
    epochs = {
        key: [list(curve.column(name)) for name in columns] for key, curve in state.curves.items()
    }
    trials = {
        n: [t.status, t.settings, t.effective_settings, _timeless(t.scores)]
        for n, t in state.trials.items()
    }
    result = _timeless(state.result.model_dump(mode="json"))
    return {"result": result, "epochs": epochs, "trials": trials}


def _timeless(value: Any) -> Any:
    """Without the seconds that an evaluation's models took."""
    if isinstance(value, dict):
        return {name: _timeless(own) for name, own in value.items() if name != "seconds"}
    return [_timeless(own) for own in value] if isinstance(value, list) else value


def _text(state: RunState) -> str:
    """The figures as text, in which NaN equals NaN; trials of a fleet start in any order."""
    return json.dumps(figures(state), sort_keys=True)


def test_every_kind_that_can_run_is_tried() -> None:
    # the reproduction runs all the others and has tests of its own
    assert set(SPECS) | {"reproduce"} == set(KINDS)


@pytest.mark.parametrize("kind", SPECS)
def test_a_run_ends_once_with_a_result(store: Store, finished: Finished, kind: str) -> None:
    record, state = finished(kind)
    assert record.status == "finished", record.message
    assert state.result is not None
    assert state.result.kind == kind
    ends = [event for event in store.events(record.id)[1] if isinstance(event, Ended)]
    assert len(ends) == 1


@pytest.mark.parametrize("kind", SPECS)
def test_the_same_spec_gives_the_same_figures_to_the_bit(
    store: Store, finished: Finished, kind: str
) -> None:
    assert _text(finished(kind)[1]) == _text(run(store, kind)[1])


def test_another_seed_gives_other_figures(store: Store) -> None:
    one, other = run(store, "train", seed=1)[1], run(store, "train", seed=2)[1]
    assert figures(one)["epochs"] != figures(other)["epochs"]


def test_two_runs_at_once_equal_each_alone(store: Store) -> None:
    specs = [
        make_spec("train", SPECS["train"] | {"seed": seed, "epochs": 40, "batch_size": batch})
        for seed, batch in ((1, 16), (2, 12))
    ]
    alone = []
    for spec in specs:
        *_, (_, state) = follow(store, submit(store, spec))
        alone.append(figures(state))
    together = [submit(store, spec) for spec in specs]
    for run_id, expected in zip(together, alone, strict=True):
        *_, (record, state) = follow(store, run_id)
        assert record.status == "finished"
        assert json.dumps(figures(state)) == json.dumps(expected)


def test_a_stop_is_acknowledged_and_the_run_ends(store: Store) -> None:
    run_id = submit(store, make_spec("train", LONG["train"]))
    asked = False
    for now in follow(store, run_id):
        if not asked and len(now[1].curve) > 3:
            stop_run(store, run_id)
            asked = True
    record, state = now
    assert record.status == "stopped"
    assert record.acknowledged is not None
    assert state.result is not None
    assert record.val_accuracy is not None
    # nobody looks at the held-out test set of a run that was not finished
    assert record.test_accuracy is None
    assert "stopped" in state.result.stop_reason  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_stop_at_any_moment_leaves_nothing_half_done(store: Store, kind: str) -> None:
    chance = random.Random(kind)
    acknowledged, stopped = [], []
    for _ in range(2):
        run_id = submit(store, make_spec(kind, ENDLESS[kind]))
        asked, wait = 0.0, chance.random()
        for now in follow(store, run_id):
            started = now[0].started
            if not asked and started is not None and time.time() - started > wait:
                stop_run(store, run_id)
                asked = time.time()
        record, state = now
        assert record.status == "stopped"
        assert record.acknowledged is not None
        assert record.ended is not None
        acknowledged.append(record.acknowledged - asked)
        stopped.append(record.ended - asked)
        assert "running" not in {trial.status for trial in state.trials.values()}
        # nobody looks at the held-out test set of a run that was not finished
        assert record.test_accuracy is None
    # a busy machine breaks a promise now and then, an engine that does not heed a stop always
    assert min(acknowledged) < ACKNOWLEDGED_SECONDS
    assert min(stopped) < STOPPED_SECONDS


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


def test_the_model_is_left_as_a_plain_keras_file(store: Store, finished: Finished) -> None:
    import io
    import zipfile

    record, _ = finished("train")
    body = store.artefact(record.id, "model.keras")
    assert body is not None
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        config = json.loads(archive.read("config.json"))
    assert config["class_name"] == "Sequential"
    assert config["module"].startswith("keras")
    assert store.artefact(record.id, "preparation.json")


def test_provenance_is_kept(finished: Finished) -> None:
    record, _ = finished("train")
    assert {"penguin_tui", "cpu", "threads", "trainer", "python", "versions"} <= set(
        record.provenance
    )
    assert record.data_sha256
    assert len(record.data_sha256) == 64


# -- the post as published ----------------------------------------------------------------------


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
