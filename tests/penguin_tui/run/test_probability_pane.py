"""The tab Probabilities: figures, a threshold that moves, and what is kept with the model."""

from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from tests.support.screen.form_and_run import home_of, run_shown
from tests.support.screen.text import flat
from tests.support.screen.waiting import until, until_stored
from tests.support.stored.probabilities import events_with_figures
from tests.support.stored.runs import Stored, train_events


async def test_matrix_and_costs_follow_the_threshold_and_enter_keeps_it(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, events_with_figures())
    async with run_shown(workbench, run, "finished", size=(80, 24)) as pilot:
        await pilot.press("Y")
        await until(pilot, lambda: "ill from 50 % on (validation rows)" in flat(workbench))
        assert "Probabilities, 400 validation rows" in flat(workbench)
        assert "cross-validated: it helps" in flat(workbench)
        await pilot.press("space", "space")
        await until(pilot, lambda: "missed 5, false 1" in flat(workbench))
        await pilot.press("shift+left", "left")
        await until(pilot, lambda: "ill from 39 % on" in flat(workbench))
        await pilot.press("down", "down")
        await until(pilot, lambda: "Reliability" in flat(workbench))
        await pilot.press("enter")
        rule = await until_stored(home_of(pilot), lambda store: store.run(run).decision_rule)
        assert rule.positive == "ill"
        assert rule.temperature > 2
        # kept on the probabilities after scaling, which are nearer to a half
        assert 0.39 < (rule.threshold or 0) < 0.5
        await pilot.press("backspace")
        await until_stored(home_of(pilot), lambda store: store.run(run).decision_rule is None)


async def test_a_run_of_an_earlier_version_says_to_rerun_it(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    async with run_shown(workbench, run, "finished", size=(140, 45)) as pilot:
        await pilot.press("Y")
        await until(pilot, lambda: "rerun it to see this" in flat(workbench))
        with Store.open(home_of(pilot)) as store:
            assert store.run(run).decision_rule is None
