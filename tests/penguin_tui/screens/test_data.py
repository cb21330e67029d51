"""The Data screen: from a chosen file to what is in it, and the ways to change the choice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.errors import EngineError
from engine.jobs import lines
from engine.runs.reporter import Reporter
from engine.specs.kinds.lines import LinesSpec
from engine.store import queries
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.grid import Drawing
from penguin_tui.data.open_file import OpenCsv
from penguin_tui.data.paged_table import PagedTable
from tests.support.screen.data_screen import Remember, asked, data_screen, suspicious, text_of
from tests.support.screen.text import seen
from tests.support.screen.waiting import settled, until, until_stored
from tests.support.stored.descriptions import described, penguins

SIZES = [(80, 24), (140, 45)]

# -- reading -------------------------------------------------------------------------------------


async def test_the_first_look_asks_once_and_uses_up_no_run_number(
    workbench: Workbench, store_home: Path
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "Waiting for the engine")
        assert "Reading penguins" in text_of(screen, "#message")
        (query,) = await until_stored(store_home, queries.open_queries)
        assert query.kind == "describe"
    with Store.open(store_home) as store:
        assert store.runs() == []


async def test_leaving_takes_the_question_back_and_coming_again_asks_it_again(
    workbench: Workbench, store_home: Path
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot, "Waiting for the engine")
        (first,) = await until_stored(store_home, queries.open_queries)
        await pilot.press("6")
        await until_stored(store_home, lambda store: not queries.open_queries(store))
        await pilot.press("1")
        (again,) = await until_stored(store_home, queries.open_queries)
        assert again.id > first.id


async def test_a_dialog_leaves_the_question_open(workbench: Workbench, store_home: Path) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot, "Waiting for the engine")
        before = await until_stored(store_home, queries.open_queries)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(workbench.screen, OpenCsv))
        await pilot.press("escape")
        await data_screen(pilot, "Waiting for the engine")
        assert asked(store_home) == before


async def test_what_was_described_before_is_not_described_again(
    workbench: Workbench, remember: Remember, store_home: Path
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        assert "152   44.2 %" in screen.query_one("#balance", Drawing).shown_text()
        assert "206 training" in screen.query_one("#balance", Drawing).shown_text()
    assert asked(store_home) == []


async def test_a_changed_file_is_described_again(
    workbench: Workbench, remember: Remember, store_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "birds.csv"
    file.write_text("wing,bird\n" + "1.5,a\n2.5,b\n" * 9)
    fields = {"data": str(file), "target": "bird"}
    remember(penguins(), fields)
    file.write_text("wing,bird\n" + "1.5,a\n2.5,b\n" * 10)
    workbench.set_reactive(Workbench.data_choice, fields)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot, "Waiting for the engine")
        await until_stored(store_home, queries.open_queries)


async def test_progress_then_the_result_without_a_key(
    workbench: Workbench, store_home: Path
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "Waiting for the engine")
        (query,) = await until_stored(store_home, queries.open_queries)
        with Store.open(store_home) as store:
            queries.set_phase(store, query.id, "reading the data (40%)")
            await data_screen(pilot, "Now: reading the data (40%).")
            queries.answer(store, query.id, penguins().model_dump_json().encode())
            await until(pilot, lambda: "344 rows" in text_of(screen, "#title"))
            assert queries.look(store, query.id) is None, "an answer that was read is gone"


async def test_a_failure_says_what_to_do(workbench: Workbench, store_home: Path) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "Waiting for the engine")
        (query,) = await until_stored(store_home, queries.open_queries)
        with Store.open(store_home) as store:
            queries.fail(store, query.id, EngineError("Line 7 has 3 cells.", "Mend the line."))
        await until(pilot, lambda: "Line 7 has 3 cells." in text_of(screen, "#message"))
        assert "Mend the line." in text_of(screen, "#message")
        assert "o opens another file" in text_of(screen, "#message")
        await pilot.press("r")
        await until(pilot, lambda: "Waiting for the engine" in text_of(screen, "#message"))
        await until_stored(store_home, queries.open_queries)


async def test_a_file_that_cannot_be_read_is_shown_as_it_stands(
    workbench: Workbench, store_home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "odd.csv"
    rows = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(60))
    path.write_text(f"x,kind\n{rows}60,\x1b[31mmore,a\n61,b\n")
    workbench.set_reactive(Workbench.data_choice, {"data": str(path), "target": "kind"})
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "Waiting for the engine")
        (query,) = await until_stored(store_home, queries.open_queries)
        with Store.open(store_home) as store:
            queries.fail(store, query.id, EngineError("Line 62 has 3 cells.", "Mend the line."))
        (wanted,) = await until_stored(store_home, queries.open_queries)
        assert wanted.kind == "lines"
        found = lines.run(LinesSpec.model_validate_json(wanted.arguments), Reporter())
        with Store.open(store_home) as store:
            queries.answer(store, wanted.id, found.model_dump_json().encode())
        await until(pilot, lambda: "! 62  60,␛[31mmore,a" in seen(pilot.app))
        shown = seen(pilot.app)
        assert "Line 62 has 3 cells." in shown
        assert "  1  x,kind" in shown
        assert " 61  59,b" in shown
        assert " 63  61,b" in shown
        await pilot.press("r")
        await until(pilot, lambda: "Waiting for the engine" in text_of(screen, "#message"))
        assert "x,kind" not in seen(pilot.app)


async def test_a_missing_file_is_told_at_once(workbench: Workbench, tmp_path: Path) -> None:
    gone = {"data": str(tmp_path / "gone.csv"), "target": "x"}
    workbench.set_reactive(Workbench.data_choice, gone)
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "does not exist")
        assert text_of(screen, "#title") == "gone.csv"


# -- looking -------------------------------------------------------------------------------------


async def test_moving_in_the_table_changes_the_histogram(
    workbench: Workbench, remember: Remember
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        histogram = screen.query_one("#histogram", Drawing)
        await until(pilot, lambda: "bill_length_mm" in histogram.shown_text())
        await pilot.press("down")
        assert "bill_depth_mm" in histogram.shown_text()
        await pilot.press("up", "up")
        assert "island" in histogram.shown_text()
        assert "Torgersen" in histogram.shown_text()


async def test_scatter_features_are_chosen_by_key(workbench: Workbench, remember: Remember) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await pilot.press("X")
        scatter = screen.query_one("#scatter", Drawing)
        await until(pilot, lambda: "bill_depth_mm over bill_length_mm" in scatter.shown_text())
        await pilot.press("up")
        assert "flipper_length_mm over bill_length_mm" in scatter.shown_text()
        await pilot.press("left")
        assert "flipper_length_mm over body_mass_g" in scatter.shown_text()


async def test_each_tab_is_reached_where_room_is_short(
    workbench: Workbench, remember: Remember
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        for key, name in zip("HXORF", ("histogram", "scatter", "correlations", "rows", "features"),
                             strict=True):  # fmt: skip
            await pilot.press(key)
            await pilot.pause()
            shown = {panel.id for panel in screen.query("#panels > *") if panel.display}
            assert shown == ({"features", "balance"} if name == "features" else {name})
        await pilot.click("#tabs", offset=(16, 0))
        await pilot.pause()
        assert screen.query_one("#histogram").display


async def test_everything_is_in_view_where_there_is_room(
    workbench: Workbench, remember: Remember
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await pilot.resize_terminal(140, 45)
        await pilot.pause()
        panels = list(screen.query("#panels > *"))
        assert all(panel.display and panel.size.height >= 8 for panel in panels)
        assert not screen.query_one("#tabs").display
        assert len(screen.query_one(PagedTable).items) == 10


async def test_names_from_the_file_cannot_act(workbench: Workbench, remember: Remember) -> None:
    names = ["[red]\x1b[31m", "[@click=app.quit]x[/]", "kind"]
    rows = [[str(i), str(i % 7), "[b]a" if i % 2 else "\u202eb"] for i in range(20)]
    data = described(names, rows, "kind", parts={})
    remember(data.model_copy(update={"notes": ("[bold]a note\x07",)}))
    async with workbench.run_test(size=(140, 45)) as pilot:
        await data_screen(pilot, "20 rows")
        await settled(pilot)
        shown = seen(workbench)
        assert "[red]␛[31m" in shown
        assert "[@click=app.quit]x[" in shown
        assert "\ufffdb" in shown
        assert "[bold]a note␇" in shown


# -- as it looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["empty", "live", "finished"])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    remember: Remember,
    store_home: Path,
    size: tuple[int, int],
    state: str,
) -> None:
    if state == "finished":
        remember(suspicious())
    words = {"empty": "Waiting", "live": "describing", "finished": "344 rows"}

    async def before(pilot: Pilot[None]) -> None:
        if state == "live":
            await data_screen(pilot, "Waiting")
            (query,) = await until_stored(store_home, queries.open_queries)
            with Store.open(store_home) as store:
                queries.set_phase(store, query.id, "describing the data")
        await data_screen(pilot, words[state])
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)


@pytest.mark.parametrize("key", ["H", "X", "O", "R"])
def test_looks_of_tabs(
    snap_compare: Callable[..., bool], workbench: Workbench, remember: Remember, key: str
) -> None:
    remember(penguins())

    async def before(pilot: Pilot[None]) -> None:
        await data_screen(pilot, "344 rows")
        await pilot.press(key)
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=(80, 24), run_before=before)
