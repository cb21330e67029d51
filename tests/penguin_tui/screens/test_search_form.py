"""The form of a search: its search space, kinds and workload."""

import pytest

from engine.kinds import KINDS, make_spec
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.search_space.table import SearchSpaceTable
from penguin_tui.screens.search import SearchScreen
from tests.support.screen.form_and_run import form_screen, nothing_stored, stored_run
from tests.support.screen.text import seen
from tests.support.screen.waiting import until


async def test_rows_are_added_changed_and_removed_by_key(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        assert list(screen.table.vary) == ["learning_rate", "batch_size"]
        await pilot.press("down", "plus")
        await until(pilot, lambda: "units" in screen.table.vary)
        # from steps to a list, and other values typed into it
        await pilot.press("tab", "right")
        await until(pilot, lambda: "values" in screen.table.vary["units"])
        await pilot.press("tab", "enter", *"8, 24")
        await until(pilot, lambda: screen.table.vary["units"] == {"values": [8, 24]})
        await pilot.press("ctrl+d")
        await until(pilot, lambda: list(screen.table.vary) == ["learning_rate", "batch_size"])
        await pilot.press("enter", "escape", "d", "d")
        await until(pilot, lambda: "No hyperparameters yet" in seen(workbench))
        await pilot.press("r")
        await nothing_stored(pilot)
        await pilot.press("escape", "plus")
        await until(pilot, lambda: screen.table.vary != {})


async def test_what_is_wrong_stands_below_its_row(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        # learning rate, log range: from 0
        await pilot.press("down", "tab", "tab", "enter", "0")
        await until(pilot, lambda: "a log range cannot begin at 0" in seen(workbench))
        lines = seen(workbench).splitlines()
        row = next(i for i, line in enumerate(lines) if "‹ learning rate ›" in line)
        assert "a log range cannot begin at 0" in lines[row + 1]
        await pilot.press("ctrl+r")
        await nothing_stored(pilot)
        await pilot.press("ctrl+u", *"1e-3")
        await until(pilot, lambda: screen.table.problems == {})
        await pilot.press("ctrl+r")
        await stored_run(pilot)


async def test_the_amount_of_each_kind_is_told_before_starting(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        # ten candidates on three folds, and the best once more
        assert "10 trials, 3 folds each" in seen(workbench)
        assert "31 trainings" in seen(workbench)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: screen.kind == "grid_search")
        # four rates times four batch sizes: the continuous range has become a list
        await until(pilot, lambda: "16 trials, 3 folds each" in seen(workbench))
        assert "0.0001, 0.001, 0.01, 0.1" in seen(workbench)
        assert "49 trainings" in seen(workbench)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: screen.kind == "hyperband")
        # Keras Tuner's schedule for at most ten epochs
        await until(pilot, lambda: "30 trainings" in seen(workbench))
        assert "120 epochs" in seen(workbench)
        # the whole again on each outer fold
        screen.form.load(screen.form.fields | {"outer_folds": 5})
        await until(pilot, lambda: "180 trainings" in seen(workbench))
        assert "30 trainings once, and again" in seen(workbench)
        assert "720 epochs" in seen(workbench)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("random", "random_search"), ("grid", "grid_search"), ("hyperband", "hyperband")],
)
async def test_the_posts_searches_are_presets(workbench: Workbench, word: str, kind: str) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        await pilot.press("l")
        await until(pilot, lambda: "Hyperband: post" in seen(workbench))
        await pilot.press(*word, "enter")
        await until(pilot, lambda: workbench.screen is screen and screen.kind == kind)
        wanted = make_spec(kind, KINDS[kind].presets["post"])
        await until(pilot, lambda: screen.form.reading.spec == wanted)
        await pilot.press("r")
        assert (await stored_run(pilot)).kind == kind


async def test_other_settings_and_data_go_with_the_kind(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        screen.form.load(screen.form.fields | {"activation": "tanh", "split_seed": 4})
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: screen.form.fields["activation"] == "tanh")
        assert screen.form.fields["split_seed"] == 4
        workbench.data_choice = {"data": "/data/iris.csv", "target": "kind"}
        await until(pilot, lambda: screen.form.fields["data"] == "/data/iris.csv")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: screen.form.fields["data"] == "/data/iris.csv")


async def test_where_it_is_narrow_the_amount_is_a_line(workbench: Workbench) -> None:
    async with workbench.run_test(size=(62, 20)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        await until(pilot, lambda: "31 trainings, 310 epochs, time unknown" in seen(workbench))
        screen.form.load(screen.form.fields | {"max_trials": "x"})
        await until(pilot, lambda: "1 setting to correct" in seen(workbench))


async def test_fields_of_the_table_take_the_mouse(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        # the kind of the first row: once to go there, once more for the next kind
        await pilot.click(SearchSpaceTable, offset=(27, 1))
        await pilot.click(SearchSpaceTable, offset=(27, 1))
        await until(pilot, lambda: "‹ steps ›" in seen(workbench))
        assert "step" in screen.table.vary["learning_rate"]
        # a bound of it: typed over
        await pilot.click(SearchSpaceTable, offset=(45, 1))
        await pilot.press(*"0.01")
        await until(pilot, lambda: screen.table.vary["learning_rate"]["low"] == 0.01)


async def test_ranges_survive_a_search_that_cannot_have_them(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        before = screen.table.vary
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "values" in screen.table.vary["learning_rate"])
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: screen.kind == "random_search")
        assert screen.table.vary == before
        # the kinds of a row as well
        await pilot.press("down", "tab", *["right"] * 4)
        await until(pilot, lambda: screen.table.vary == before)


async def test_a_list_that_was_typed_stays_a_list(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, SearchScreen)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "values" in screen.table.vary["learning_rate"])
        await pilot.press("down", "tab", "tab", "enter", *"0.1, 0.2", "enter")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: screen.kind == "random_search")
        assert screen.table.vary["learning_rate"] == {"values": [0.1, 0.2]}
