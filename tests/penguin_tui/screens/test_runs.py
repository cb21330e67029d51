"""The Runs screen: the order of runs, name, delete and bring back."""

from textual.widgets import Input, Static

from engine.store.store import Store
from penguin_tui.app.help import keys_of
from penguin_tui.app.workbench import Workbench
from tests.support.screen.runs_table import on_screen, open_runs, three
from tests.support.screen.text import seen
from tests.support.screen.waiting import until, until_stored
from tests.support.stored.runs import NOW, Stored, baseline_events, train_events


async def test_empty_says_what_to_do(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 0)
        await until(pilot, lambda: "Press 2" in on_screen(table))


async def test_runs_at_work_stand_on_top_then_the_best_by_validation(
    workbench: Workbench, stored: Stored
) -> None:
    three(stored)
    async with workbench.run_test(size=(140, 45)) as pilot:
        table = await open_runs(pilot, 3)
        assert [record.status for record in table.items] == ["running", "finished", "finished"]
        # of equal figures the newest comes first
        assert [record.kind for record in table.items] == ["train", "train", "baseline"]
        order = workbench.screen.query_one("#order", Static)
        assert "validation accuracy" in str(order.content)


async def test_sorting_by_test_says_why_not_to(workbench: Workbench, stored: Stored) -> None:
    three(stored)
    async with workbench.run_test(size=(140, 45)) as pilot:
        await open_runs(pilot, 3)
        await pilot.press(*["right"] * 5)
        order = workbench.screen.query_one("#order", Static)
        assert "Choose by validation" in str(order.content)


async def test_name_note_delete_and_undo_are_kept_in_the_store(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("baseline", {}, baseline_events())
    with Store.open(workbench.home) as store:
        async with workbench.run_test(size=(80, 24)) as pilot:
            table = await open_runs(pilot, 1)
            await pilot.press("n")
            await until(pilot, lambda: bool(workbench.screen.query(Input)))
            await pilot.press(*"[red]x", "enter")
            await until_stored(workbench.home, lambda store: store.run(run).name == "[red]x")
            await until(pilot, lambda: table.items[0].name == "[red]x")
            await pilot.press("i")
            await until(pilot, lambda: bool(workbench.screen.query("TextDialog Input")))
            await pilot.press(*"keep", "enter")
            await until_stored(workbench.home, lambda store: store.run(run).note == "keep")
            details = workbench.screen.query_one("#details", Static)
            await until(pilot, lambda: "note: keep" in str(details.content))
            assert "[red]x" in str(details.content)
            await pilot.press("d")
            await until(pilot, lambda: not table.items)
            assert store.runs() == []
            await pilot.press("u")
            await until(pilot, lambda: len(table.items) == 1)


async def test_deleting_a_live_run_is_refused_with_the_way_out(
    workbench: Workbench, stored: Stored
) -> None:
    stored("train", {}, train_events(3, 20, finished=False), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_runs(pilot, 1)
        await pilot.press("d")
        told = workbench._notifications
        await until(pilot, lambda: any("Stop it first" in n.message for n in told))


async def test_the_run_under_the_cursor_is_drawn_where_there_is_room(
    workbench: Workbench, stored: Stored
) -> None:
    stored("baseline", {}, baseline_events(), created=NOW - 900)
    stored("train", {"epochs": 20}, train_events(20, 20), created=NOW - 500)
    async with workbench.run_test(size=(140, 30)) as pilot:
        await open_runs(pilot, 2)
        await until(pilot, lambda: "┤" in seen(workbench) and "actual ↓" in seen(workbench))
        await pilot.press("end")
        await until(pilot, lambda: "No epochs to draw." in seen(workbench))
        assert "actual ↓" in seen(workbench)
        await pilot.press("home")
        await until(pilot, lambda: "┤" in seen(workbench))
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: "┤" not in seen(workbench))


async def test_a_data_summary_keeps_its_number(workbench: Workbench, stored: Stored) -> None:
    summary = stored("describe")
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 1)
        await until(pilot, lambda: "•2" in on_screen(table))
        await pilot.press("slash", *"describe")
        await until(pilot, lambda: [record.id for record in table.items] == [summary])


async def test_stop_asks_the_engine(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {}, train_events(3, 20, finished=False), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_runs(pilot, 1)
        await pilot.press("s")
        (asked,) = await until_stored(workbench.home, Store.open_requests)
        assert (asked.run, asked.what) == (run, "stop")


async def test_help_has_every_key_of_the_table_once(workbench: Workbench, stored: Stored) -> None:
    three(stored)
    async with workbench.run_test(size=(140, 45)) as pilot:
        await open_runs(pilot, 3)
        shown = [key for _, keys in keys_of(workbench.screen) for key, _, _ in keys]
        assert len(shown) == len(set(shown))
        assert shown.count("x") == 1
