"""A paused run gives up its place, takes no time, and resumes as if nothing had been."""

import re
from typing import Any

import pytest

from engine.client.process import reconcile, stop_engine
from engine.client.submission import pause_run, resume_run, submit
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.runs.events import Ended
from engine.store.locks import engine_alive
from engine.store.recovery import park, requeue
from engine.store.store import Store
from engine.store.writer import RunWriter, claim
from tests.support.command_line import call
from tests.support.engine.processes import curves, state_of, wait_until

RATES = {"low": 1e-3, "high": 1e-1, "scale": "log"}
SMALL: dict[str, Any] = {"hidden_layers": [12], "dropout": 0.2}
# the other searches are interrupted so in tests/parity/test_resume and test_search_resume
KINDS: dict[str, dict[str, Any]] = {
    "train": SMALL | {"epochs": 2_500, "early_stopping": {"patience": 2_400}},
    "sweep": SMALL | {"epochs": 150, "vary": {"learning_rate": {"values": [0.001, 0.01, 0.1]}}},
    "hyperband": SMALL | {"max_epochs": 100, "factor": 5, "vary": {"learning_rate": RATES}},
}


@pytest.mark.timeout(400)
def test_paused_runs_give_up_their_places_and_come_to_the_same_result(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_WORKERS", str(len(KINDS)))
    specs = [make_spec(kind, fields) for kind, fields in KINDS.items()]
    whole = [submit(store, spec) for spec in specs]
    for run in whole:
        wait_until(store, lambda run=run: not store.run(run).live)
    paused = []
    for spec in specs:
        paused.append(run := submit(store, spec))
        wait_until(store, lambda run=run: store.run(run).epochs_run > 50)
        pause_run(store, run)
    wait_until(store, lambda: all(store.run(run).status == "paused" for run in paused))
    # all places were theirs
    later = [submit(store, make_spec("baseline", {})) for _ in range(2)]
    wait_until(store, lambda: all(not store.run(run).live for run in later))
    assert [store.run(run).status for run in later] == ["finished"] * 2
    assert [store.run(run).status for run in paused] == ["paused"] * len(paused)
    stopped_at = store.run(paused[0]).epochs_run
    for run in paused:
        assert resume_run(store, run) == ()
    for run in paused:
        wait_until(store, lambda run=run: not store.run(run).live)
    for one, other in zip(whole, paused, strict=True):
        assert store.run(other).status == "finished", store.run(other).message
        a, b = state_of(store, one), state_of(store, other)
        assert a.result == b.result
        assert curves(a) == curves(b)
    notes = [note.text for note in state_of(store, paused[0]).notes]
    assert f"Resumes after epoch {stopped_at:,}." in notes
    assert stop_engine(store.home)


@pytest.mark.timeout(300)
def test_who_waits_sees_for_what_and_a_paused_run_is_not_interrupted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_WORKERS", "1")
    long = make_spec("train", {"epochs": 100_000, "hidden_layers": [8]})
    first, second, third = (submit(store, long) for _ in range(3))
    wait_until(store, lambda: store.run(first).epochs_run > 10)
    assert "queued (waits for a place: 1 of 1 running)" in call("show", str(second)).stdout
    assert f"queued (2nd in the queue, behind run {second})" in call("show", str(third)).stdout
    assert call("pause", str(first)).stdout == f"Run {first} is paused.\n"
    wait_until(store, lambda: store.run(second).epochs_run > 10)
    wait_until(store, lambda: "its place is free" in state_of(store, first).notes[-1].text)
    shown = call("show", str(first)).stdout
    assert f"Resumes after epoch {store.run(first).epochs_run:,}." in shown
    # what it did when it did something says nothing of now
    assert "epochs/s" not in shown
    assert "left" not in shown
    # a resumed one waits like everybody, and is the first to have a place
    assert call("resume", str(first)).exit_code == 0
    assert "waits for a place: 1 of 1 running" in call("show", str(first)).stdout
    assert f"behind run {first}" in call("show", str(third)).stdout
    assert call("pause", str(second)).exit_code == 0
    wait_until(store, lambda: store.run(first).status == "running")
    assert call("stop", str(third)).exit_code == 0
    assert call("engine", "stop").stdout == "The engine has ended. 1 run interrupted.\n"
    assert store.run(first).status == "interrupted"
    assert store.run(second).status == "paused"
    reconcile(store)
    # nobody has to work on a paused run
    assert not engine_alive(store.home)


def test_a_pause_takes_no_time(store: Store) -> None:
    run = store.submit(make_spec("train", {}))
    record = claim(store, ("train",), {})
    assert record is not None
    with store.writing() as connection:
        # it ran for 100 seconds until it was paused
        connection.execute("UPDATE runs SET started = started - 100, since = since - 100")
        park(connection, run)
        # an hour ago
        connection.execute("UPDATE runs SET started = started - 3600")
    assert store.run(run).seconds() == pytest.approx(100, abs=1)
    with store.writing() as connection:
        requeue(connection, run)
    record = claim(store, ("train",), {})
    assert record is not None
    assert record.seconds() == pytest.approx(100, abs=1)
    with store.writing() as connection:
        RunWriter(record).write(connection, [Ended(status="finished")])
    assert store.run(run).seconds() == pytest.approx(100, abs=1)


def test_what_is_not_running_cannot_be_paused(store: Store) -> None:
    run = store.submit(make_spec("train", {}))
    with pytest.raises(EngineError, match=re.escape(f"Run {run} is queued")):
        pause_run(store, run)
