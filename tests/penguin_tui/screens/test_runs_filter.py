"""The Runs screen finds runs: by words, tags, settings and days."""

from textual import events
from textual.widgets import Input

from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.runs.screen import RunsScreen
from tests.support.screen.runs_table import on_screen, open_runs, three
from tests.support.screen.text import flat
from tests.support.screen.waiting import until, until_stored
from tests.support.stored.runs import NOW, Stored, baseline_events


async def test_filter_shows_matching_runs_and_escape_all_of_them(
    workbench: Workbench, stored: Stored
) -> None:
    three(stored)
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 3)
        await pilot.press("slash", *"network post")
        await until(pilot, lambda: [r.name for r in table.items] == ["post's network"])
        await pilot.press(*"6")
        await until(pilot, lambda: not table.items)
        assert isinstance(workbench.screen, RunsScreen), "a digit in a field goes nowhere"
        await pilot.press("escape")
        await until(pilot, lambda: len(table.items) == 3)


async def test_a_mistake_in_the_filter_is_said_below_it_and_the_rest_applies(
    workbench: Workbench, stored: Stored
) -> None:
    three(stored)
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 3)
        await pilot.press("slash", *"kind:train epochs<")
        await until(pilot, lambda: "epochs<: a value is required" in flat(workbench))
        assert len(table.items) == 2
        await pilot.press(*"50")
        await until(pilot, lambda: [r.name for r in table.items] == ["post's network"])
        assert "a value is required" not in flat(workbench)


async def test_tags_are_typed_and_found(workbench: Workbench, stored: Stored) -> None:
    three(stored)
    async with workbench.run_test(size=(100, 30)) as pilot:
        table = await open_runs(pilot, 3)
        run = table.items[0].id
        await pilot.press("number_sign")
        await until(pilot, lambda: bool(workbench.screen.query("TextDialog Input")))
        await pilot.press(*"final paper", "enter")
        await until_stored(workbench.home, lambda store: store.run(run).tags == ("final", "paper"))
        await until(pilot, lambda: "#final #paper" in on_screen(table))
        await pilot.press("slash", *"tag:paper")
        await until(pilot, lambda: [record.id for record in table.items] == [run])


async def test_a_day_finds_its_runs(workbench: Workbench, stored: Stored) -> None:
    stored("baseline", {}, baseline_events(), created=NOW - 86_400)
    stored("baseline", {}, baseline_events(), created=NOW - 60)
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 2)
        await pilot.press("slash", *"yesterday")
        await until(pilot, lambda: [record.id for record in table.items] == [1])


async def test_letters_that_come_in_one_go_with_the_slash_filter(
    workbench: Workbench, stored: Stored
) -> None:
    three(stored)
    async with workbench.run_test(size=(140, 45)) as pilot:
        table = await open_runs(pilot, 3)
        # a name with letters that are commands of the table: d deletes, n names, a runs again
        for character in "/netwo and":
            key = {"/": "slash", " ": "space"}.get(character, character)
            workbench.post_message(events.Key(key, character))
        field = workbench.screen.query_one("#filter", Input)
        await until(pilot, lambda: field.value == "netwo and")
        assert workbench.screen.focused is field
        # and a slash in the filter is a slash
        await pilot.press("slash")
        assert field.value == "netwo and/"
        await pilot.press("escape")
        await until(pilot, lambda: len(table.items) == 3)
        with Store.open(workbench.home) as store:
            assert len(store.runs()) == 3
