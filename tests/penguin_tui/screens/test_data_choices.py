"""The Data screen: other columns, another target, another file, by key."""

from pathlib import Path

from textual.widgets import Input, OptionList, Static

from engine.kinds import make_spec
from penguin_tui.app.workbench import Workbench
from penguin_tui.data.feature_table import FeatureTable
from penguin_tui.data.open_file import OpenCsv
from penguin_tui.data.reading_fields import CHOICES
from penguin_tui.forms.choice_field import ChoiceField
from penguin_tui.screens.data import DataScreen
from tests.support.screen.data_screen import Remember, data_screen, suspicious, text_of
from tests.support.screen.waiting import until
from tests.support.stored.descriptions import penguins
from tests.support.stored.runs import NOW


async def test_a_suspicious_column_is_left_out_and_taken_back_with_one_key(
    workbench: Workbench, remember: Remember
) -> None:
    remember(suspicious())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        assert "! The encoding is a guess." in text_of(screen, "#notes")
        assert "! Inspect island. space excludes the selected column." in text_of(screen, "#notes")
        assert "It looks like an id. space excludes it." in text_of(screen, "#details")
        await pilot.press("space")
        await until(pilot, lambda: workbench.data_choice.get("exclude") == ["island"])
        await until(pilot, lambda: "Waiting" in text_of(screen, "#message"))
        await pilot.press("u")
        await until(pilot, lambda: not workbench.data_choice.get("exclude"))
        await until(pilot, lambda: "344 rows" in text_of(screen, "#title"))


async def test_the_target_cannot_be_left_out(workbench: Workbench, remember: Remember) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await until(pilot, lambda: screen.query_one(FeatureTable).has_focus)
        await pilot.press("home", "space")
        assert "exclude" not in workbench.data_choice


async def test_type_and_target_are_changed_by_key(workbench: Workbench, remember: Remember) -> None:
    remember(penguins())
    remember(penguins(), {"column_types": {"bill_length_mm": "categorical"}})
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await until(pilot, lambda: screen.query_one(FeatureTable).has_focus)
        await pilot.press("enter", *"categ", "enter")
        types = {"bill_length_mm": "categorical"}
        await until(pilot, lambda: workbench.data_choice.get("column_types") == types)
        await until(pilot, lambda: "344 rows" in text_of(screen, "#title"))
        await pilot.press("enter", *"target", "enter")
        await until(pilot, lambda: workbench.data_choice["target"] == "bill_length_mm")
        # the type told for a feature means nothing for a target
        assert not workbench.data_choice.get("column_types")


async def test_another_file_is_opened_with_its_target(
    workbench: Workbench, tmp_path: Path, remember: Remember
) -> None:
    remember(penguins())
    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / "birds.csv").write_text("wing;class;nest\n" + "1,5;a;x\n2,5;b;y\n" * 9)
    (folder / "notes.md").write_text("no table")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot, "344 rows")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(workbench.screen, OpenCsv))
        dialog = workbench.screen
        path = dialog.query_one("#path", Input)
        path.value = str(tmp_path / "my")
        listed = dialog.query_one("#entries", OptionList)
        await until(pilot, lambda: listed.option_count == 1)
        await pilot.press("tab")
        assert path.value == f"{folder}/"
        await until(pilot, lambda: listed.option_count == 1)
        await pilot.press("tab")
        assert path.value == str(folder / "birds.csv")
        await until(pilot, lambda: dialog.query_one("#file").display)
        facts = str(dialog.query_one("#facts", Static).content)
        assert "18 rows · 3 columns" in facts
        assert "decimal comma" in facts
        shown = {name: str(dialog.query_one(f"#{name}", ChoiceField).render()) for name in CHOICES}
        assert shown["delimiter"] == "‹ auto: ; ›"
        assert shown["decimal"] == "‹ auto: , ›"
        assert shown["encoding"] == "‹ auto: utf-8 ›"
        assert shown["skip_rows"] == shown["skip_footer"] == "‹ auto: 0 ›"
        await pilot.press("enter")
        target = dialog.query_one("#target", OptionList)
        await until(pilot, lambda: target.has_focus)
        assert target.highlighted == 1
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        assert workbench.data_choice["data"] == str(folder / "birds.csv")
        assert workbench.data_choice["target"] == "nest"


async def test_what_was_detected_can_be_overridden(workbench: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("a,b;c\n" + "1,2;3\n4,5;6\n" * 5)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(workbench.screen, OpenCsv))
        dialog = workbench.screen
        dialog.query_one("#path", Input).value = str(file)
        await until(pilot, lambda: dialog.query_one("#file").display)
        dialog.query_one("#delimiter").focus()
        await pilot.press("right", "right")
        preview = dialog.query_one("#preview", Static)
        await until(pilot, lambda: "a,b  c" in str(preview.content))
        dialog.query_one("#skip_footer").focus()
        await pilot.press("right", "right")
        facts = dialog.query_one("#facts", Static)
        await until(pilot, lambda: "9 rows" in str(facts.content))
        dialog.query_one("#missing_values").focus()
        await pilot.press("right")
        dialog.query_one("#target").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        assert workbench.data_choice["delimiter"] == ";"
        assert workbench.data_choice["skip_footer"] == 1
        assert workbench.data_choice["missing_values"] == []
        assert workbench.data_choice["target"] == "c"


async def test_an_unusable_file_is_explained_in_the_dialog(
    workbench: Workbench, tmp_path: Path
) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot)
        before = dict(workbench.data_choice)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(workbench.screen, OpenCsv))
        dialog = workbench.screen
        dialog.query_one("#path", Input).value = str(file)
        problem = dialog.query_one("#problem", Static)
        await until(pilot, lambda: problem.display and "empty" in str(problem.content))
        await pilot.press("enter")
        assert isinstance(workbench.screen, OpenCsv)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        assert workbench.data_choice == before


async def test_settings_of_a_stored_run_are_taken_over(
    workbench: Workbench, remember: Remember
) -> None:
    remember(penguins())
    other = make_spec("describe", {"exclude": ["sex"], "protocol": "as_published"})
    remember(penguins(), other.model_dump(mode="json"))
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        screen.load(other)
        assert workbench.data_choice["exclude"] == ["sex"]
        assert workbench.data_choice["protocol"] == "as_published"
        await until(pilot, lambda: "344 rows" in text_of(screen, "#title"))


async def test_files_opened_before_are_offered_first_after_a_restart(
    workbench: Workbench, store_home: Path, tmp_path: Path
) -> None:
    table = tmp_path / "wine.csv"
    table.write_text("a,cultivar\n1,x\n2,y\n")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        workbench.data_choice = {"data": str(table), "target": "cultivar"}
        workbench.data_choice = {"data": str(tmp_path / "gone.csv"), "target": "cultivar"}
        workbench.data_choice = {"data": "penguins", "target": "species"}
    again = Workbench(store_home, engine=False, clock=lambda: NOW)
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(again.screen, DataScreen))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(again.screen, OpenCsv))
        offered = again.screen.query_one("#entries", OptionList)
        await until(pilot, lambda: offered.option_count > 0)
        assert str(offered.get_option_at_index(0).prompt) == str(table)
        await pilot.press("down", "enter")
        await until(pilot, lambda: again.screen.query_one("#path", Input).value == str(table))
