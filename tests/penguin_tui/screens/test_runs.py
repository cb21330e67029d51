"""The Runs screen: find a run, sort, filter, name, delete and bring back."""

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from engine.store.store import Store
from penguin_tui.app.help import keys_of
from penguin_tui.app.settings import load_settings
from penguin_tui.app.workbench import Workbench
from penguin_tui.presentation.columns import GAP
from penguin_tui.screens.runs import RunsScreen
from penguin_tui.screens.runs_table import RunsTable
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import until, until_stored
from tests.support.stored.runs import NOW, Stored, baseline_events, train_events


async def open_runs(pilot: Pilot[None], count: int) -> RunsTable:
    """Go to the Runs screen and wait for its rows."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    table = pilot.app.screen.query_one(RunsTable)
    await until(pilot, lambda: len(table.items) == count)
    return table


def on_screen(table: RunsTable) -> str:
    """The text of the table as it is drawn."""
    return "\n".join(table.render_line(y).text for y in range(table.size.height))


def three(stored: Stored) -> None:
    """A baseline, a finished and a live network."""
    stored("baseline", {}, baseline_events(), created=NOW - 900)
    stored("train", {"epochs": 20}, train_events(20, 20), name="post's network", created=NOW - 500)
    stored(
        "train",
        {"epochs": 100, "protocol": "as_published"},
        train_events(40, 100, finished=False),
        status="running",
        created=NOW - 30,
    )


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


async def test_columns_are_chosen_and_kept(workbench: Workbench, stored: Stored) -> None:
    three(stored)
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 3)
        await pilot.press("asterisk")
        await until(pilot, lambda: bool(workbench.screen.query("TextDialog Input")))
        await pilot.press("ctrl+u", *"name lr epochs", "enter")
        await until(pilot, lambda: "learning rate" in on_screen(table))
        assert "validation" not in on_screen(table).splitlines()[0]
        await pilot.press("right")
        await until(pilot, lambda: "by name" in flat(workbench))
    assert load_settings(workbench.home).columns == "run name learning_rate epochs"


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


async def test_each_row_describes_itself_and_is_marked_where_it_is_of_the_chosen_data(
    workbench: Workbench, stored: Stored, tmp_path: Path
) -> None:
    (tmp_path / "wine.csv").write_text("a,cultivar\n1,x\n2,y\n")
    wine = {"data": str(tmp_path / "wine.csv"), "target": "cultivar"}
    stored("train", {"epochs": 3000, "hidden_layers": [64, 64], "learning_rate": 0.01})
    stored("train", {"epochs": 3000, "hidden_layers": [64, 64], **wine}, name="wine's")
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 2)
        await until(pilot, lambda: "•1" in on_screen(table))
        assert "64·64 relu adam 3,000 ep" in on_screen(table)
        assert "•2" not in on_screen(table)
        await pilot.resize_terminal(140, 45)
        await until(pilot, lambda: "wine's · 64·64 relu adam 3,000 ep" in on_screen(table))
        workbench.data_choice = wine
        await until(pilot, lambda: "•2" in on_screen(table))
        await pilot.press("full_stop")
        await until(pilot, lambda: [record.id for record in table.items] == [2])
        assert "1 of 2 · • wine.csv only" in flat(workbench)
        await pilot.press("escape")
        await until(pilot, lambda: len(table.items) == 2)


async def test_a_long_name_leaves_its_settings_whole_in_80_columns(
    workbench: Workbench, stored: Stored
) -> None:
    stored("train", {"epochs": 3000, "hidden_layers": [64, 64]}, name="deep and narrow, with decay")
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 1)
        await until(pilot, lambda: "deep and" in on_screen(table))
        assert "… · 64·64 relu adam 3,000 ep " in on_screen(table)
        # all of both below
        assert "run 1 · deep and narrow, with decay · 64·64 relu adam 3,000 ep" in flat(workbench)


@pytest.mark.parametrize("width", [80, 100, 140, 250])
async def test_cells_of_a_row_stand_apart(workbench: Workbench, stored: Stored, width: int) -> None:
    three(stored)
    async with workbench.run_test(size=(width, 30)) as pilot:
        table = await open_runs(pilot, 3)
        await until(pilot, lambda: "post's" in on_screen(table))
        ends = [start - GAP for start, _, _ in table._layout[1:]]
        for row in on_screen(table).splitlines()[:4]:
            assert [row[end : end + GAP] for end in ends] == [" " * GAP] * len(ends)


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


async def test_a_day_finds_its_runs(workbench: Workbench, stored: Stored) -> None:
    stored("baseline", {}, baseline_events(), created=NOW - 86_400)
    stored("baseline", {}, baseline_events(), created=NOW - 60)
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 2)
        await pilot.press("slash", *"yesterday")
        await until(pilot, lambda: [record.id for record in table.items] == [1])


async def test_a_data_summary_keeps_its_number(workbench: Workbench, stored: Stored) -> None:
    summary = stored("describe")
    stored("baseline", {}, baseline_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 1)
        await until(pilot, lambda: "•2" in on_screen(table))
        await pilot.press("slash", *"describe")
        await until(pilot, lambda: [record.id for record in table.items] == [summary])


async def test_counts_are_not_cut(workbench: Workbench, stored: Stored) -> None:
    stored("train", {"epochs": 100_000}, train_events(40, 100_000, finished=False),
           status="running")  # fmt: skip
    async with workbench.run_test(size=(200, 45)) as pilot:
        table = await open_runs(pilot, 1)
        await until(pilot, lambda: "40/100,000" in on_screen(table))


async def test_stop_asks_the_engine(workbench: Workbench, stored: Stored) -> None:
    run = stored("train", {}, train_events(3, 20, finished=False), status="running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await open_runs(pilot, 1)
        await pilot.press("s")
        (asked,) = await until_stored(workbench.home, Store.open_requests)
        assert (asked.run, asked.what) == (run, "stop")


async def test_ten_thousand_runs_are_sorted_and_only_the_visible_ones_formatted(
    workbench: Workbench, stored: Stored
) -> None:
    stored("baseline", {}, baseline_events())
    with Store.open(workbench.home) as store, store.writing() as connection:
        columns = "kind, status, spec, data, target, protocol, created"
        connection.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
            f" INSERT INTO runs ({columns}) SELECT {columns} FROM runs, n WHERE runs.id = 1"
        )
    async with workbench.run_test(size=(80, 24)) as pilot:
        table = await open_runs(pilot, 10_000)
        formatted = set()
        cells = table._cells
        table._cells = lambda item: formatted.add(item.id) or cells(item)  # type: ignore[func-returns-value]
        await pilot.press("end")
        await until(pilot, lambda: table.current is table.items[-1])
        assert 0 < len(formatted) <= 48


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


async def test_help_has_every_key_of_the_table_once(workbench: Workbench, stored: Stored) -> None:
    three(stored)
    async with workbench.run_test(size=(140, 45)) as pilot:
        await open_runs(pilot, 3)
        shown = [key for _, keys in keys_of(workbench.screen) for key, _, _ in keys]
        assert len(shown) == len(set(shown))
        assert shown.count("x") == 1
