"""After a restart of the workbench its forms and the last result are there again."""

from pathlib import Path

from engine.kinds import make_spec
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.screens.evaluate import EvaluateScreen
from penguin_tui.screens.search import SearchScreen
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.form_and_run import form_screen
from tests.support.screen.text import flat
from tests.support.screen.waiting import at_rest, until
from tests.support.stored.runs import NOW, Stored, baseline_events, train_events


def again(home: Path) -> Workbench:
    return Workbench(home, engine=False, clock=lambda: NOW)


async def test_the_settings_of_a_form_are_there(workbench: Workbench, store_home: Path) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        screen.form.load(screen.form.fields | {"epochs": 77, "test_fraction": 0.1})
        await until(pilot, lambda: "77" in flat(workbench))
        other = await form_screen(pilot, SearchScreen)
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: other.kind == "hyperband")
    restarted = again(store_home)
    async with restarted.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        assert screen.form.fields["epochs"] == 77
        assert screen.form.fields["test_fraction"] == 0.1
        other = await form_screen(pilot, SearchScreen)
        assert other.kind == "hyperband"
        assert [row.setting for row in other.table.rows] == ["learning_rate", "batch_size"]
    # of other data what is said of the network
    moved = Workbench(store_home, engine=False, data={"data": "/x/wine.csv", "target": "kind"})
    async with moved.run_test(size=(80, 24)) as pilot:
        fields = (await form_screen(pilot, TrainScreen)).form.fields
        assert (fields["epochs"], fields["test_fraction"]) == (77, 0.2)


async def test_settings_that_are_not_valid_any_more_are_not(store_home: Path) -> None:
    (store_home / "workbench.json").write_text(
        '{"forms": {"train": {"epochs": "many", "gone": 1}}}'
    )
    async with again(store_home).run_test(size=(80, 24)) as pilot:
        fields = (await form_screen(pilot, TrainScreen)).form.fields
        assert fields["epochs"] == make_spec("train", {}).epochs  # type: ignore[attr-defined]
        assert "gone" not in fields


async def test_the_last_result_of_the_data_is_one_key_away(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    stored("train", {"epochs": 30, "data": "/x/wine.csv", "target": "kind"})
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        await until(pilot, lambda: screen.run_id == run)
        await pilot.press("w")
        await until(pilot, lambda: f"Run {run} · training" in flat(workbench))
        await pilot.press("escape")
        workbench.data_choice = {"data": "/x/wine.csv", "target": "kind"}
        await at_rest(pilot)
        await until(pilot, lambda: screen.run_id == run + 1)


async def test_keys_go_to_the_form_of_the_kind_used_last(store_home: Path) -> None:
    (store_home / "workbench.json").write_text('{"forms": {"learning_curve": {}}}')
    async with again(store_home).run_test(size=(100, 30)) as pilot:
        screen = await form_screen(pilot, EvaluateScreen)
        assert screen.kind == "learning_curve"
        await pilot.press("down")
        await until(pilot, lambda: screen.form.query_one(FormFields).current is not None)
        assert screen.form.has_focus_within
