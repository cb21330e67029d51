"""The Baseline screen: a small form, a run, its coefficients."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.baseline import BaselineScreen
from tests.support.screen.form_and_run import SIZES, form_screen, report, submitted
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.runs import NOW, baseline_events


async def test_the_number_of_iterations_and_the_coefficients_are_shown(
    workbench: Workbench,
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, BaselineScreen)
        assert "Logistic regression" in seen(workbench)
        screen.form.enter("max_iterations")
        await pilot.press("5", "0")
        record = await submitted(pilot)
        assert record.spec == make_spec("baseline", {"max_iterations": 50})
        report(workbench.home, record.id, baseline_events())
        await until(pilot, lambda: "finished after" in seen(workbench))
        await pilot.press("W")
        await until(pilot, lambda: "flipper_length_mm" in seen(workbench))
        assert "converged in 23 iterations" in flat(workbench)
        assert "-2.400" in seen(workbench)
        assert "(intercept)" in seen(workbench)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "live", "finished", "coefficients"])
def test_looks(
    snap_compare: Callable[..., bool], workbench: Workbench, size: tuple[int, int], state: str
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await form_screen(pilot, BaselineScreen)
        if state != "empty":
            run = (await submitted(pilot)).id
            report(workbench.home, run, baseline_events()[:3], "running", NOW - 302)
            await until(pilot, lambda: "fitting" in seen(workbench))
        if state in ("finished", "coefficients"):
            report(workbench.home, run, baseline_events()[3:], None, NOW - 302)
            await until(pilot, lambda: "97.1 %" in seen(workbench))
        if state == "coefficients":
            await pilot.press("W")
            await until(pilot, lambda: "(intercept)" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
