"""The Baseline screen: a small form, a run, its coefficients."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from engine.runs.events import Event
from engine.specs.baseline import BaselineSpec
from engine.store.store import Store
from engine.store.writer import RunWriter
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.screens.baseline import BaselineScreen
from tests.support.screen_text import flat, seen, settled
from tests.support.stored_runs import NOW, Stored, baseline_events, until

SIZES = [(80, 24), (140, 45)]


async def baseline_screen(pilot: Pilot[None]) -> BaselineScreen:
    """Go to the Baseline screen and wait until the form is there."""
    await pilot.press("2")
    await until(pilot, lambda: isinstance(pilot.app.screen, BaselineScreen))
    screen = pilot.app.screen
    assert isinstance(screen, BaselineScreen)
    await until(pilot, lambda: "Max iterations" in seen(pilot.app))
    await until(pilot, lambda: screen.query_one(FormFields).has_focus)
    return screen


def report(workbench: Workbench, events: list[Event], status: str | None = None) -> int:
    """What the engine would write of the only baseline."""
    with Store.open(workbench.home) as store:
        [record] = [record for record in store.runs() if record.kind == "baseline"]
        with store.writing() as connection:
            RunWriter(record).write(connection, events)
            connection.execute(
                "UPDATE runs SET started = ?, status = coalesce(?, status) WHERE id = ?",
                (NOW - 302, status, record.id),
            )
    return record.id


async def test_from_the_form_to_the_coefficients(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await baseline_screen(pilot)
        assert "Logistic regression" in seen(workbench)
        screen.form.enter("max_iterations")
        await pilot.press("5", "0", "ctrl+r")
        await until(pilot, lambda: ": queued" in seen(workbench))
        run = report(workbench, baseline_events()[:3], "running")
        await until(pilot, lambda: "fitting" in seen(workbench))
        with Store.open(workbench.home) as store:
            assert store.run(run).spec == make_spec("baseline", {"max_iterations": 50})
        report(workbench, baseline_events()[3:])
        await until(pilot, lambda: "finished after" in seen(workbench))
        assert "test 97.1 % (89.9–99.2)" in seen(workbench)
        await pilot.press("f")
        await until(pilot, lambda: "flipper_length_mm" in seen(workbench))
        assert "converged in 23 iterations" in flat(workbench)
        assert "-2.400" in seen(workbench)
        assert "(intercept)" in seen(workbench)


async def test_settings_of_a_stored_baseline_come_into_its_form(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("baseline", {"max_iterations": 77, "split_seed": 4}, baseline_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await baseline_screen(pilot)
        await workbench.open_run(run)
        await until(pilot, lambda: "finished" in seen(workbench))
        await pilot.press("l")
        await until(pilot, lambda: "Max iterations" in seen(workbench))
        screen = workbench.screen
        assert isinstance(screen, BaselineScreen)
        spec = screen.form.reading.spec
        assert isinstance(spec, BaselineSpec)
        assert (spec.max_iterations, spec.split_seed) == (77, 4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "live", "finished", "coefficients"])
def test_looks(
    snap_compare: Callable[..., bool], workbench: Workbench, size: tuple[int, int], state: str
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await baseline_screen(pilot)
        if state != "empty":
            await pilot.press("r")
            await until(pilot, lambda: ": queued" in seen(workbench))
            report(workbench, baseline_events()[:3], "running")
            await until(pilot, lambda: "fitting" in seen(workbench))
        if state in ("finished", "coefficients"):
            report(workbench, baseline_events()[3:])
            await until(pilot, lambda: "97.1 %" in seen(workbench))
        if state == "coefficients":
            await pilot.press("f")
            await until(pilot, lambda: "(intercept)" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
