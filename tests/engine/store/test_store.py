"""The store: what is written is read back, by anyone, at any time, privately."""

import sqlite3
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.kinds import make_spec
from engine.runs.events import Ended, EpochBlock, Finished, Note, Phase, Plan
from engine.runs.state import RunState, fold
from engine.store.home import store_path
from engine.store.recovery import mark_lost_runs
from engine.store.store import Store
from engine.store.writer import (
    RunWriter,
    acknowledge,
    claim,
)
from tests.support.engine.written_runs import KINDS, epochs, started, write
from tests.support.stored.held_out import count_evaluation


def test_a_submitted_run_is_read_back(store: Store) -> None:
    spec = make_spec("train", {"epochs": 7})
    run = store.submit(spec, name="first")
    record = store.run(run)
    assert record.spec == spec
    assert (record.name, record.status, record.data) == ("first", "queued", "penguins")
    assert [r.id for r in store.runs()] == [run]


def test_runs_are_listed_newest_first_and_taken_oldest_first(store: Store) -> None:
    ids = [store.submit(make_spec("baseline", {})) for _ in range(3)]
    assert [record.id for record in store.runs()] == ids[::-1]
    taken = [claim(store, KINDS, {}) for _ in range(4)]
    assert [record.id if record else None for record in taken] == [*ids, None]


def test_only_the_kinds_that_can_run_are_taken(store: Store) -> None:
    store.submit(make_spec("train", {}))
    assert claim(store, ("baseline",), {}) is None


def test_reading_in_any_steps_gives_the_same_state(store: Store) -> None:
    writer = started(store)
    state, number = RunState(), 0
    for first in range(1, 2300, 130):
        write(store, writer, [epochs(first, 130), Note(at=0.0, level="info", text="on")])
        number, events = store.events(1, number)
        state = fold(state, events)
    assert store.events(1, number) == (number, [])
    _, everything = store.events(1)
    fresh = fold(RunState(), everything)
    assert list(fresh.curve.column("loss")) == list(state.curve.column("loss"))
    assert len(fresh.curve) == 2340
    assert fresh.notes == state.notes


def test_epochs_lie_in_blocks_of_a_thousand(store: Store, folder: Path) -> None:
    writer = started(store)
    for first in range(1, 3001, 60):
        write(store, writer, [epochs(first, 60)])
    with sqlite3.connect(store_path(folder)) as connection:
        rows = connection.execute(
            "SELECT first, length(body) FROM epochs ORDER BY first"
        ).fetchall()
    assert [first for first, _ in rows] == [1, 1001, 2001]


def test_the_best_validation_accuracy_and_the_epochs_are_kept_in_the_row(store: Store) -> None:
    writer = started(store)
    write(store, writer, [epochs(1, 3, accuracy=0.7), epochs(4, 2, accuracy=0.6)])
    record = store.run(1)
    assert (record.best_epoch_val_accuracy, record.epochs_run) == (0.7, 5)


def test_a_run_of_several_trainings_has_no_best_epoch(store: Store) -> None:
    writer = started(store)
    plan = Plan(trials=2, trainings=2, epochs=6)
    write(store, writer, [plan, epochs(1, 3, accuracy=0.7)])
    assert store.run(1).best_epoch_val_accuracy is None
    resumed = RunWriter(store.run(1))
    resumed.resume(fold(RunState(), store.events(1)[1]))
    write(store, resumed, [epochs(4, 2, accuracy=0.8)])
    assert store.run(1).best_epoch_val_accuracy is None


def test_a_training_that_goes_on_from_another_counts_its_own_epochs(store: Store) -> None:
    writer = started(store)
    promoted = EpochBlock.of(5, 5, [(1.0,) * 6] * 3)
    write(store, writer, [epochs(1, 4), promoted])
    assert store.run(1).epochs_run == 7


def test_as_published_has_no_validation_accuracy_to_choose_by(store: Store) -> None:
    store.submit(make_spec("train", {"protocol": "as_published"}))
    record = claim(store, KINDS, {})
    assert record is not None
    write(store, RunWriter(record), [epochs(1, 3)])
    assert store.run(1).best_epoch_val_accuracy is None


def test_the_end_is_shown_in_the_row(store: Store) -> None:
    writer = started(store)
    end = Ended(at=5.0, status="failed", message="It broke.", hint="Mend it.")
    write(store, writer, [Phase(name="training"), end])
    record = store.run(1)
    assert (record.status, record.message, record.hint) == ("failed", "It broke.", "Mend it.")
    assert not record.live


def test_a_run_whose_engine_died_is_lost_never_running(store: Store) -> None:
    writer = started(store)
    write(store, writer, [epochs(1, 2)])
    queued = store.submit(make_spec("train", {}))
    assert mark_lost_runs(store) == [1]
    assert store.run(1).status == "lost"
    assert store.run(queued).status == "queued"
    state = fold(RunState(), store.events(1)[1])
    assert state.ended is not None
    assert state.ended.hint
    assert len(state.curve) == 2


def test_stopping_a_queued_run_needs_no_engine(store: Store) -> None:
    run = store.submit(make_spec("train", {}))
    store.request(run, "stop")
    assert store.run(run).status == "stopped"
    assert claim(store, KINDS, {}) is None


def test_a_stop_is_acknowledged(store: Store) -> None:
    started(store)
    store.request(1, "stop")
    (request,) = store.open_requests()
    acknowledge(store, request.id, request.run, request.what)
    record = store.run(1)
    assert record.status == "stopping"
    assert record.acknowledged is not None
    assert store.open_requests() == []


def test_deleting_can_be_undone_but_not_while_at_work(store: Store) -> None:
    run = store.submit(make_spec("train", {}))
    with pytest.raises(EngineError, match="still running"):
        store.delete(run)
    store.request(run, "stop")
    store.delete(run)
    assert store.runs() == []
    store.undelete(run)
    assert [record.id for record in store.runs()] == [run]


def test_every_scoring_of_a_sealed_part_is_counted(store: Store) -> None:
    for _ in range(3):
        writer = started(store)
        run = store.runs()[0].id
        with store.writing() as connection:
            count_evaluation(connection, run, "abc")
        write(store, writer, [Ended(at=0.0, status="finished")])
    assert [record.test_evaluations for record in store.runs()] == [3, 3, 3]


def test_a_missing_run_is_told(store: Store) -> None:
    with pytest.raises(EngineError, match="There is no run 99"):
        store.run(99)


def test_a_result_is_read_back_whole(store: Store) -> None:
    from engine.results.describe import DescribeResult, Scatter

    result = DescribeResult(
        rows=1, columns=(), target="t", classes=(("a", 1),), split_rows={"train": 1},
        preprocessed_features=(), correlation_features=(), correlations=(),
        scatter=Scatter(features=(), values=(), classes=()), head=(), reading={}, notes=(),
    )  # fmt: skip
    writer = started(store)
    write(store, writer, [Finished(result=result)])
    assert fold(RunState(), store.events(1)[1]).result == result


def test_a_kill_that_was_acknowledged_by_an_engine_that_hung_is_a_kill(store: Store) -> None:
    run = store.submit(make_spec("train", {}))
    claim(store, ("train",), {})
    request = store.request(run, "kill")
    acknowledge(store, request, run, "kill")
    mark_lost_runs(store)
    assert store.run(run).status == "stopped"
