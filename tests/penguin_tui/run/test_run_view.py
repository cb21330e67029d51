"""A run as it is shown: live, finished, and ended in every other way."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.runs.events import Ended, Event, Note
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.app.workbench import Workbench
from penguin_tui.run.progress_line import ProgressLine
from penguin_tui.screens.run import RunScreen
from tests.support.patience import PATIENCE
from tests.support.screen.form_and_run import SIZES, report
from tests.support.screen.run_view import open_from_runs
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.runs import NOW, Stored, baseline_events, epochs, train_events


def bad_end(status: Any, message: str, hint: str = "", done: int = 4) -> list[Event]:
    """A training that ended without a result."""
    return [
        *train_events(done, 20, finished=False),
        Ended(at=NOW - 590, status=status, message=message, hint=hint),
    ]


async def test_a_live_run_shows_progress_speed_and_time_left(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(12, 20, finished=False), status="running")
    async with workbench.run_test(size=(140, 45)) as pilot:
        await open_from_runs(pilot, run, "epoch 12 of 20")
        assert "20.0 epochs/s" in seen(workbench)
        assert "0.4 s left" in seen(workbench)
        await until(pilot, lambda: "Learning rate" in seen(workbench) and "┤" in seen(workbench))
        # Keras's figures of every epoch stand beside the charts
        await until(pilot, lambda: "0.1853" in seen(workbench))


async def test_a_finished_run_shows_intervals_and_how_often_the_test_set_was_evaluated(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        await open_from_runs(pilot, run, "finished")
        assert "training 98.1 %   validation" in seen(workbench)
        assert "validation 97.1 % (90.0–99.2)" in seen(workbench)
        assert "test 97.1 % (89.9–99.2)" in seen(workbench)
        assert "test set evaluated 2 times" in seen(workbench)
        assert "11,103 parameters" in seen(workbench)
        assert "not comparable" not in seen(workbench)


async def test_figures_of_the_published_way_are_marked(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"protocol": "as_published", "epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, "as published (data leakage): not comparable")
        await pilot.press("S")
        await until(pilot, lambda: "! as published (data leakage)" in flat(workbench))


@pytest.mark.parametrize(
    ("status", "message", "hint", "advice"),
    [
        ("diverged", "The loss was no longer a number in epoch 5.", "", "lower learning rate"),
        ("failed", "There is not enough memory.", "Try fewer units.", "Try fewer units."),
        ("failed", "Something unforeseen went wrong.", "", "penguin-tui engine log"),
        ("lost", "The engine's process has gone.", "", "resume or rerun it"),
        ("interrupted", "The engine was asked to end.", "", "resume or rerun it"),
        ("stopped", "Stopped before there was a result.", "", "loads its settings"),
    ],
)
async def test_a_run_that_ended_badly_says_why_and_what_to_do(
    workbench: Workbench, stored: Stored, status: str, message: str, hint: str, advice: str
) -> None:
    run = stored("train", {"epochs": 20}, bad_end(status, message, hint))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, message)
        assert status in seen(workbench)
        assert advice in flat(workbench)
        assert "r runs it again, l loads its settings into the form." in flat(workbench)


async def test_a_run_that_failed_at_once_opens_on_its_log(
    workbench: Workbench, stored: Stored
) -> None:
    events: list[Event] = [
        Note(at=NOW - 599, level="warning", text="Column id looks like a number of rows."),
        Ended(at=NOW - 598, status="failed", message="data.csv: line 3 has 4 cells.", hint="Mend."),
    ]
    run = stored("train", {}, events)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, "line 3 has 4 cells")
        await until(pilot, lambda: "! Column id looks like" in seen(workbench))
        assert "failed: data.csv" in seen(workbench)


async def test_a_waiting_run_says_so(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20})
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, ": queued")
        await until(pilot, lambda: "The first epoch will be drawn here." in seen(workbench))
        await pilot.press("M")
        await until(pilot, lambda: "no result yet" in seen(workbench).lower())


async def test_the_head_names_kind_data_and_target_and_marks_other_data(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, f"Run {run} · training · penguins → species")
        assert "other data" not in seen(workbench)
        workbench.data_choice = {"data": "/home/me/wine.csv", "target": "cultivar"}
        await until(pilot, lambda: "(other data than chosen)" in seen(workbench))


async def test_the_head_leaves_the_rows_to_what_is_below_it(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await open_from_runs(pilot, run, "(95 % over rows)")
        assert "×2" in seen(workbench)
        # which run, how it ended, its accuracies, how to read them, what to compare them with
        assert screen.query_one(ProgressLine).size.height <= 5
        await pilot.resize_terminal(80, 40)
        await until(pilot, lambda: "test set evaluated 2 times" in flat(workbench))


async def test_several_warnings_are_counted_where_rows_are_few(
    workbench: Workbench, stored: Stored
) -> None:
    notes = [Note(at=NOW - 599, level="warning", text=f"Column {c} is odd.") for c in "ab"]
    run = stored("train", {"epochs": 20}, [*notes, *train_events(20, 20)])
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, "! 2 warnings: L shows the log")
        await pilot.resize_terminal(140, 45)
        await until(pilot, lambda: "! Column b is odd." in seen(workbench))


async def test_what_happens_behind_another_screen_is_seen_on_coming_back(
    workbench: Workbench, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = stored("train", {"epochs": 20}, train_events(3, 20, finished=False), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        view = (await open_from_runs(pilot, run, "epoch 3 of 20")).view
        await pilot.press("4")
        await until(pilot, lambda: not isinstance(workbench.screen, RunScreen))
        show, came = view.show, asyncio.Event()

        def show_and_tell(record: RunRecord, state: RunState) -> None:
            show(record, state)
            came.set()

        monkeypatch.setattr(view, "show", show_and_tell)
        report(workbench.home, run, [epochs(11)])
        async with asyncio.timeout(PATIENCE):
            await came.wait()
        assert "epoch 11" not in seen(workbench)
        await pilot.press("6")
        await until(pilot, lambda: "epoch 11 of 20" in seen(workbench))


@pytest.mark.parametrize("size", [*SIZES, (100, 30)])
@pytest.mark.parametrize(
    "state", ["empty", "live", "finished", "as_published", "failed", "diverged", "confusion"]
)
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    stored: Stored,
    size: tuple[int, int],
    state: str,
) -> None:
    fields: dict[str, Any] = {"epochs": 20}
    match state:
        case "empty":
            run, words = stored("train", fields), "queued"
        case "live":
            events = train_events(12, 20, finished=False)
            run, words = stored("train", fields, events, status="running"), "epoch 12 of 20"
        case "failed":
            events = bad_end("failed", "data.csv: line 3 has 4 cells instead of 3.", "Mend it.", 1)
            run, words = stored("train", fields, [*events[:2], events[-1]]), "line 3"
        case "diverged":
            events = bad_end("diverged", "The loss was no longer a number in epoch 5.")
            run, words = stored("train", fields, events), "no longer a number"
        case _:
            protocol = "as_published" if state == "as_published" else "strict"
            events = train_events(20, 20, at=NOW - 590)
            run = stored("train", fields | {"protocol": protocol}, events, name="post's network")
            words = "finished"

    async def before(pilot: Pilot[None]) -> None:
        await open_from_runs(pilot, run, words)
        drawn = {"empty": "The first epoch will be", "failed": "line 3"}.get(state, "┤")
        await until(pilot, lambda: drawn in seen(workbench))
        if state == "confusion":
            await pilot.press("M")
            await until(pilot, lambda: "actual" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
