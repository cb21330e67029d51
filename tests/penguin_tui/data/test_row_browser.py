"""All rows of the data on the Data screen: pages, order, filter, columns."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.errors import EngineError
from engine.store import queries
from engine.store.store import Store
from engine.worker.query_service import QueryService
from penguin_tui.app.workbench import Workbench
from penguin_tui.data.row_browser import RowBrowser
from penguin_tui.screens.data import DataScreen
from tests.support.screen.data_screen import Remember, asked, data_screen, text_of
from tests.support.screen.text import seen
from tests.support.screen.waiting import laid_out, settled, until, until_stored
from tests.support.stored.descriptions import described, penguins

SIZES = [(80, 24), (110, 30), (140, 45)]
COLUMNS, ROWS = 70, 450


@pytest.fixture
def engine(store_home: Path) -> Iterator[None]:
    """Questions are answered, in this process."""
    service = QueryService(store_home, lambda kind: True)
    thread = threading.Thread(target=service.serve, daemon=True)
    thread.start()
    yield
    service.end()
    thread.join()


async def browsing(pilot: Pilot[None], heading: str = "Rows 1 to") -> DataScreen:
    """The rows of the data, once the first page is there."""
    screen = await data_screen(pilot, "rows ·")
    await pilot.press("R")
    await told(pilot, screen, heading)
    return screen


async def told(pilot: Pilot[None], screen: DataScreen, text: str) -> None:
    await until(pilot, lambda: text in text_of(screen, "#rows-heading"))


def rows_in_view(app: Workbench) -> list[int]:
    """The numbers of the rows that are shown."""
    words = [line.split() for line in seen(app).splitlines()]
    return [int(w[0].replace(",", "")) for w in words if w and w[0].replace(",", "").isdigit()
            and len(w) > 3 and w[1] != "Data"]  # fmt: skip


async def type_filter(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash")
    for character in text:
        await pilot.press(*({" ": ["space"], "=": ["equals_sign"], ">": ["greater_than_sign"],
                             "_": ["underscore"]}.get(character, [character])))  # fmt: skip
    await pilot.press("enter")


def wide_file(folder: Path) -> dict[str, str]:
    path = folder / "wide.csv"
    names = [f"col{i:02d}" for i in range(COLUMNS - 1)]
    lines = [",".join([*(str(row * 100 + i) for i in range(COLUMNS - 1)), "ab"[row % 2]])
             for row in range(ROWS)]  # fmt: skip
    path.write_text("\n".join([",".join([*names, "kind"]), *lines]) + "\n")
    return {"data": str(path), "target": "kind"}


async def test_nothing_is_asked_until_rows_are_wanted(
    workbench: Workbench, remember: Remember, store_home: Path
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await settled(pilot)
        assert asked(store_home) == []
        assert "R shows all rows" in text_of(screen, "#rows-heading")
        await pilot.press("R")
        (query,) = await until_stored(store_home, queries.open_queries)
        assert query.kind == "rows"
        with Store.open(store_home) as store:
            queries.set_phase(store, query.id, "reading the data (40%)")
        await told(pilot, screen, "reading the data (40%) …")


async def test_the_last_row_is_a_key_away_and_pages_come_as_they_are_reached(
    workbench: Workbench, remember: Remember, engine: None
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await browsing(pilot, "Rows 1 to 15 of 344 rows")
        assert rows_in_view(workbench) == list(range(1, 16))
        await pilot.press("end")
        await told(pilot, screen, "Rows 330 to 344 of 344 rows")
        await until(pilot, lambda: rows_in_view(workbench)[-1:] == [344])
        for _ in range(14):
            await pilot.press("pageup")
        await until(pilot, lambda: rows_in_view(workbench)[:1] == [148])
        await pilot.press("home")
        await until(pilot, lambda: rows_in_view(workbench)[:1] == [1])


async def test_sorted_by_the_column_under_the_cursor_both_ways_and_reset(
    workbench: Workbench, remember: Remember, engine: None
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await browsing(pilot)
        await pilot.press("right", "right", "enter")
        await told(pilot, screen, "sorted by bill_length_mm ·")
        await until(pilot, lambda: rows_in_view(workbench)[:2] == [143, 99])
        assert "bill_length_mm▲" in seen(workbench)
        await pilot.press("enter")
        await told(pilot, screen, "sorted by bill_length_mm, largest first")
        assert rows_in_view(workbench)[0] == 254
        await pilot.press("v")
        await told(pilot, screen, "sorted by bill_length_mm ·")
        await pilot.press("backspace")
        await until(pilot, lambda: rows_in_view(workbench)[:2] == [1, 2])
        assert "sorted" not in text_of(screen, "#rows-heading")


async def test_filtered_and_what_is_filtered_is_told(
    workbench: Workbench, remember: Remember, engine: None
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(110, 30)) as pilot:
        screen = await browsing(pilot)
        await type_filter(pilot, "species = gentoo and body_mass_g > 6000")
        await told(
            pilot, screen, "of 2 of 344 rows · where species = gentoo and body_mass_g > 6000"
        )
        assert len(rows_in_view(workbench)) == 2
        assert not screen.query_one("#where").display
        # the same once more closes the filter as well
        await pilot.press("slash", "enter")
        await until(pilot, lambda: not screen.query_one("#where").display)
        # the condition is there to be changed, and Esc leaves it as it was
        await pilot.press("slash", "0", "escape")
        await told(pilot, screen, "of 2 of 344 rows")
        await pilot.press("backspace")
        await told(pilot, screen, "of 344 rows · column")


async def test_a_filter_without_rows_says_what_to_do(
    workbench: Workbench, remember: Remember, engine: None
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await browsing(pilot)
        await type_filter(pilot, "species = dodo")
        await told(pilot, screen, "No row of 344 rows · where species = dodo")
        assert "No row of 344 rows fits the filter." in seen(workbench)
        assert "/ changes it, ⌫ shows all rows again." in seen(workbench)


async def test_a_bad_filter_stays_to_be_corrected_beside_the_rows_as_they_were(
    workbench: Workbench, remember: Remember, engine: None
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(110, 30)) as pilot:
        screen = await browsing(pilot)
        await type_filter(pilot, "specie = gentoo")
        await told(pilot, screen, "! where: there is no column 'specie'. Did you mean 'species'?")
        assert screen.query_one("#where").has_focus
        assert 1 in rows_in_view(workbench)
        await pilot.press("escape")
        assert "!" not in text_of(screen, "#rows-heading")
        assert screen.query_one("#browsed").has_focus


async def test_columns_beyond_the_edge_are_reached_and_come_in_pages(
    workbench: Workbench, remember: Remember, engine: None, tmp_path: Path
) -> None:
    fields = wide_file(tmp_path)
    names = [f"col{i:02d}" for i in range(COLUMNS - 1)] + ["kind"]
    rows = [[str(i)] * (COLUMNS - 1) + ["ab"[i % 2]] for i in range(ROWS)]
    remember(described(names, rows, "kind", parts={}), fields)
    workbench.set_reactive(Workbench.data_choice, fields)
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await browsing(pilot, "Rows 1 to 1")
        assert "col00" in seen(workbench)
        for _ in range(7):
            await pilot.press("shift+right")
        await told(pilot, screen, "column 70 of 70")
        await until(pilot, lambda: "kind" in seen(workbench) and "4468" not in seen(workbench))
        await pilot.press("end")
        await until(pilot, lambda: str((ROWS - 1) * 100 + 68) in seen(workbench))
        await pilot.press("enter")
        await told(pilot, screen, "sorted by kind")
        # here the heading wraps or not as one row more or less is in view
        await pilot.resize_terminal(60, 20)
        await laid_out(pilot)
        assert "kind▲" in seen(workbench)
        for _ in range(7):
            await pilot.press("shift+left")
        await until(pilot, lambda: "col00" in seen(workbench))


async def test_other_tabs_and_escape_lead_back_where_there_is_room_for_all(
    workbench: Workbench, remember: Remember, engine: None
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await browsing(pilot)
        assert screen.query_one(RowBrowser).size.height > 30
        assert not screen.query_one("#histogram").display
        await pilot.press("escape")
        await pilot.pause()
        assert all(panel.display for panel in screen.query("#panels > *"))
        await pilot.press("R", "F")
        await pilot.pause()
        assert screen.query_one("#histogram").display


async def test_rows_are_in_the_palette(workbench: Workbench, remember: Remember) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot, "344 rows")
        titles = {command.title for command in workbench.get_system_commands(workbench.screen)}
        assert "Rows" in titles


async def test_a_failure_is_told_and_the_next_move_asks_again(
    workbench: Workbench, remember: Remember, store_home: Path
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await pilot.press("R")
        (query,) = await until_stored(store_home, queries.open_queries)
        with Store.open(store_home) as store:
            queries.fail(store, query.id, EngineError("The file is gone.", "Put it back."))
        await told(pilot, screen, "! The file is gone. Put it back.")
        await pilot.press("F", "R")
        await until_stored(store_home, queries.open_queries)


async def test_leaving_takes_the_question_back(
    workbench: Workbench, remember: Remember, store_home: Path
) -> None:
    remember(penguins())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await data_screen(pilot, "344 rows")
        await pilot.press("R")
        await until_stored(store_home, queries.open_queries)
        await pilot.press("6")
        await until_stored(store_home, lambda store: not queries.open_queries(store))
        await pilot.press("1", "R")
        await until_stored(store_home, queries.open_queries)


async def test_what_a_file_holds_is_shown_and_never_obeyed(
    workbench: Workbench, remember: Remember, engine: None, tmp_path: Path
) -> None:
    path = tmp_path / "evil.csv"
    path.write_text("[red]a,kind\n" + "[bold]x\x1b[31m,a\n\u202ey,b\n" * 20)
    fields = {"data": str(path), "target": "kind"}
    rows = [["x", "ab"[i % 2]] for i in range(40)]
    remember(described(["[red]a", "kind"], rows, "kind", parts={}), fields)
    workbench.set_reactive(Workbench.data_choice, fields)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await browsing(pilot)
        await until(pilot, lambda: "[bold]x␛[31m" in seen(workbench))
        assert "\ufffdy" in seen(workbench)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["rows", "filtered", "empty"])
def test_looks(
    snap_compare: Callable[..., bool],
    workbench: Workbench,
    remember: Remember,
    engine: None,
    size: tuple[int, int],
    state: str,
) -> None:
    remember(penguins())

    async def before(pilot: Pilot[None]) -> None:
        screen = await browsing(pilot)
        if state == "filtered":
            await pilot.press("right", "right", "enter")
            await told(pilot, screen, "sorted by bill_length_mm ·")
            await type_filter(pilot, "species contains ade")
            await told(pilot, screen, "of 152 of 344 rows")
        if state == "empty":
            await type_filter(pilot, "species = dodo")
            await told(pilot, screen, "No row of 344 rows")
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
