"""The charts of a run: which ones fit, one cursor, the axis of a live run."""

import pytest

from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.line_chart import LineChart
from tests.support.screen.form_and_run import report
from tests.support.screen.run_view import open_from_runs
from tests.support.screen.text import seen
from tests.support.screen.waiting import until
from tests.support.stored.runs import NOW, Stored, train_events


async def test_a_new_run_begins_without_cursor_and_zoom(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 30}, train_events(30, 30), created=NOW - 61)
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await open_from_runs(pilot, run, "finished")
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
        await open_from_runs(pilot, run, "finished")
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
        screen = await open_from_runs(pilot, run, "epoch 124 of 5,000")
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
        await open_from_runs(pilot, run, "finished")
        await until(pilot, lambda: seen(workbench).count("┤") > 9)
        names = ("Accuracy", "Loss", "Learning rate")
        [row] = [line for line in seen(workbench).splitlines() if "Accuracy" in line]
        assert all(name in row for name in names)
        # each with all of its legend
        for part in ("running", "val", "learning rate"):
            assert part in seen(workbench)


async def test_other_charts_where_only_two_fit(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await open_from_runs(pilot, run, "finished")
        await until(pilot, lambda: "Accuracy" in seen(workbench))
        assert "Learning rate" not in seen(workbench)
        await pilot.press("C", "down")
        await until(pilot, lambda: "Learning rate" in seen(workbench))
        assert screen.view.tab == "curves"
        await pilot.resize_terminal(140, 45)
        await until(
            pilot, lambda: all(w in seen(workbench) for w in ("Accuracy", "Loss", "Learning rate"))
        )
