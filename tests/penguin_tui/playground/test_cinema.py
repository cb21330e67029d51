"""A run is watched epoch by epoch: a training, a trial, a value of a sweep."""

import pytest

from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.run import RunScreen
from penguin_tui.search.trial_table import TrialTable
from penguin_tui.sweep.sweep_view import PointTable
from tests.support.screen.form_and_run import SIZES, open_run
from tests.support.screen.playground import Engine
from tests.support.screen.text import flat
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored, train_events
from tests.support.stored.searches import RANDOM, search_events
from tests.support.stored.sweeps import SWEEP, sweep_events


@pytest.mark.parametrize("size", SIZES)
async def test_a_training_is_watched_epoch_by_epoch(
    workbench: Workbench, engine: Engine, stored: Stored, size: tuple[int, int]
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20), status="finished")
    async with workbench.run_test(size=size) as pilot:
        await open_run(pilot, run)
        await pilot.press("w")
        await until(pilot, lambda: "after epoch ‹ 20 › of 20 (the one that was kept)" in
                    flat(workbench))  # fmt: skip
        await pilot.press("home")
        await until(pilot, lambda: "‹ 1 ›" in flat(workbench))
        await pilot.press("right", "right")
        await until(pilot, lambda: "‹ 3 ›" in flat(workbench))
        # played from here to the last one, where it stays
        await pilot.press("end", "left", "left", "space")
        await until(pilot, lambda: "‹ 20 ›" in flat(workbench))
        before = engine.asked[-1].view
        await pilot.press("up")
        await until(pilot, lambda: engine.asked[-1].view.y != before.y)
        assert "predicted →" in flat(workbench)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, RunScreen))


async def test_of_a_search_the_trial_under_the_cursor_is_watched_or_the_best(
    workbench: Workbench, engine: Engine, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events(), status="finished")
    async with workbench.run_test(size=(100, 30)) as pilot:
        await open_run(pilot, run)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(workbench.focused, TrialTable))
        table = workbench.focused
        assert isinstance(table, TrialTable)
        await pilot.press("down", "down", "w")
        await until(pilot, lambda: "after epoch" in flat(workbench))
        trial = table.current
        assert trial is not None
        assert engine.asked[-1].settings.items() >= trial.trial.settings.items()
        assert "learning rate 0.0217" in flat(workbench)
        await pilot.press("escape", "S", "w")
        await until(pilot, lambda: engine.asked[-1].settings.items() < trial.trial.settings.items()
                    or engine.asked[-1].settings != trial.trial.settings)  # fmt: skip


async def test_of_a_sweep_the_value_under_the_cursor_is_watched(
    workbench: Workbench, engine: Engine, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events(), status="finished")
    async with workbench.run_test(size=(100, 30)) as pilot:
        await open_run(pilot, run)
        await pilot.press("V")
        await until(pilot, lambda: isinstance(workbench.focused, PointTable))
        await pilot.press("down", "w")
        await until(pilot, lambda: "after epoch" in flat(workbench))
        assert engine.asked[-1].settings == {"units": 20}
