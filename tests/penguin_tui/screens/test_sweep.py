"""Sweeps on screen: the search space, its workload, points as they arrive, the choice."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from engine.runs.events import Event, Plan, TrialEnded, TrialStarted
from engine.runs.state import RunState, fold
from engine.specs.presets import SWEEP_PRESETS
from engine.specs.sweep import SweepSpec
from engine.specs.train import TrainSpec
from engine.store.records import RunRecord
from engine.store.store import Store
from engine.store.writer import RunWriter
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.presentation.blocks import plain
from penguin_tui.presentation.sweep import SweepPicture, diverged_lines, picture_of
from penguin_tui.screens.sweep import SweepScreen
from penguin_tui.screens.train import TrainScreen
from penguin_tui.sweep.sweep_chart import SweepChart, SweepLook, draw_sweep
from tests.support.screen_text import flat, seen, settled
from tests.support.stored_runs import NOW, Stored, train_events, until
from tests.support.stored_searches import SWEEP, sweep_events

SIZES = [(80, 24), (140, 45)]


async def sweep_screen(pilot: Pilot[None]) -> SweepScreen:
    """Go to the Sweep screen and wait until its form is there."""
    await pilot.press("4")
    await until(pilot, lambda: isinstance(pilot.app.screen, SweepScreen))
    screen = pilot.app.screen
    assert isinstance(screen, SweepScreen)
    await until(pilot, lambda: screen.table.has_focus and "trainings" in seen(pilot.app))
    return screen


def sweeps_of(workbench: Workbench) -> list[RunRecord]:
    with Store.open(workbench.home) as store:
        return [record for record in store.runs() if record.kind == "sweep"]


def report(workbench: Workbench, run: int, events: list[Event], status: str | None = None) -> None:
    """What the engine would write of a run."""
    with Store.open(workbench.home) as store, store.writing() as connection:
        RunWriter(store.run(run)).write(connection, events)
        connection.execute(
            "UPDATE runs SET started = ?, status = coalesce(?, status) WHERE id = ?",
            (NOW - 60, status, run),
        )


# -- before it starts -----------------------------------------------------------------------------


async def test_how_much_it_is_is_told_before_starting(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await sweep_screen(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "depth" in seen(workbench))
        await pilot.press("1")
        await until(pilot, lambda: "495 trainings" in seen(workbench))
        # the post's ninety-nine depths, five seeds each, five epochs
        assert "99 values, 5 seeds each" in seen(workbench)
        assert "2,475 epochs in all" in seen(workbench)
        spec = screen.form.reading.spec
        assert isinstance(spec, SweepSpec)
        assert spec == make_spec("sweep", SWEEP_PRESETS["depth"])


async def test_a_sweep_over_epochs_needs_one_training_for_each_seed(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await sweep_screen(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "batch-size" in seen(workbench))
        await pilot.press("4")
        await until(pilot, lambda: "5 trainings" in seen(workbench))
        assert "150 epochs in all" in seen(workbench)


async def test_the_time_is_told_from_an_earlier_run_or_called_unknown(
    workbench: Workbench, stored: Stored
) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await sweep_screen(pilot)
        await until(pilot, lambda: "unknown" in seen(workbench))
        fields = {**SWEEP, "repeats": 5}
        stored("sweep", fields, sweep_events())
        with Store.open(workbench.home) as store, store.writing() as connection:
            connection.execute("UPDATE runs SET started = ?, ended = ?", (NOW - 60, NOW - 50))
        await pilot.press("3")
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))
        await pilot.press("4")
        await until(pilot, lambda: workbench.screen is screen)
        # that run had 250 epochs in ten seconds; this one has 400 of the same batch size
        await until(pilot, lambda: "about 16 s" in seen(workbench))
        assert "at the speed of run" in seen(workbench)


async def test_a_range_that_cannot_be_is_told_beside_it_and_not_run(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await sweep_screen(pilot)
        await pilot.press("down", "tab", *"9..x")
        await until(pilot, lambda: "'9..x' is no range" in seen(workbench))
        await pilot.press("ctrl+r")
        await pilot.pause(0.3)
        assert sweeps_of(workbench) == []
        await pilot.press("ctrl+u", *"0..5")
        await until(pilot, lambda: "a whole number from 1 to 4,096" in seen(workbench))
        await pilot.press("ctrl+u", *"5..25/10")
        await until(pilot, lambda: "3 values, 5 seeds each" in seen(workbench))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: len(sweeps_of(workbench)) == 1)
        [record] = sweeps_of(workbench)
        assert record.spec.vary["units"].values == (5, 15, 25)  # type: ignore[union-attr]
        assert screen.view.display


async def test_the_setting_is_chosen_from_a_list_with_what_it_does(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await sweep_screen(pilot)
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
        screen = await sweep_screen(pilot)
        await pilot.press("down", "down")
        fields = screen.query_one(FormFields)
        await until(pilot, lambda: fields.current and fields.current.id == "repeats")
        await pilot.press("2")
        await until(pilot, lambda: "8 values, 2 seeds each" in seen(workbench))
        # up from the first field goes back, and so does v from anywhere in the form
        await pilot.press("up")
        await until(pilot, lambda: screen.table.has_focus and fields.current is None)
        await pilot.press("down", "down", "escape", "v")
        await until(pilot, lambda: screen.table.has_focus)


# -- live -----------------------------------------------------------------------------------------


async def test_points_arrive_with_progress_best_value_and_time_left(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await sweep_screen(pilot)
        screen.fill("sweep", SWEEP)
        await pilot.press("r")
        await until(pilot, lambda: ": queued" in seen(workbench))
        [record] = sweeps_of(workbench)
        events = sweep_events(done=23)
        report(workbench, record.id, events, "running")
        await until(pilot, lambda: "training 23 of 50" in seen(workbench))
        assert "epoch 117 of 250" in seen(workbench)
        # 117 epochs in the 60 seconds since the plan
        assert "1.9 epochs/s, 1 min 08 s left" in flat(workbench)
        await until(pilot, lambda: "Best so far: units 50" in seen(workbench))
        assert "5 of 10 values pending" in seen(workbench)
        report(workbench, record.id, sweep_events()[len(events) :])
        await until(pilot, lambda: "finished" in seen(workbench))
        await until(pilot, lambda: "◆ chosen" in seen(workbench))


async def test_skip_asks_for_the_candidate_at_work_and_stop_for_all(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events(done=3), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "training 3 of 50" in seen(workbench))
        await pilot.press("k")
        await until(pilot, lambda: _asked(workbench) == [(run, "skip")])
        await pilot.press("s")
        await until(pilot, lambda: _asked(workbench) == [(run, "skip"), (run, "stop")])


def _asked(workbench: Workbench) -> list[tuple[int | None, str]]:
    with Store.open(workbench.home) as store:
        return [(request.run, request.what) for request in store.open_requests()]


async def test_help_tells_the_keys_of_a_sweep_and_no_others(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events(done=3), status="running")
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "training 3 of 50" in seen(workbench))
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
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "◆ chosen" in seen(workbench))
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
        await pilot.press("a")
        await until(pilot, lambda: "11,103 parameters" in flat(workbench))
        await pilot.press("w")
        await until(pilot, lambda: "171" in seen(workbench))


async def test_the_chosen_value_comes_into_the_train_form(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "Chosen: units 80" in flat(workbench))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))
        screen = workbench.screen
        assert isinstance(screen, TrainScreen)
        await until(pilot, lambda: screen.form.fields["epochs"] == 5)
        spec = screen.form.reading.spec
        assert isinstance(spec, TrainSpec)
        assert spec.hidden_layers == (80, 80)


async def test_load_settings_goes_back_to_the_sweep_form(
    workbench: Workbench, stored: Stored
) -> None:
    fields = {"vary": {"dropout": {"values": [0.0, 0.25]}}, "repeats": 2, "epochs": 5}
    run = stored("sweep", fields, sweep_events(fields))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "Chosen: dropout" in flat(workbench))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(workbench.screen, SweepScreen))
        screen = workbench.screen
        assert isinstance(screen, SweepScreen)
        await until(pilot, lambda: "0, 0.25" in seen(workbench))
        assert screen.form.reading.spec == make_spec("sweep", fields)


def test_trainings_that_diverged_are_counted() -> None:
    events: list[Event] = []
    for number, status in enumerate(("finished", "diverged", "diverged")):
        events += [
            TrialStarted(at=NOW, trial=number, settings={"units": 10, "seed": number}, epochs=5),
            TrialEnded(at=NOW, trial=number, status=status, epochs=5),
        ]
    [line] = diverged_lines(fold(RunState(), events))
    assert "2 trainings diverged" in plain(line)
    assert diverged_lines(fold(RunState(), events[:2])) == []


# -- the chart ------------------------------------------------------------------------------------


def picture(fields: dict[str, Any], done: int | None = None) -> SweepPicture:
    """What the chart is given for these settings."""

    class Record:
        spec = make_spec("sweep", fields)
        protocol = "strict"

    state = fold(RunState(), sweep_events(fields, done))
    found = picture_of(Record(), state)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_band_can_be_told_without_colour_and_only_where_there_are_repeats() -> None:
    drawn = draw_sweep(80, 24, picture(SWEEP), SweepLook()).text()
    assert "░░ 95 % of validation" in drawn
    assert drawn.count("░") > 50
    alone = draw_sweep(80, 24, picture({**SWEEP, "repeats": 1}), SweepLook()).text()
    assert "░" not in alone
    assert "░" not in draw_sweep(80, 24, picture(SWEEP), SweepLook(band="none")).text()


def test_training_and_validation_differ_in_marker_and_line() -> None:
    drawn = draw_sweep(80, 24, picture(SWEEP), SweepLook()).text()
    assert "━━━ validation" in drawn
    assert "╍╍╍ training" in drawn
    assert "●" in drawn
    assert "○" in drawn


def test_names_are_placed_side_by_side_with_bars_for_the_interval() -> None:
    fields = {"vary": {"optimizer": {"values": ["adam", "sgd", "rmsprop"]}}, "epochs": 5}
    drawn = draw_sweep(80, 24, picture(fields), SweepLook()).text()
    lines = drawn.splitlines()
    assert [name for name in ("adam", "sgd", "rmsprop") if name in lines[-1]] == [
        "adam", "sgd", "rmsprop",
    ]  # fmt: skip
    assert "┃ 95 % of validation" in drawn
    assert drawn.count("┃") > 3


def test_values_far_apart_are_on_a_log_axis_and_equal_steps_are_not() -> None:
    far = {"vary": {"learning_rate": {"values": [0.0001, 0.001, 0.01, 0.1]}}, "epochs": 5}
    last = draw_sweep(80, 20, picture(far), SweepLook()).text().splitlines()[-1]
    columns = [last.index(name) for name in ("1e-4", "0.001", "0.01 ", "0.1")]
    gaps = [b - a for a, b in pairwise(columns)]
    assert max(gaps) - min(gaps) <= 3
    even = {"vary": {"units": {"low": 1, "high": 99, "step": 1}}, "epochs": 5, "repeats": 1}
    last = draw_sweep(80, 20, picture(even), SweepLook()).text().splitlines()[-1]
    columns = [last.index(name) for name in ("20", "40", "60", "80")]
    gaps = [b - a for a, b in pairwise(columns)]
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (24, 6), (30, 8), (200, 60)])
@pytest.mark.parametrize("done", [0, 1, 6, None])
def test_every_size_and_number_of_points_can_be_drawn(
    size: tuple[int, int], done: int | None
) -> None:
    grid = draw_sweep(*size, picture(SWEEP, done), SweepLook(cursor=0), focused=True)
    assert (grid.width, grid.height) == size


async def test_the_figures_of_a_point_are_read_with_the_arrows(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "◆ chosen" in seen(workbench))
        await pilot.press("c", "left", "left")
        await until(pilot, lambda: "units 90: validation 96.8 % (95.8–97.8" in seen(workbench))
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
        await pilot.pause()
        if state == "empty":
            await sweep_screen(pilot)
            await until(pilot, lambda: "unknown" in seen(workbench))
        else:
            await workbench.open_run(run)
            await until(pilot, lambda: "▲ best" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
