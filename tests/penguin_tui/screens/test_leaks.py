"""Data leakage shown on purpose: begun with a key on Data, drawn as it grows, marked everywhere."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from penguin_tui.app.workbench import Workbench
from penguin_tui.presentation.words import LEAK_SHOWN
from penguin_tui.screens.evaluate import EvaluateScreen
from tests.support.screen.data_screen import Remember, data_screen
from tests.support.screen.form_and_run import SIZES, open_run, report, submitted
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.descriptions import penguins
from tests.support.stored.leaks import LEAKAGE, leaks_events
from tests.support.stored.runs import NOW, Stored


async def test_a_key_on_data_leads_to_a_form_that_says_the_cost_and_bars_grow(
    workbench: Workbench, remember: Remember
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(110, 40)) as pilot:
        await data_screen(pilot, "344 rows")
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: isinstance(workbench.screen, EvaluateScreen))
        screen = workbench.screen
        assert isinstance(screen, EvaluateScreen)
        await until(pilot, lambda: screen.kind == "leaks")
        await until(pilot, lambda: "240 fits each (12 trainings" in seen(workbench))
        screen.form.load(screen.form.fields | LEAKAGE)
        record = await submitted(pilot)
        assert record.spec == make_spec("leaks", LEAKAGE)
        live = leaks_events(2, ended=False)
        report(workbench.home, record.id, live, "running", NOW - 60)
        await until(pilot, lambda: "over 2 splits" in flat(workbench))
        assert LEAK_SHOWN in flat(workbench)
        report(workbench.home, record.id, leaks_events()[len(live) :], None, NOW - 60)
        await until(pilot, lambda: "over 6 splits" in flat(workbench))
        assert "Flatters most: selecting settings on the test set" in flat(workbench)


async def test_runs_marks_it(workbench: Workbench, stored: Stored) -> None:
    stored("leaks", LEAKAGE, leaks_events())
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "leakage" in seen(workbench))
        await until(pilot, lambda: LEAK_SHOWN in flat(workbench))


@pytest.mark.parametrize("size", SIZES)
def test_looks(
    snap_compare: Callable[..., bool], workbench: Workbench, stored: Stored, size: tuple[int, int]
) -> None:
    run = stored("leaks", LEAKAGE, leaks_events())

    async def before(pilot: Pilot[None]) -> None:
        await open_run(pilot, run, "How much each leak flatters")
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
