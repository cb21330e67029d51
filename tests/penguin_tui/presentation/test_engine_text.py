"""What is said of the engine: what a run waits for, and why nothing new is seen of it."""

import dataclasses
import time

import pytest

from engine.client.process import EngineStatus
from engine.kinds import make_spec
from engine.runs.events import EpochBlock, Phase
from engine.runs.state import RunState, fold
from engine.store.engine_record import EngineRecord
from engine.store.heartbeat import Heartbeat
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.engine_text import ended_text, engine_label, trouble, waits_for
from penguin_tui.presentation.progress import progress_line
from penguin_tui.presentation.run_head import Around, head_lines

ENGINE = EngineRecord(
    pid=1, host="here", boot="", started=0.0, version="0.2.0", schema=2,
    state="ready", detail="", places=2,
)  # fmt: skip
READY = EngineStatus("ready", "", 2, (3, 12), ENGINE)
FROZEN = dataclasses.replace(READY, silent_for=33, silent_since=time.time() - 33)
FULL = dataclasses.replace(READY, unsaved_for=85, unsaved_cause="the disk is full")
STATE = fold(
    RunState(),
    [Phase(name="training"), EpochBlock.of(0, 1, [(0.5, 0.9, 0.6, 0.8, 0.001, 0.01)] * 9)],
)


@pytest.fixture
def record(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    folder = tmp_path_factory.mktemp("home")
    with Store.open(folder) as store:
        run = store.run(store.submit(make_spec("train", {})))
    return dataclasses.replace(run, status="running", started=1.0)


@pytest.mark.parametrize(
    ("run", "status", "waits"),
    [
        (3, READY, "waits for a place: 2 of 2 running"),
        (12, READY, "2nd in the queue, behind run 3"),
        (
            3,
            dataclasses.replace(READY, running=1, detail="loading TensorFlow"),
            "loading TensorFlow",
        ),
        (3, EngineStatus("starting", "starting", 0, (3,), None), "starting"),
    ],
)
def test_a_queued_run_says_for_what_it_waits(
    record: RunRecord, run: int, status: EngineStatus, waits: str
) -> None:
    queued = dataclasses.replace(record, id=run, status="queued")
    assert waits_for(queued, status) == waits
    assert progress_line(queued, RunState(), 0.0, status) == f"Run {run}  queued ({waits})"
    assert waits[1:] in plain(head_lines(queued, RunState(), Around(80, 0.0, engine=status))[1])


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (FULL, "Not saved for 85 s: the disk is full."),
        (FROZEN, "Nothing heard from the engine since"),
    ],
)
def test_where_nothing_new_comes_that_is_said_in_place_of_speed_and_time_left(
    record: RunRecord, status: EngineStatus, sentence: str
) -> None:
    assert sentence in trouble(status)
    well = progress_line(record, STATE, 2.0, READY)
    assert "epochs/s" in well
    assert "left" in well
    head = "\n".join(
        plain(line) for line in head_lines(record, STATE, Around(100, 2.0, engine=status))
    )
    for text in (progress_line(record, STATE, 2.0, status), head):
        assert sentence in text
        assert "epochs/s" not in text
        assert "left" not in text
    assert sentence[1:20] in engine_label(status)


def test_a_moment_in_which_nothing_is_saved_is_not_worth_a_word() -> None:
    assert trouble(dataclasses.replace(FULL, unsaved_for=1)) == ""


def test_what_the_end_of_the_engine_could_not_save_is_said() -> None:
    beat = Heartbeat(unsaved_since=time.monotonic() - 85, cause="the disk is full")
    assert ended_text("ended", 1, beat) == [
        "The engine has ended. 1 run interrupted.",
        "What was done in the last 1 min 25 s could not be saved (the disk is full); it is done"
        " again when they resume.",
    ]
    assert ended_text("killed", 0, None) == ["The engine did not answer and was killed."]
