"""Trials on a cluster: a real scheduler, real workers, some of which die."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.cluster.dask_processes import DaskCluster
from engine.client.following import follow
from engine.client.submission import resume_run, stop_run, submit
from engine.cluster.connection import Connection
from engine.cluster.relay import Batch
from engine.kinds import make_spec
from engine.results.search import SearchResult
from engine.runs.reporter import Interrupted
from engine.runs.state import RunState, training_key
from engine.specs.cluster import Cluster
from engine.store.records import RunRecord
from engine.store.store import Store
from tests.support.engine.processes import state_of

pytestmark = pytest.mark.timeout(300)

TINY = {"hidden_layers": [8], "epochs": 3}
UNITS = {"units": {"values": [4, 8]}}
SMALL: dict[str, dict[str, Any]] = {
    "sweep": TINY | {"vary": UNITS, "repeats": 2, "repeats_over": "splits"},
    "evaluate": TINY | {"models": ["network", "logistic"], "folds": 2, "repeats": 2},
    "leaks": TINY | {"splits": 2},
    "influence": TINY | {"repeats": 2, "test_fraction": 0.4, "validation_fraction": 0.4},
    "grid_search": TINY | {"vary": UNITS, "folds": 2, "outer_folds": 2},
    "hyperband": {
        "hidden_layers": [8], "max_epochs": 4, "factor": 2,
        "vary": {"units": {"low": 4, "high": 16, "step": 1}},
    },
}  # fmt: skip

# the second trial takes a second more than the first
LONG = TINY | {"vary": {"batch_size": {"values": [4, 1]}}, "repeats": 1, "epochs": 600}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """A scheduler with two workers, which the tests of this file kill in the end."""
    found = DaskCluster(tmp_path_factory.mktemp("dask"))
    found.add_worker("first")
    found.add_worker("second")
    yield found
    found.end()


def done(store: Store, kind: str, where: str, fields: dict[str, Any]) -> tuple[RunRecord, RunState]:
    *_, last = follow(store, submit(store, make_spec(kind, fields), cluster=where))
    assert last[0].status == "finished", last[0].message
    return last


def figures(state: RunState) -> dict[str, Any]:
    """All that does not depend on how long something took."""
    assert state.result is not None
    result = state.result.model_dump(exclude={"misclassified"})
    for model in result.get("models", ()):
        model.pop("seconds")
    trials = {
        number: (
            trial.settings, trial.status, trial.effective_settings, trial.epochs,
            {name: own for name, own in trial.scores.items() if name != "seconds"},
        )
        for number, trial in state.trials.items()
    }  # fmt: skip
    curves = {
        key: [list(curve.column(name)) for name in ("loss", "val_loss", "val_accuracy")]
        for key, curve in state.curves.items()
    }
    return {"result": repr(result), "trials": trials, "curves": repr(sorted(curves.items()))}


@pytest.mark.parametrize("kind", SMALL)
def test_the_figures_are_those_of_this_machine(
    store: Store, cluster: DaskCluster, kind: str
) -> None:
    _, here = done(store, kind, "local", SMALL[kind])
    record, there = done(store, kind, cluster.address, SMALL[kind])
    assert figures(there) == figures(here)
    # provenance says where, and that processor and versions are the same
    (used,) = there.clusters
    assert used.address == cluster.address == Cluster.parse(record.cluster_text).address
    assert [(own.threads, own.same_processor) for own in used.workers] == [(2, True)]
    # what came late bears the time at which it happened
    assert all(trial.seconds and trial.seconds > 0 for trial in there.trials.values())


def test_a_run_whose_client_was_closed_is_interrupted(cluster: DaskCluster) -> None:
    # as Dask closes it where the scheduler stays away, also while nothing is asked of it
    with Connection(Cluster.parse(cluster.address)) as connection:
        pass
    batch = Batch(1, "t", ("engine.x", "y"), "hash", b"", 1, 1, "me")
    for asked in (
        lambda: connection.listen("t", print),
        lambda: connection.workers({}),
        lambda: connection.scatter("t", b"", []),
        lambda: connection.submit(batch, None, "t", None),
    ):
        with pytest.raises(Interrupted, match=f"{cluster.address} is gone") as gone:
            asked()
        assert "resume RUN" in gone.value.hint
    connection.forget("t", [])


def test_a_stop_is_heeded_and_finished_trials_are_kept(store: Store, cluster: DaskCluster) -> None:
    fields = TINY | {"vary": {"epochs": {"values": [2, 100_000]}}, "folds": 2}
    run = submit(store, make_spec("grid_search", fields), cluster=cluster.address)
    asked = 0.0
    for record, state in follow(store, run):
        # epochs of a training in view come before its end
        if not asked and len(state.curve_of(1, 0)) > 3 and state.trials[0].status == "finished":
            stop_run(store, run)
            asked = record.created
    assert record.status == "stopped"
    assert [trial.status for trial in state.trials.values()] == ["finished", "stopped"]
    assert len(state.trials[0].scores["validation"]) == 2
    assert "1 of 2 trials" in record.message


def test_a_skipped_trial_has_no_score_and_the_others_go_on(
    store: Store, cluster: DaskCluster
) -> None:
    fields = TINY | {"vary": {"epochs": {"values": [2, 100_000]}}, "folds": 2}
    run = submit(store, make_spec("grid_search", fields), cluster=cluster.address)
    asked = False
    for _, state in follow(store, run):
        # each fold is trained on a worker of its own: one that is skipped skips them all
        if not asked and all(len(state.curve_of(1, fold)) > 3 for fold in (0, 1)):
            asked = True
            store.request(run, "skip")
    assert store.run(run).status == "finished"
    assert [trial.status for trial in state.trials.values()] == ["finished", "skipped"]


def test_a_worker_that_dies_costs_its_task_and_another_may_come(
    store: Store, cluster: DaskCluster
) -> None:
    _, here = done(store, "sweep", "local", LONG)
    run = submit(store, make_spec("sweep", LONG), cluster=cluster.address)
    killed = False
    for _, state in follow(store, run):
        if not killed and state.epochs_done:
            killed = True
            cluster.kill("first")
            cluster.add_worker("third")
    assert killed
    assert store.run(run).status == "finished"
    assert figures(state) == figures(here)


def test_a_scheduler_that_goes_leaves_a_run_that_goes_on_here(
    store: Store, cluster: DaskCluster
) -> None:
    # the second trial does not end by itself
    fields = TINY | {"vary": {"epochs": {"values": [2, 100_000]}}, "folds": 2}
    spec = make_spec("grid_search", fields)
    _, here = second_skipped(store, submit(store, spec))
    run = submit(store, spec, cluster=cluster.address)
    killed = False
    for _, state in follow(store, run):
        if not killed and state.trials and state.trials[0].status == "finished":
            killed = True
            cluster.kill("scheduler")
    # what its workers still do is for nobody
    cluster.end()
    record = store.run(run)
    assert record.status == "interrupted"
    assert cluster.address in record.message
    assert f"resume {run}" in record.hint
    kept = state.trials[0]
    assert kept.status == "finished"
    assert state.trials[1].status != "finished"
    resume_run(store, run, cluster="local")
    record, state = second_skipped(store, run)
    assert record.cluster is None
    # what was finished there was not done again, and the rest comes to the same
    assert state.trials[0].started == kept.started
    assert without_second(state) == without_second(here)


def second_skipped(store: Store, run: int) -> tuple[RunRecord, RunState]:
    """A run as it ends whose second trial is skipped as soon as it is trained."""
    before, asked = len(state_of(store, run).curve_of(1)), False
    for _, state in follow(store, run):
        if not asked and len(state.curve_of(1)) > before:
            asked = True
            store.request(run, "skip")
    record = store.run(run)
    assert record.status == "finished", record.message
    assert [trial.status for trial in state.trials.values()] == ["finished", "skipped"]
    return record, state


def without_second(state: RunState) -> dict[str, Any]:
    """The figures that do not depend on when the second trial was skipped."""
    second = {training_key(1, fold) for fold in (0, 1)}
    curves = {key: curve for key, curve in state.curves.items() if key not in second}
    assert isinstance(state.result, SearchResult)
    result = state.result.model_copy(update={"epochs_spent": 0})
    return figures(replace(state, result=result, trials={0: state.trials[0]}, curves=curves))
