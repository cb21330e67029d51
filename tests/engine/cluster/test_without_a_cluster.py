"""Where a run goes, and what is said where no scheduler is there."""

import pytest

from engine.client.cluster_choice import chosen_cluster, keep_choice
from engine.client.following import follow
from engine.client.submission import submit
from engine.environment.variables import CLUSTER
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.store.store import Store

pytestmark = pytest.mark.timeout(300)

SWEEP = {"vary": {"units": {"values": [4, 8]}}, "hidden_layers": [8], "epochs": 3, "repeats": 2}


def test_a_scheduler_that_is_not_there_is_said_with_what_to_do(store: Store) -> None:
    run = submit(store, make_spec("sweep", SWEEP), cluster="tcp://127.0.0.1:9")
    *_, (record, _) = follow(store, run)
    assert record.status == "failed"
    assert "tcp://127.0.0.1:9 cannot be reached: " in record.message
    assert "dask scheduler" in record.hint
    assert record.resumable


def test_where_a_run_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (f"tcp://127.0.0.{n}:8786" for n in (1, 2, 3))
    assert chosen_cluster(store, "sweep") is None
    keep_choice(store, first)
    found = [chosen_cluster(store, "sweep"), chosen_cluster(store, "sweep", third)]
    monkeypatch.setenv(CLUSTER.name, second)
    found.append(chosen_cluster(store, "sweep"))
    assert [own and own.address for own in found] == [first, third, second]
    assert chosen_cluster(store, "sweep", "local") is None
    # of a single training there is nothing to send
    assert chosen_cluster(store, "train") is None
    with pytest.raises(EngineError, match=CLUSTER.name):
        keep_choice(store, third)
    monkeypatch.delenv(CLUSTER.name)
    keep_choice(store, "")


def test_without_the_extra_it_is_said_what_to_install(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.client.cluster_choice.find_spec", lambda name: None)
    with pytest.raises(EngineError) as refused:
        submit(store, make_spec("sweep", SWEEP), cluster="tcp://127.0.0.1:8786")
    assert "pip install 'penguin-tui[cluster]'" in refused.value.hint
