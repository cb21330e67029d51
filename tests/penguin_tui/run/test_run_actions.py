"""What can be done with a run: stop, pause, go on, run again."""

from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.run import RunScreen
from tests.support.screen.form_and_run import report, requested
from tests.support.screen.run_view import open_from_runs
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import at_rest, until
from tests.support.stored.runs import Stored, train_events


async def test_stop_pause_and_going_on_are_asked_of_the_engine(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(3, 20, finished=False), status="running")

    def set_status(status: str) -> None:
        report(workbench.home, run, [], status)

    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_from_runs(pilot, run, "epoch 3 of 20")
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
        screen = await open_from_runs(pilot, run, "finished")
        # one of nine minutes
        await pilot.press("r", "enter")
        await until(pilot, lambda: ": queued" in seen(workbench))
        with Store.open(workbench.home) as store:
            newest = store.runs()[0]
            assert newest.id == screen.run_id != run
            assert newest.spec == store.run(run).spec
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(workbench.screen, RunScreen))
