"""The Train screen: from the form to a live run and back."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from engine.kinds import make_spec
from engine.runs.events import Ended, Finished
from engine.specs.kinds.train import TrainSpec
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.form_and_run import (
    SIZES,
    form_screen,
    nothing_stored,
    report,
    stored_run,
    submitted,
)
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import settled, until, until_stored
from tests.support.stored.descriptions import penguins
from tests.support.stored.runs import NOW, Stored, train_events


def known_data(stored: Stored) -> None:
    """The penguins have been looked at."""
    stored("describe", {}, [Finished(result=penguins()), Ended(at=NOW - 500, status="finished")])


async def test_the_form_begins_with_the_data_all_screens_use(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        workbench.data_choice = {"data": "/data/iris.csv", "target": "kind", "exclude": ["id"]}
        screen = await form_screen(pilot, TrainScreen)
        fields = screen.form.fields
        assert (fields["data"], fields["target"], list(fields["exclude"])) == (
            "/data/iris.csv", "kind", ["id"],
        )  # fmt: skip
        screen.form.load(fields | {"epochs": 7})
        workbench.data_choice = {"data": "penguins", "target": "species"}
        await until(pilot, lambda: screen.form.fields["data"] == "penguins")
        # what belongs to the old data is gone, what belongs to the network stays
        assert list(screen.form.fields["exclude"]) == []
        assert screen.form.fields["epochs"] == 7


async def test_layers_and_parameters_are_told_before_training(
    workbench: Workbench, stored: Stored
) -> None:
    known_data(stored)
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        # the post codes categories as numbers, which gives its 11,103 parameters
        await pilot.press("l")
        await pilot.pause()
        await pilot.press(*"two-", "enter")
        await until(pilot, lambda: "11,103 parameters" in seen(workbench))
        assert "6 → 100 → 100 → 3" in seen(workbench)
        assert "2 hidden layers" in seen(workbench)
        assert "206 rows, 7 steps per epoch" in seen(workbench)
        screen.form.load(screen.form.fields | {"hidden_layers": []})
        await until(pilot, lambda: "21 parameters" in seen(workbench))


async def test_what_the_data_decide_is_not_guessed(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await form_screen(pilot, TrainScreen)
        await until(pilot, lambda: "Shown once the data have been" in seen(workbench))
        assert "parameters" not in seen(workbench)


async def test_the_planned_learning_rate_is_drawn_before_training(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.load({"learning_rate": 0.2, "schedule": "step_decay", "epochs": 10})
        # 0.2 halved three times by the last epoch
        await until(pilot, lambda: "rate 0.02500" in seen(workbench))
        assert "Planned learning rate" in seen(workbench)


async def test_a_preset_fills_the_form_with_one_key(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        await pilot.press("l")
        await until(pilot, lambda: "early-stopping" in seen(workbench))
        await pilot.press(*"stopping", "enter")
        await until(pilot, lambda: workbench.screen is screen)
        spec = screen.form.reading.spec
        assert isinstance(spec, TrainSpec)
        assert spec.early_stopping is not None
        assert spec.early_stopping.patience == 3
        assert (spec.dropout, spec.epochs, spec.kernel_l1) == (0.5, 20, (0.01, 0.0))
        await pilot.press("l")
        await until(pilot, lambda: "early-stopping" in seen(workbench))
        await pilot.press("escape")
        await until(pilot, lambda: workbench.screen is screen)
        assert screen.form.reading.spec == spec


async def test_escape_goes_to_the_form_and_w_back_to_the_run(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        record = await submitted(pilot)
        assert record.status == "queued"
        await pilot.press("escape")
        await until(pilot, lambda: "Hidden layers" in seen(workbench))
        await pilot.press("w")
        await until(pilot, lambda: ": queued" in seen(workbench))
        await pilot.press("s")
        await until_stored(workbench.home, lambda store: store.run(record.id).status == "stopped")
        await until(pilot, lambda: "Stopped before it began" in seen(workbench))
        assert "r runs it again, esc goes to the settings" in flat(workbench)
        assert screen.view.display


async def test_run_goes_to_what_is_wrong_and_stores_nothing(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.load(screen.form.fields | {"batch_size": "many", "missing_categories": "?"})
        await until(pilot, lambda: "2 settings need" in seen(workbench))
        await pilot.press("r")
        fields = screen.query_one(FormFields)
        await until(pilot, lambda: fields.current and fields.current.id == "batch_size")
        assert "'many' is invalid" in seen(workbench)
        await nothing_stored(pilot)


async def test_letters_in_a_field_start_nothing_but_control_r_does(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.enter("target")
        await pilot.press("r", "3", "q")
        await until(pilot, lambda: screen.form.text("target") == "r3q")
        await nothing_stored(pilot)
        assert workbench.screen is screen
        screen.form.load({"epochs": 3})
        screen.form.enter("epochs")
        await pilot.press("ctrl+r")
        await stored_run(pilot)


async def test_other_data_typed_in_the_form_become_the_data_of_all_screens(
    workbench: Workbench,
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.load({"protocol": "as_published", "split_seed": 5})
        await pilot.press("r")
        await stored_run(pilot)
        await until(pilot, lambda: workbench.data_choice["protocol"] == "as_published")
        assert screen.form.fields["split_seed"] == 5
        assert "as published" in seen(workbench).lower()


async def test_an_unusable_file_is_told_at_once_and_nothing_is_stored(
    workbench: Workbench,
) -> None:
    async with workbench.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        before = workbench.data_choice
        screen.form.load({"data": "/nowhere/[red]x.csv", "target": "kind"})
        await pilot.press("r")
        await until(pilot, lambda: "'/nowhere/[red]x.csv' does not exist" in flat(workbench))
        await nothing_stored(pilot)
        assert workbench.data_choice == before
        # the key works again once it is mended
        screen.form.load({"epochs": 2})
        await pilot.press("r")
        await stored_run(pilot)


async def test_the_network_of_a_sweep_comes_into_the_form(workbench: Workbench) -> None:
    sweep = make_spec("sweep", {"epochs": 6, "vary": {"units": {"values": [10, 20]}}})
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.load(sweep)
        assert screen.form.reading.spec == make_spec("train", {"epochs": 6})


async def test_loading_settings_while_a_run_is_shown_goes_to_the_form(
    workbench: Workbench,
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        await submitted(pilot)
        screen.load(make_spec("train", {"epochs": 4}))
        await until(pilot, lambda: "Hidden layers" in seen(workbench))
        assert screen.form.fields["epochs"] == 4


# -- as it looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "known", "wrong", "live"])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    stored: Stored,
    size: tuple[int, int],
    state: str,
) -> None:
    if state in ("known", "wrong"):
        known_data(stored)

    async def before(pilot: Pilot[None]) -> None:
        screen = await form_screen(pilot, TrainScreen)
        match state:
            case "empty":
                await until(pilot, lambda: "Shown once" in seen(workbench))
            case "known":
                screen.form.load({"schedule": "step_decay", "learning_rate": 0.2})
                await until(pilot, lambda: "parameters" in seen(workbench))
            case "wrong":
                screen.form.load({"epochs": "lots"})
                screen.form.enter_problem()
                await until(pilot, lambda: "'lots' is invalid" in seen(workbench))
            case "live":
                record = await submitted(pilot)
                report(workbench.home, record.id, train_events(12, 20, finished=False), "running")
                await until(pilot, lambda: "epoch 12 of 20" in seen(workbench))
                await until(pilot, lambda: "┤" in seen(workbench))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
