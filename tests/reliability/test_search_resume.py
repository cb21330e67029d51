"""A search whose engine is killed goes on: no finished trial is trained again."""

from collections import Counter

import pytest

from engine.client.process import reconcile
from engine.client.submission import resume_run, submit
from engine.kinds import make_spec
from engine.runs.events import EpochBlock, TrialEnded, TrialStarted, training_key
from engine.runs.state import Trial
from engine.store.store import Store
from tests.support.engine.processes import curves, integrity, kill_engine, state_of, wait_until

RATES = {"learning_rate": {"low": 1e-3, "high": 1e-1, "scale": "log"}}
NETWORK = {"hidden_layers": [12], "dropout": 0.2, "batch_size": 4}
FOLDS = NETWORK | {"epochs": 60, "folds": 2}
SEARCHES = {
    "random_search": FOLDS | {"max_trials": 12, "vary": RATES},
    "grid_search": FOLDS
    | {
        "vary": {
            "learning_rate": {"values": [0.001, 0.003, 0.01, 0.03]},
            # with the network's own dropout it is one compiled program for both searches
            "dropout": {"values": [0.1, 0.2, 0.3]},
        }
    },
    "hyperband": NETWORK | {"max_epochs": 50, "factor": 5, "vary": RATES},
}


def done(store: Store, run: int) -> dict[int, Trial]:
    """The trials that are finished, so far."""
    return {n: t for n, t in state_of(store, run).trials.items() if t.status == "finished"}


def blocks(store: Store, run: int) -> dict[int, EpochBlock]:
    """The stored epochs of every training, which never exceed one block here."""
    return {e.training_key: e for e in store.events(run)[1] if isinstance(e, EpochBlock)}


@pytest.mark.timeout(400)
def test_killed_in_the_middle_a_search_repeats_no_finished_trial(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_WORKERS", str(len(SEARCHES)))
    specs = [make_spec(kind, fields) for kind, fields in SEARCHES.items()]
    whole = [submit(store, spec) for spec in specs]
    wait_until(store, lambda: all(not store.run(run).live for run in whole))
    cut = [submit(store, spec) for spec in specs]
    wait_until(
        store,
        lambda: (
            all(len(done(store, run)) >= 3 for run in cut)
            or not all(store.run(run).live for run in cut)
        ),
    )
    kill_engine(store)
    reconcile(store)
    assert [store.run(run).status for run in cut] == ["lost"] * len(cut)
    assert integrity(store.home) == "ok"
    kept = {run: done(store, run) for run in cut}
    figures = {run: blocks(store, run) for run in cut}
    for run in cut:
        assert store.checkpoints(run)
        resume_run(store, run)
    wait_until(store, lambda: all(not store.run(run).live for run in cut))
    for one, other, spec in zip(whole, cut, specs, strict=True):
        assert store.run(other).status == "finished", store.run(other).message
        a, b = state_of(store, one), state_of(store, other)
        assert a.result == b.result
        assert curves(a) == curves(b)
        assert store.run(one).epochs_run == store.run(other).epochs_run
        assert store.checkpoints(other) == {}
        _, events = store.events(other)
        starts = Counter(e.trial for e in events if isinstance(e, TrialStarted))
        ends = Counter(e.trial for e in events if isinstance(e, TrialEnded))
        after = blocks(store, other)
        for trial in kept[other]:
            assert (starts[trial], ends[trial]) == (1, 1)
            # the same epochs with the same durations: they are those from before the kill
            for fold in range(getattr(spec, "folds", 1)):
                key = training_key(trial, fold)
                assert after[key].to_bytes() == figures[other][key].to_bytes()
