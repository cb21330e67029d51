"""The table of runs: columns, rows, and what is cut where there is little room."""

from pathlib import Path

import pytest

from engine.store.store import Store
from penguin_tui.app.settings import load_settings
from penguin_tui.app.workbench import Workbench
from penguin_tui.presentation.columns import GAP
from tests.support.screen.runs_table import on_screen, open_runs, three
from tests.support.screen.text import flat
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored, baseline_events, train_events


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


async def test_counts_are_not_cut(workbench: Workbench, stored: Stored) -> None:
    stored("train", {"epochs": 100_000}, train_events(40, 100_000, finished=False),
           status="running")  # fmt: skip
    async with workbench.run_test(size=(200, 45)) as pilot:
        table = await open_runs(pilot, 1)
        await until(pilot, lambda: "40/100,000" in on_screen(table))


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
