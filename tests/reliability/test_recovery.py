"""A run that is cut off goes on, and comes to what it would have come to anyway."""

import os
import signal
import time

import pytest

from engine.client.process import reconcile, stop_engine
from engine.client.submission import resume_run, stop_run, submit
from engine.kinds import make_spec
from engine.runs.state import Trial
from engine.store.locks import engine_alive
from engine.store.store import Store
from tests.support.engine.processes import curves, integrity, kill_engine, state_of, wait_until

TRAIN = {
    "epochs": 1500,
    "hidden_layers": [24],
    "dropout": 0.3,
    "schedule": "cosine_restarts",
    "early_stopping": {"patience": 1400, "monitor": "val_loss"},
}
SWEEP = {
    "epochs": 120,
    "hidden_layers": [16],
    "repeats": 3,
    "vary": {"learning_rate": {"values": [0.001, 0.003, 0.01]}},
}


def trials_done(store: Store, run: int) -> dict[int, Trial]:
    return {n: t for n, t in state_of(store, run).trials.items() if t.status == "finished"}


@pytest.mark.timeout(400)
def test_killed_in_the_middle_a_run_comes_to_the_same(store: Store) -> None:
    specs = [make_spec("train", TRAIN), make_spec("sweep", SWEEP)]
    whole = [submit(store, spec) for spec in specs]
    wait_until(store, lambda: all(not store.run(run).live for run in whole))
    cut = [submit(store, spec) for spec in specs]
    train, sweep = cut
    # the sweep somewhere in the middle, the training where it has a checkpoint
    wait_until(
        store,
        lambda: (
            any(not store.run(run).live for run in cut)
            or (store.checkpoints(train) and trials_done(store, sweep))
        ),
    )
    kill_engine(store)
    killed = time.monotonic()
    running = [run for run in cut if store.run(run).live]
    reconcile(store)
    # at once: some hundredths of a second of work, on a machine that may be busy
    assert time.monotonic() - killed < 8
    assert [store.run(run).status for run in running] == ["lost"] * len(running)
    assert integrity(store.home) == "ok"
    kept = trials_done(store, sweep)
    for run in running:
        resume_run(store, run)
    wait_until(store, lambda: all(not store.run(run).live for run in cut))
    for one, other in zip(whole, cut, strict=True):
        a, b = state_of(store, one), state_of(store, other)
        assert store.run(other).status == "finished", store.run(other).message
        assert curves(a) == curves(b)
        assert a.result == b.result
        assert store.run(one).epochs_run == store.run(other).epochs_run
        assert store.checkpoints(other) == {}
    # what was done before the last kill was not done again
    after = state_of(store, sweep).trials
    assert {n: after[n].started for n in kept} == {n: t.started for n, t in kept.items()}


@pytest.mark.timeout(300)
def test_asked_to_end_the_engine_leaves_everything_ready_to_go_on(store: Store) -> None:
    train = submit(store, make_spec("train", {"epochs": 100_000, "hidden_layers": [8]}))
    wait_until(store, lambda: store.run(train).epochs_run > 50)
    record = store.engine()
    assert record is not None
    os.kill(record.pid, signal.SIGTERM)
    wait_until(store, lambda: not engine_alive(store.home))
    assert store.run(train).status == "interrupted"
    assert "resume" in store.run(train).hint
    before = curves(state_of(store, train))[0][0]
    seen = store.run(train).epochs_run
    # the checkpoint is the one of the last epoch there is
    assert store.checkpoints(train)
    resume_run(store, train)
    wait_until(store, lambda: store.run(train).epochs_run > seen + 50)
    assert curves(state_of(store, train))[0][0].startswith(before)
    store.request(train, "pause")
    wait_until(store, lambda: store.run(train).status == "paused")
    assert stop_engine(store.home)
    # nobody works on it, nothing has to be started for it, and it is still paused
    reconcile(store)
    assert store.run(train).status == "paused"
    assert not engine_alive(store.home)
    stop_run(store, train)
    reconcile(store)
    assert store.run(train).status == "stopped"
