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
from tests.support.engine.short_runs import LONG, SPECS, run

# promised: 0.5 s and 2 s, which benchmarks.torture measures; other tests are at work beside this
ACKNOWLEDGED_SECONDS, STOPPED_SECONDS = 2.5, 6.0

# the run of a kind, and what folds from it
Finished = Callable[[str], tuple[RunRecord, RunState]]


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
