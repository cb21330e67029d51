"""Compare on screen: marking, the table beside a reference, curves, pairs, groups."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.runs.events import Ended
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.compare.screen import CompareScreen
from penguin_tui.screens.messages import CompareRuns
from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.runs.screen import RunsScreen
from penguin_tui.screens.runs.table import RunsTable
from tests.support.command_line import put
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.compared import curve, put_again, put_compared

SIZES = [(80, 24), (140, 45)]


@pytest.fixture
def runs(workbench: Workbench) -> list[int]:
    """Two seeds of each of two settings on one split, and one on another."""
    home = workbench.home
    return [
        put_compared(home, [201, 202], block=curve(40), name="wide", dropout=0.0),
        put_compared(home, range(210, 230), block=curve(40, 12), dropout=0.4, seed=1),
        put_compared(home, [201, 240], block=curve(40, 8), dropout=0.0, seed=2),
        put_compared(home, range(210, 226), block=curve(30, 14), dropout=0.4, seed=3),
        put_compared(home, [1], validation=range(1, 101), split_seed=3),
    ]


async def opened(pilot: Pilot[None], runs: Sequence[int]) -> CompareScreen:
    """The Compare screen of these runs, read and drawn."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    pilot.app.post_message(CompareRuns(runs))
    await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
    screen = pilot.app.screen
    assert isinstance(screen, CompareScreen)
    await until(pilot, lambda: screen.comparison is not None)
    await settled(pilot)
    return screen


async def test_space_marks_runs_and_equals_compares_them(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        table = workbench.screen.query_one(RunsTable)
        await until(pilot, lambda: len(table.items) == len(runs))
        await pilot.press("space", "equals_sign")
        told = "space marks a run, / leaves only some: = compares 2 to 8 of them."
        notified = workbench._notifications
        await until(pilot, lambda: any(one.message == told for one in notified))
        await pilot.press("space")
        await pilot.press("space", "down", "space", "down", "space", "space")
        marked = [table.items[0].id, table.items[1].id]
        await until(pilot, lambda: "2 runs marked" in flat(workbench))
        assert seen(workbench).count("✓•") == 2
        await pilot.press("equals_sign")
        await until(pilot, lambda: isinstance(workbench.screen, CompareScreen))
        screen = workbench.screen
        assert isinstance(screen, CompareScreen)
        assert list(screen.runs) == marked
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        assert table.marks == marked


async def test_without_a_mark_the_runs_that_are_shown_are_compared(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        table = workbench.screen.query_one(RunsTable)
        await pilot.press("slash", *"dropout>0.3", "enter")
        await until(pilot, lambda: len(table.items) == 2)
        await pilot.press("equals_sign")
        await until(pilot, lambda: isinstance(workbench.screen, CompareScreen))
        screen = workbench.screen
        assert isinstance(screen, CompareScreen)
        assert set(screen.runs) == {runs[1], runs[3]}


async def test_scores_and_differences_stand_beside_the_reference(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await opened(pilot, runs)
        text = seen(workbench)
        assert f"pp to {runs[0]}" in text
        assert "98.0 % (93.0–99.4)" in text
        assert "-18.0 (-26.4 to -8.9)" in text
        assert "worse" in text
        assert "not paired" in text
        assert "dropout" in text
        await pilot.press("down", "space")
        await until(pilot, lambda: f"pp to {runs[1]}" in seen(workbench))
        assert "better" in seen(workbench)


async def test_beside_the_reference_is_the_first_of_the_others(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await opened(pilot, runs)
        await pilot.press("D")
        await until(pilot, lambda: f"Run {runs[1]} against run {runs[0]}" in flat(workbench))


async def test_the_rows_only_one_gets_right_are_listed(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await opened(pilot, runs)
        await pilot.press("down", "down", "D")
        await until(pilot, lambda: f"Run {runs[2]} against run {runs[0]}" in flat(workbench))
        # who says what of the rows that only one gets right
        assert "202 Adelie Adelie ✓ Gentoo" in flat(workbench)
        assert "240 Adelie Gentoo Adelie ✓" in flat(workbench)
        assert "p = 1.000" in flat(workbench)
        await pilot.press("escape", "down", "down")
        await until(
            pilot, lambda: "Not paired: different validation rows (split seed)." in flat(workbench)
        )


async def test_curves_share_a_cursor_and_the_arrows_choose_the_figure(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot, runs)
        assert "Validation accuracy" in seen(workbench)
        assert "Validation loss" in seen(workbench)
        # every line has a marker of its own
        assert all(seen(workbench).count(sign) > 4 for sign in "●▲■◆○")
        await pilot.press("C", "home")
        await until(pilot, lambda: seen(workbench).count("· at 1") == 2)
        await pilot.press("down")
        await until(pilot, lambda: "running mean" in seen(workbench))
        shown = [chart.id for chart in screen.query("ComparedCurves LineChart") if chart.display]
        assert shown == ["val_loss", "accuracy"]
        assert screen.query_one("#val_loss", LineChart).has_focus


async def test_groups_have_a_mean_with_its_interval_and_a_band(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await opened(pilot, runs[:4])
        await pilot.press("G")
        await until(pilot, lambda: "dropout 0.4" in flat(workbench))
        # 98 and 98 %; 80 and 84 %
        assert "98.0 % (93.0–99.4 rows)" in flat(workbench)
        assert "82.0 % (56.6–100.0 seeds)" in flat(workbench)
        assert "░" in seen(workbench)
        await pilot.press("up")
        await until(pilot, lambda: "all runs" in flat(workbench))


async def test_enter_opens_a_run_and_escape_comes_back(
    workbench: Workbench, runs: list[int]
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, runs)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(workbench.screen, RunScreen))
        await pilot.press("escape")
        await until(pilot, lambda: workbench.screen is screen)
        await pilot.press("C", "escape")
        await settled(pilot)
        assert workbench.screen is screen, "one step out of the pane"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))


async def test_a_live_run_grows_while_it_is_compared(workbench: Workbench, runs: list[int]) -> None:
    live = put(workbench.home, [curve(5)])
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, [runs[0], live])
        assert "not paired" in flat(workbench)
        put_again(workbench.home, live, [curve(25), Ended(at=0.0, status="stopped")])

        def grown() -> bool:
            found = screen.comparison
            return found is not None and len(found.outcomes[1].curve) == 25

        await until(pilot, grown)
        await pilot.press("D", "escape", "down")
        await until(pilot, lambda: f"run {live} has stopped without a result" in flat(workbench))


@pytest.mark.parametrize("size", SIZES)
def test_compare(
    workbench: Workbench, runs: list[int], snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await opened(pilot, runs)
        await until(pilot, lambda: workbench.engine_status is not None)
        await pilot.press("down")
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)


def test_the_store_is_read_once_for_what_has_not_changed(store_home: Path) -> None:
    from penguin_tui.engine_link.readers import comparison_reader

    a, b = put_compared(store_home, [201]), put_compared(store_home, [202], seed=1)
    look = comparison_reader((a, b))
    with Store.open(store_home) as store:
        assert look(store) is not None
        assert look(store) is None
