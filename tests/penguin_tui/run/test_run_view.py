"""A run as it is shown: live, finished, and ended in every other way."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.runs.events import Ended, Event, Note
from engine.runs.state import RunState
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.run.progress_line import ProgressLine
from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.runs import RunsScreen
from tests.support.patience import PATIENCE
from tests.support.screen.form_and_run import SIZES, open_run, report, requested
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import at_rest, settled, until
from tests.support.stored.runs import NOW, Stored, baseline_events, epochs, train_events


async def opened(pilot: Pilot[None], run: int, words: str) -> RunScreen:
    """Open a run from the table of all runs."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    return await open_run(pilot, run, words)


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
        await opened(pilot, run, "epoch 12 of 20")
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
        await opened(pilot, run, "finished")
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
        await opened(pilot, run, "as published (data leakage): not comparable")
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
        await opened(pilot, run, message)
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
        await opened(pilot, run, "line 3 has 4 cells")
        await until(pilot, lambda: "! Column id looks like" in seen(workbench))
        assert "failed: data.csv" in seen(workbench)


async def test_a_waiting_run_says_so(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20})
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, ": queued")
        await until(pilot, lambda: "The first epoch will be drawn here." in seen(workbench))
        await pilot.press("M")
        await until(pilot, lambda: "no result yet" in seen(workbench).lower())


async def test_every_tab_shows_its_part(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "finished")
        for key, words in (
            ("L", "epoch loss acc val loss val acc rate seconds"),
            ("S", "set rows majority accuracy, 95 % over rows macro F1 log loss"),
            ("M", "Confusion matrix, validation set"),
            ("E", "171 test Chinstrap Adelie 81.0 %"),
            ("N", "hidden_2 100 10,100"),
            ("C", "Accuracy"),
        ):
            await pilot.press(key)
            await until(pilot, lambda words=words: words in flat(workbench))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "val acc" in seen(workbench))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Loss" in seen(workbench))


async def test_the_summary_shows_the_effective_configuration(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20, "learning_rate": 0.2}, train_events(20, 20))
    async with workbench.run_test(size=(140, 60)) as pilot:
        await opened(pilot, run, "finished")
        await pilot.press("S")
        await until(pilot, lambda: "Effective configuration" in seen(workbench))
        assert "206 training, 69 validation, 69 test" in seen(workbench)
        assert "steps per epoch 13" in flat(workbench)
        assert "learning rate 0.2" in flat(workbench)
        assert "Chinstrap 92.9 % 92.9 % 0.929 14" in flat(workbench)


async def test_the_set_of_the_confusion_matrix_is_switched_and_kept(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "finished")
        await pilot.press("M")
        await until(pilot, lambda: "matrix, validation set" in seen(workbench))
        await pilot.press("space")
        await until(pilot, lambda: "matrix, test set" in seen(workbench))
        assert "evaluated 1 time" in seen(workbench)
        await pilot.press("space")
        await until(pilot, lambda: "matrix, training set" in seen(workbench))
        await pilot.press("S", "M")
        await until(pilot, lambda: "matrix, training set" in seen(workbench))


async def test_stop_pause_and_going_on_are_asked_of_the_engine(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(3, 20, finished=False), status="running")

    def set_status(status: str) -> None:
        report(workbench.home, run, [], status)

    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "epoch 3 of 20")
        await pilot.press("p")
        await requested(pilot, "pause")
        set_status("paused")
        await until(pilot, lambda: ": paused" in seen(workbench))
        await pilot.press("p")
        await requested(pilot, "pause", "resume")
        set_status("running")
        await until(pilot, lambda: ": running" in flat(workbench) or "epoch 3" in seen(workbench))
        # it can be resumed afterwards, and so nothing is asked
        await pilot.press("s")
        await requested(pilot, "pause", "resume", "stop")
        set_status("stopping")
        await until(pilot, lambda: "stopping" in seen(workbench))
        await pilot.press("s")
        await at_rest(pilot)
        await requested(pilot, "pause", "resume", "stop")


async def test_run_again_submits_the_same_settings_and_shows_the_new_run(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 17}, train_events(17, 17))
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, run, "finished")
        # one of nine minutes
        await pilot.press("r", "enter")
        await until(pilot, lambda: ": queued" in seen(workbench))
        with Store.open(workbench.home) as store:
            newest = store.runs()[0]
            assert newest.id == screen.run_id != run
            assert newest.spec == store.run(run).spec
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(workbench.screen, RunScreen))


async def test_the_head_names_kind_data_and_target_and_marks_other_data(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, f"Run {run} · training · penguins → species")
        assert "other data" not in seen(workbench)
        workbench.data_choice = {"data": "/home/me/wine.csv", "target": "cultivar"}
        await until(pilot, lambda: "(other data than chosen)" in seen(workbench))


async def test_a_new_run_begins_without_cursor_and_zoom(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 30}, train_events(30, 30), created=NOW - 61)
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, run, "finished")
        await pilot.press("C", "z", "left")
        await until(pilot, lambda: "last 20" in seen(workbench) and "at 30" in seen(workbench))
        await pilot.press("r")
        await until(pilot, lambda: ": queued" in seen(workbench))
        report(workbench.home, screen.run_id, train_events(30, 30))
        await until(pilot, lambda: "finished" in seen(workbench) and "┤" in seen(workbench))
        assert "last 20" not in seen(workbench)
        assert "at 30" not in seen(workbench)


async def test_one_cursor_reads_all_charts(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 30}, train_events(30, 30))
    async with workbench.run_test(size=(140, 45)) as pilot:
        await opened(pilot, run, "finished")
        await pilot.press("C", "left", "left", "left")
        await until(pilot, lambda: seen(workbench).count("at 28") == 3)
        await pilot.press("escape")
        await until(pilot, lambda: "at 28" not in seen(workbench))


async def test_while_live_the_axis_fits_the_epochs_that_have_been(
    workbench: Workbench, stored: Stored
) -> None:
    events = train_events(124, 5000, finished=False)
    run = stored("train", {"epochs": 5000}, events, status="running")
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, run, "epoch 124 of 5,000")
        await until(pilot, lambda: "┤" in seen(workbench))
        chart = screen.query_one("#accuracy", LineChart)
        # 124 of 156
        drawn = max(x for row in chart.shown_text().splitlines() for x, c in enumerate(row)
                    if "\u2800" < c <= "\u28ff")  # fmt: skip
        assert 0.7 < drawn / chart.size.width < 0.9


@pytest.mark.parametrize("size", [(100, 30), (140, 45)])
async def test_all_figures_stand_side_by_side_from_100_columns(
    workbench: Workbench, stored: Stored, size: tuple[int, int]
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=size) as pilot:
        await opened(pilot, run, "finished")
        await until(pilot, lambda: seen(workbench).count("┤") > 9)
        names = ("Accuracy", "Loss", "Learning rate")
        [row] = [line for line in seen(workbench).splitlines() if "Accuracy" in line]
        assert all(name in row for name in names)
        # each with all of its legend
        for part in ("running", "val", "learning rate"):
            assert part in seen(workbench)


async def test_the_head_leaves_the_rows_to_what_is_below_it(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, run, "(95 % over rows)")
        assert "×2" in seen(workbench)
        # which run, how it ended, its accuracies, how to read them, what to compare them with
        assert screen.query_one(ProgressLine).size.height <= 5
        await pilot.resize_terminal(80, 40)
        await until(pilot, lambda: "test set evaluated 2 times" in flat(workbench))


async def test_the_summary_has_two_columns_where_there_is_room(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(140, 45)) as pilot:
        await opened(pilot, run, "finished")
        await pilot.press("S")
        await until(pilot, lambda: "Provenance" in seen(workbench))
        [row] = [line for line in seen(workbench).splitlines() if line.strip().startswith("Scores")]
        assert "Effective configuration" in row
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: any(
            line.strip() == "Scores" for line in seen(workbench).splitlines()))  # fmt: skip


async def test_several_warnings_are_counted_where_rows_are_few(
    workbench: Workbench, stored: Stored
) -> None:
    notes = [Note(at=NOW - 599, level="warning", text=f"Column {c} is odd.") for c in "ab"]
    run = stored("train", {"epochs": 20}, [*notes, *train_events(20, 20)])
    async with workbench.run_test(size=(80, 24)) as pilot:
        await opened(pilot, run, "! 2 warnings: L shows the log")
        await pilot.resize_terminal(140, 45)
        await until(pilot, lambda: "! Column b is odd." in seen(workbench))


async def test_other_charts_where_only_two_fit(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, run, "finished")
        await until(pilot, lambda: "Accuracy" in seen(workbench))
        assert "Learning rate" not in seen(workbench)
        await pilot.press("C", "down")
        await until(pilot, lambda: "Learning rate" in seen(workbench))
        assert screen.view.tab == "curves"
        await pilot.resize_terminal(140, 45)
        await until(
            pilot, lambda: all(w in seen(workbench) for w in ("Accuracy", "Loss", "Learning rate"))
        )


async def test_what_happens_behind_another_screen_is_seen_on_coming_back(
    workbench: Workbench, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = stored("train", {"epochs": 20}, train_events(3, 20, finished=False), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        view = (await opened(pilot, run, "epoch 3 of 20")).view
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


# -- as it looks -----------------------------------------------------------------------------------


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
        await opened(pilot, run, words)
        drawn = {"empty": "The first epoch will be", "failed": "line 3"}.get(state, "┤")
        await until(pilot, lambda: drawn in seen(workbench))
        if state == "confusion":
            await pilot.press("M")
            await until(pilot, lambda: "actual" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
