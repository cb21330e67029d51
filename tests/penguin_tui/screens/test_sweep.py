"""Sweeps on screen: the search space, its workload, points as they arrive, the choice."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from engine.runs.events import Plan
from engine.specs.kinds.sweep import SweepSpec
from engine.specs.presets import SWEEP_PRESETS
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.screens.sweep import SweepScreen
from penguin_tui.screens.train import TrainScreen
from penguin_tui.sweep.sweep_chart import SweepChart
from tests.support.screen.form_and_run import (
    SIZES,
    form_screen,
    nothing_stored,
    open_run,
    run_shown,
    stored_run,
)
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.runs import NOW, Stored, train_events
from tests.support.stored.sweeps import SWEEP, sweep_events

# -- before it starts -----------------------------------------------------------------------------


async def test_how_much_it_is_is_told_before_starting(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SweepScreen)
        await pilot.press("l")
        await until(pilot, lambda: "depth" in seen(workbench))
        await pilot.press(*"depth", "enter")
        await until(pilot, lambda: "495 trainings" in seen(workbench))
        # the post's ninety-nine depths, five seeds each, five epochs
        assert "99 values, 5 seeds each" in seen(workbench)
        assert "2,475 epochs in all" in seen(workbench)
        spec = screen.form.reading.spec
        assert isinstance(spec, SweepSpec)
        assert spec == make_spec("sweep", SWEEP_PRESETS["depth"])


async def test_a_sweep_over_epochs_needs_one_training_for_each_seed(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await form_screen(pilot, SweepScreen)
        await pilot.press("l")
        await until(pilot, lambda: "epochs" in seen(workbench))
        await pilot.press(*"epochs", "enter")
        await until(pilot, lambda: "5 trainings" in seen(workbench))
        assert "150 epochs in all" in seen(workbench)


async def test_the_time_is_told_from_an_earlier_run_or_called_unknown(
    workbench: Workbench, stored: Stored
) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SweepScreen)
        await until(pilot, lambda: "unknown" in seen(workbench))
        fields = {**SWEEP, "repeats": 5}
        stored("sweep", fields, sweep_events())
        with Store.open(workbench.home) as store, store.writing() as connection:
            times = (NOW - 60, NOW - 50)
            connection.execute("UPDATE runs SET worked = NULL, started = ?, ended = ?", times)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))
        await pilot.press("4")
        await until(pilot, lambda: workbench.screen is screen)
        # that run trained 250 epochs for 2.5 of its ten seconds; this one has 400 of the same batch
        # size, and an engine has to be started for it
        await until(pilot, lambda: "at most 23 s" in seen(workbench))
        assert "at the speed of run" in seen(workbench)
        assert "the start of an engine included" in " ".join(seen(workbench).split())


async def test_a_range_that_cannot_be_is_told_beside_it_and_not_run(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SweepScreen)
        await pilot.press("down", "tab", "enter", *"9..x")
        await until(pilot, lambda: "'9..x' is no range" in seen(workbench))
        await pilot.press("ctrl+r")
        await nothing_stored(pilot)
        await pilot.press("ctrl+u", *"0..5")
        await until(pilot, lambda: "a whole number from 1 to 4,096" in seen(workbench))
        await pilot.press("ctrl+u", *"5..25/10")
        await until(pilot, lambda: "3 values, 5 seeds each" in seen(workbench))
        await pilot.press("ctrl+r")
        record = await stored_run(pilot)
        assert record.spec.vary["units"].values == (5, 15, 25)  # type: ignore[union-attr]
        assert screen.view.display


async def test_the_setting_is_chosen_from_a_list_with_what_it_does(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SweepScreen)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "How the weights follow the gradient" in seen(workbench))
        await pilot.press(*(["down"] * 9), "enter")
        await until(pilot, lambda: workbench.screen is screen)
        await until(pilot, lambda: "adam, sgd, rmsprop, adamw" in seen(workbench))
        assert "4 values, 5 seeds each" in seen(workbench)
        # with the arrows to the next one
        await pilot.press("right")
        await until(pilot, lambda: "momentum" in screen.table.vary)


async def test_below_the_table_comes_the_form(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, SweepScreen)
        await pilot.press("down", "down")
        fields = screen.query_one(FormFields)
        await until(pilot, lambda: fields.current and fields.current.id == "repeats")
        await pilot.press("enter", "2")
        await until(pilot, lambda: "8 values, 2 seeds each" in seen(workbench))
        # up from the first field goes back, and so does h from anywhere in the form
        await pilot.press("up")
        await until(pilot, lambda: screen.table.has_focus and fields.current is None)
        await pilot.press("down", "down", "escape", "h")
        await until(pilot, lambda: screen.table.has_focus)


# -- live -----------------------------------------------------------------------------------------


async def test_help_tells_the_keys_of_a_sweep_and_no_others(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events(done=3), status="running")
    async with run_shown(workbench, run, "training 3 of 50") as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: "Skip the running trial" in flat(workbench))
        assert "Points" in seen(workbench)
        assert "Brackets" not in seen(workbench)
        assert "Coefficients" not in seen(workbench)


# -- finished -------------------------------------------------------------------------------------


async def test_the_choice_is_named_and_marked_and_only_it_is_tested(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events())
    async with run_shown(workbench, run, "◆ chosen") as pilot:
        assert "units 80, the simplest within one standard error of the best, 100" in flat(
            workbench
        )
        chart = workbench.screen.query_one(SweepChart)
        # the marks are on the chart: the chosen one with a line down to the axis
        assert "◆" in chart.shown_text().split("\n", 2)[2]
        assert chart.shown_text().count("┊") > 10
        await until(pilot, lambda: "96.1–97.1" in seen(workbench))
        [row] = [line for line in seen(workbench).splitlines() if "96.1–97.1" in line]
        assert row.rstrip().endswith("chosen")
        await pilot.press("N")
        await until(pilot, lambda: "11,103 parameters" in flat(workbench))
        await pilot.press("E")
        await until(pilot, lambda: "171" in seen(workbench))


async def test_the_figures_of_a_point_are_read_with_the_arrows(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events())
    async with run_shown(workbench, run, "◆ chosen", size=SIZES[0]) as pilot:
        await pilot.press("C", "left", "left")
        figures = "units 90: validation 96.8 % (95 % interval 95.8–97.8 seeds, 5 seeds)"
        await until(pilot, lambda: figures in seen(workbench))
        await pilot.press("escape")
        await until(pilot, lambda: "units 90: validation" not in seen(workbench))


def test_a_single_training_says_nothing_of_a_plan() -> None:
    assert not any(isinstance(event, Plan) for event in train_events(3, 3))


# -- as it looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "live", "finished"])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    stored: Stored,
    size: tuple[int, int],
    state: str,
) -> None:
    live, done = sweep_events(done=23), sweep_events()
    run = 0
    if state != "empty":
        status = "running" if state == "live" else None
        run = stored("sweep", SWEEP, live if state == "live" else done, status=status)

    async def before(pilot: Pilot[None]) -> None:
        if state == "empty":
            await form_screen(pilot, SweepScreen)
            await until(pilot, lambda: "unknown" in seen(workbench))
        else:
            await open_run(pilot, run, "▲ best")
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
