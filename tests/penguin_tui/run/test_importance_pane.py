"""The tab of feature importance: its table, and the chart that Enter opens."""

from pathlib import Path

import pytest

from penguin_tui.app.workbench import Workbench
from penguin_tui.run.dependence_chart import DependenceChart
from penguin_tui.run.importance_pane import ColumnTable
from tests.penguin_tui.conftest import Stored
from tests.support.engine.fitted_runs import fitted
from tests.support.screen.answered_queries import answer_at_once
from tests.support.screen.form_and_run import run_shown
from tests.support.screen.text import flat
from tests.support.screen.waiting import until


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_columns_are_ranked_and_enter_shows_how_the_classes_depend_on_one(
    workbench: Workbench, store_home: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    answer_at_once(monkeypatch, "explain", "dependence")
    run = fitted(store_home)
    async with run_shown(workbench, run, "baseline", size=size) as pilot:
        await pilot.press("F")
        await until(pilot, lambda: "+25.9 (+14.0 to +36.4)" in flat(workbench))
        table = workbench.screen.query_one(ColumnTable)
        chart = workbench.screen.query_one(DependenceChart)
        assert table.has_focus
        assert "flipper_length_mm and body_mass_g are correlated: 0.88" in flat(workbench)
        assert [own.name for own in table.items][:2] == ["bill_length_mm", "bill_depth_mm"]
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Probability of Adelie over bill_depth_mm" in flat(workbench))
        assert chart.has_focus
        # beside the table where there is room
        assert table.is_on_screen == (size[0] >= 130)
        assert "average of 69 rows" in flat(workbench)
        await pilot.press("right", "down")
        await until(pilot, lambda: "Probability of Gentoo over" in flat(workbench))
        assert "on average; single rows" in flat(workbench)
        # one step out at a time: the value, the chart, the run
        await pilot.press("escape", "escape")
        assert table.has_focus
        assert not chart.is_on_screen
        await pilot.press("end", "enter")
        await until(pilot, lambda: "over flipper_length_mm" in flat(workbench))
        assert "Probability of Gentoo" in flat(workbench)


async def test_before_there_is_a_network_the_tab_says_what_to_wait_for(
    workbench: Workbench, stored: Stored
) -> None:
    stored("train", status="queued")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6", "enter", "F")
        await until(pilot, lambda: "when the run has finished" in flat(workbench))
