"""The Data screen: from a chosen file to what is in it, and the ways to change the choice."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.runs.events import Ended, Phase
from engine.store import Store
from engine.store.writer import RunWriter
from penguin_tui.app.workbench import Workbench
from penguin_tui.data.class_balance import ClassBalance
from penguin_tui.data.data_tabs import DataTabs
from penguin_tui.data.histogram import Histogram
from penguin_tui.data.scatter import Scatter
from penguin_tui.tables.fact_table import FactTable
from tests.support.data_screens import Put, data_screen, finished, suspicious, text_of
from tests.support.describe_results import described, penguins
from tests.support.stored_runs import NOW, until

SIZES = [(80, 24), (140, 45)]

# -- reading -------------------------------------------------------------------------------------


async def test_the_first_look_submits_one_describe_run(
    workbench: Workbench, store_home: Path
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "Waiting for the engine")
        assert "Reading penguins" in text_of(screen, "#message")
        await pilot.press("2", "1")
        await pilot.pause(0.3)
    with Store.open(store_home) as store:
        assert [record.kind for record in store.runs()] == ["describe"]


async def test_what_was_described_before_is_not_described_again(
    workbench: Workbench, put: Put, store_home: Path
) -> None:
    put(finished(penguins()), "finished")
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        assert "152   44.2 %" in screen.query_one(ClassBalance).shown_text()
        assert "206 training" in screen.query_one(ClassBalance).shown_text()
    with Store.open(store_home) as store:
        assert len(store.runs()) == 1


async def test_a_changed_file_is_described_again(
    workbench: Workbench, put: Put, store_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "birds.csv"
    file.write_text("wing,bird\n" + "1.5,a\n2.5,b\n" * 9)
    fields = {"data": str(file), "target": "bird"}
    run = put(finished(penguins()), "finished", fields)
    with Store.open(store_home) as store, store.writing() as connection:
        connection.execute("UPDATE runs SET data_sha256 = 'of another day' WHERE id = ?", (run,))
    workbench.set_reactive(Workbench.data_choice, fields)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot, "Waiting for the engine")
    with Store.open(store_home) as store:
        assert len(store.runs()) == 2


async def test_progress_then_the_result_without_a_key(
    workbench: Workbench, put: Put, store_home: Path
) -> None:
    run = put([Phase(name="reading the data")], "running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "Now: reading the data.")
        with Store.open(store_home) as store, store.writing() as connection:
            RunWriter(store.run(run)).write(connection, finished(penguins()))
        await until(pilot, lambda: "344 rows" in text_of(screen, "#title"))


async def test_a_failure_says_what_to_do(workbench: Workbench, put: Put, store_home: Path) -> None:
    run = put([Phase(name="reading the data")], "running")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "reading the data")
        end = Ended(at=NOW, status="failed", message="Line 7 has 3 cells.", hint="Mend the line.")
        with Store.open(store_home) as store, store.writing() as connection:
            RunWriter(store.run(run)).write(connection, [end])
        await until(pilot, lambda: "Line 7 has 3 cells." in text_of(screen, "#message"))
        assert "Mend the line." in text_of(screen, "#message")
        assert "o opens another file" in text_of(screen, "#message")
        await pilot.press("enter")
        await until(pilot, lambda: "Waiting for the engine" in text_of(screen, "#message"))
    with Store.open(store_home) as store:
        assert [record.status for record in store.runs()] == ["queued", "failed"]


async def test_a_missing_file_is_told_at_once(workbench: Workbench, tmp_path: Path) -> None:
    gone = {"data": str(tmp_path / "gone.csv"), "target": "x"}
    workbench.set_reactive(Workbench.data_choice, gone)
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "does not exist")
        assert text_of(screen, "#title") == "gone.csv"


# -- looking -------------------------------------------------------------------------------------


async def test_moving_in_the_table_changes_the_histogram(workbench: Workbench, put: Put) -> None:
    put(finished(penguins()), "finished")
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        histogram = screen.query_one(Histogram)
        await until(pilot, lambda: "bill_length_mm" in histogram.shown_text())
        await pilot.press("down")
        assert "bill_depth_mm" in histogram.shown_text()
        await pilot.press("up", "up")
        assert "island" in histogram.shown_text()
        assert "Torgersen" in histogram.shown_text()


async def test_scatter_features_are_chosen_by_key(workbench: Workbench, put: Put) -> None:
    put(finished(penguins()), "finished")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await pilot.press("s")
        scatter = screen.query_one(Scatter)
        await until(pilot, lambda: "bill_depth_mm over bill_length_mm" in scatter.shown_text())
        await pilot.press("y")
        assert "flipper_length_mm over bill_length_mm" in scatter.shown_text()
        await pilot.press("X")
        assert "flipper_length_mm over body_mass_g" in scatter.shown_text()


async def test_each_tab_is_reached_where_room_is_short(workbench: Workbench, put: Put) -> None:
    put(finished(penguins()), "finished")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        for key, name in zip("hscrf", ("histogram", "scatter", "correlations", "rows", "features"),
                             strict=True):  # fmt: skip
            await pilot.press(key)
            await pilot.pause()
            shown = {panel.id for panel in screen.query("#panels > *") if panel.display}
            assert shown == ({"features", "balance"} if name == "features" else {name})
        await pilot.click(DataTabs, offset=(16, 0))
        await pilot.pause()
        assert screen.query_one("#histogram").display


async def test_everything_is_in_view_where_there_is_room(workbench: Workbench, put: Put) -> None:
    put(finished(penguins()), "finished")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await pilot.resize_terminal(140, 45)
        await pilot.pause()
        panels = list(screen.query("#panels > *"))
        assert all(panel.display and panel.size.height >= 8 for panel in panels)
        assert not screen.query_one(DataTabs).display
        assert screen.query_one(FactTable).row_count == 10


async def test_names_from_the_file_cannot_act(workbench: Workbench, put: Put) -> None:
    names = ["[red]\x1b[31m", "[@click=app.quit]x[/]", "kind"]
    rows = [[str(i), str(i % 7), "[b]a" if i % 2 else "\u202eb"] for i in range(20)]
    data = described(names, rows, "kind", parts={})
    put(finished(data.model_copy(update={"notes": ("[bold]a note\x07",)})), "finished")
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await data_screen(pilot, "20 rows")
        await pilot.pause(0.2)
        strips = screen._compositor.render_strips()
        shown = "\n".join(strip.text for strip in strips)
        assert "[red]␛[31m" in shown
        assert "[@click=app.quit]x[" in shown
        assert "<202E>b" in shown
        assert "[bold]a note␇" in shown
        assert "\x1b" not in shown


# -- as it looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "live", "finished"])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    put: Put,
    size: tuple[int, int],
    state: str,
) -> None:
    match state:
        case "live":
            put([Phase(name="describing the data")], "running")
        case "finished":
            put(finished(suspicious()), "finished")
    words = {"empty": "Waiting", "live": "describing", "finished": "344 rows"}

    async def before(pilot: Pilot[None]) -> None:
        await data_screen(pilot, words[state])
        status = workbench.screen.query_one("StatusLine")
        await until(pilot, lambda: "engine:" in str(status.render()))
        await asyncio.sleep(0.3)
        await pilot.pause()

    assert snap_compare(workbench, terminal_size=size, run_before=before)


@pytest.mark.parametrize("key", ["h", "s", "c", "r"])
def test_looks_of_tabs(
    snap_compare: Callable[..., bool], workbench: Workbench, put: Put, key: str
) -> None:
    put(finished(penguins()), "finished")

    async def before(pilot: Pilot[None]) -> None:
        await data_screen(pilot, "344 rows")
        await pilot.press(key)
        status = workbench.screen.query_one("StatusLine")
        await until(pilot, lambda: "engine:" in str(status.render()))
        await asyncio.sleep(0.3)
        await pilot.pause()

    assert snap_compare(workbench, terminal_size=(80, 24), run_before=before)
