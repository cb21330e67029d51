"""What no penguin-tui has written into the store or the lock blocks nothing and ends no run."""

import json

import pytest

from engine.client.process import engine_status, reconcile, stop_engine
from engine.client.submission import stop_run
from engine.kinds import make_spec
from engine.store import queries
from engine.store.store import Store
from tests.support.engine.processes import flawed_engine, state_of, wait_until

WAITS = "\n    while True:\n        time.sleep(0.01)\n        reporter.check()"


def test_a_request_of_an_unknown_kind_ends_neither_the_engine_nor_its_run(store: Store) -> None:
    run = store.submit(make_spec("baseline", {}))
    engine = flawed_engine(store.home, WAITS)
    wait_until(store, lambda: state_of(store, run).phase == "flawed")
    with store.writing() as connection:
        for request in ("dance", "shutdown now", "", "resume\x1b[31m"):
            connection.execute(
                "INSERT INTO requests (run, what, made) VALUES (?, ?, 0)", (run, request)
            )
        # of a run that there is not, and of none
        connection.execute("INSERT INTO requests (run, what, made) VALUES (NULL, 'pause', 0)")
    queries.ask(store, "no such kind", "{}", "test")
    wait_until(store, lambda: not store.open_requests() and not queries.open_queries(store))
    assert store.run(run).status == "running"
    assert "'dance'" in (store.home / "engine.log").read_text()
    stop_run(store, run)
    wait_until(store, lambda: not store.run(run).live)
    assert store.run(run).status == "stopped"
    assert stop_engine(store.home)
    engine.wait()


@pytest.mark.parametrize(
    "record", ['{"pid": 1}', "[]", "", "nonsense", '{"state": "dancing", "pid": "x"}', "null"]
)
def test_a_partial_record_of_the_engine_is_ignored_and_made_whole_by_the_engine(
    store: Store, record: str
) -> None:
    def damage() -> None:
        with store.writing() as connection:
            connection.execute("REPLACE INTO engine (one, record) VALUES (1, ?)", (record,))

    damage()
    # without an engine nothing is in the way
    assert engine_status(store).state == "stopped"
    reconcile(store)
    run = store.submit(make_spec("baseline", {}))
    engine = flawed_engine(store.home, WAITS)
    wait_until(store, lambda: state_of(store, run).phase == "flawed")
    damage()
    found = wait_until(store, store.engine)
    assert found.pid == engine.pid
    assert store.run(run).status == "running"
    assert stop_engine(store.home)
    engine.wait()
    assert store.run(run).status == "interrupted"


def test_the_lock_of_an_engine_that_has_ended_is_empty(store: Store) -> None:
    engine = flawed_engine(store.home, WAITS)
    lock = store.home / "engine.lock"
    wait_until(store, lambda: lock.read_text().strip())
    signed = json.loads(lock.read_text())
    assert signed["pid"] == engine.pid
    assert stop_engine(store.home)
    engine.wait()
    assert lock.read_text() == ""
