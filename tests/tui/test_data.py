"""The Data screen: from a chosen file to what is in it, and the ways to change the choice."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from described import described, penguins
from stored import NOW, until
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from engine.events import Ended, Event, Finished, Phase
from engine.results import DescribeResult
from engine.specs import make_spec
from engine.store import Store
from engine.store.writer import RunWriter
from penguin_tui.app import Workbench
from penguin_tui.paths import Entry, common, entries
from penguin_tui.screens.data import DataScreen
from penguin_tui.widgets.class_balance import ClassBalance, draw_balance
from penguin_tui.widgets.correlations import draw_correlations
from penguin_tui.widgets.data_tabs import DataTabs
from penguin_tui.widgets.fact_table import FactTable
from penguin_tui.widgets.feature_table import FeatureTable
from penguin_tui.widgets.histogram import Histogram, draw_histogram
from penguin_tui.widgets.open_csv import OpenCsv, likely_target
from penguin_tui.widgets.scatter import Scatter, draw_scatter

SIZES = [(80, 24), (140, 45)]
Put = Callable[..., int]


@pytest.fixture
def put(store_home: Path) -> Put:
    """Put a describe run into the store, for a file and target, with what it has reported."""

    def put(
        events: Iterable[Event] = (), status: str = "queued", fields: dict[str, Any] | None = None
    ) -> int:
        with Store.open(store_home) as store:
            run = store.submit(make_spec("describe", fields or {}))
            events = list(events)
            with store.writing() as connection:
                if events:
                    RunWriter(store.run(run)).write(connection, events)
                connection.execute(
                    "UPDATE runs SET created = ?, started = ?, status = ? WHERE id = ?",
                    (NOW - 10, NOW - 9, status, run),
                )
        return run

    return put


def finished(result: DescribeResult) -> list[Event]:
    return [
        Phase(name="describing the data"),
        Finished(result=result),
        Ended(at=NOW - 5, status="finished"),
    ]


def suspicious() -> DescribeResult:
    """Penguins with a column that looks like an id, and a note about the file."""
    data = penguins()
    columns = list(data.columns)
    columns[1] = columns[1].model_copy(
        update={"warning": "It looks like an id. Put it into leave_out."}
    )
    notes = ("The encoding is a guess.",)
    return data.model_copy(update={"columns": tuple(columns), "notes": notes})


async def data_screen(pilot: Pilot[None], ready: str = "") -> DataScreen:
    """Wait for the screen and, unless it is to be empty, for `ready` in its message or title."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, DataScreen))
    screen = app.screen
    assert isinstance(screen, DataScreen)
    if ready:
        await until(pilot, lambda: ready in text_of(screen, "#title") + text_of(screen, "#message"))
    return screen


def text_of(screen: DataScreen, selector: str) -> str:
    return str(screen.query_one(selector, Static).content)


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


# -- changing ------------------------------------------------------------------------------------


async def test_a_suspicious_column_is_left_out_and_taken_back_with_one_key(
    workbench: Workbench, put: Put
) -> None:
    put(finished(suspicious()), "finished")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        assert "! The encoding is a guess." in text_of(screen, "#notes")
        assert "! Look at island. l leaves the selected column out." in text_of(screen, "#notes")
        assert "It looks like an id. l leaves it out." in text_of(screen, "#details")
        await pilot.press("l")
        await until(pilot, lambda: workbench.data_choice.get("leave_out") == ["island"])
        await until(pilot, lambda: "Waiting" in text_of(screen, "#message"))
        await pilot.press("u")
        await until(pilot, lambda: not workbench.data_choice.get("leave_out"))
        await until(pilot, lambda: "344 rows" in text_of(screen, "#title"))


async def test_the_target_cannot_be_left_out(workbench: Workbench, put: Put) -> None:
    put(finished(penguins()), "finished")
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await until(pilot, lambda: screen.query_one(FeatureTable).has_focus)
        await pilot.press("home", "l")
        assert "leave_out" not in workbench.data_choice


async def test_type_and_target_are_changed_by_key(workbench: Workbench, put: Put) -> None:
    put(finished(penguins()), "finished")
    put(finished(penguins()), "finished", {"column_types": {"bill_length_mm": "categorical"}})
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        await until(pilot, lambda: screen.query_one(FeatureTable).has_focus)
        await pilot.press("t")
        types = {"bill_length_mm": "categorical"}
        await until(pilot, lambda: workbench.data_choice.get("column_types") == types)
        await until(pilot, lambda: "344 rows" in text_of(screen, "#title"))
        await pilot.press("g")
        await until(pilot, lambda: workbench.data_choice["target"] == "bill_length_mm")
        # the type told for a feature means nothing for a target
        assert not workbench.data_choice.get("column_types")


async def test_another_file_is_opened_with_its_target(
    workbench: Workbench, tmp_path: Path, put: Put
) -> None:
    put(finished(penguins()), "finished")
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
        assert "delimiter ';' · decimal mark ','" in facts
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
        facts = dialog.query_one("#facts", Static)
        await until(pilot, lambda: "delimiter ';'" in str(facts.content))
        dialog.query_one("#target").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        assert workbench.data_choice["delimiter"] == ";"
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
    workbench: Workbench, put: Put, store_home: Path
) -> None:
    put(finished(penguins()), "finished")
    other = put(
        finished(penguins()), "finished", {"leave_out": ["sex"], "protocol": "as_published"}
    )
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await data_screen(pilot, "344 rows")
        with Store.open(store_home) as store:
            screen.load(store.run(other).spec)
        assert workbench.data_choice["leave_out"] == ["sex"]
        assert workbench.data_choice["protocol"] == "as_published"
        await until(pilot, lambda: screen._run == other and "344 rows" in text_of(screen, "#title"))


# -- the parts on their own ------------------------------------------------------------------------


def many_classes(count: int) -> DescribeResult:
    rows = [[str(i * 7 % 11), str(i % 13), f"class {i % count}"] for i in range(3 * count)]
    return described(["a", "b", "kind"], rows, "kind", parts={"train": 3 * count})


@pytest.mark.parametrize("size", [(20, 3), (50, 8), (80, 20), (140, 45)])
@pytest.mark.parametrize("count", [2, 30, 300])
def test_any_number_of_classes_fits_any_size(size: tuple[int, int], count: int) -> None:
    data = many_classes(count)
    width, height = size
    for grid in (
        draw_balance(width, height, data),
        draw_histogram(width, height, data, "a"),
        draw_scatter(width, height, data, "a", "b"),
        draw_correlations(width, height, data),
    ):
        assert [len(row) for row in grid.characters] == [width] * height


def test_classes_without_room_are_counted() -> None:
    assert "and 294 classes more, 3 to 3 rows each" in draw_balance(80, 9, many_classes(300)).text()
    assert "290 classes more have no room" in draw_histogram(90, 13, many_classes(300), "a").text()


def test_data_without_numbers_say_so() -> None:
    data = described(["a", "kind"], [["x", "k"], ["y", "l"], ["x", "l"]], "kind", parts={})
    assert "needs two numeric features" in draw_scatter(60, 12, data, "", "").text()
    assert "need two numeric features" in draw_correlations(60, 12, data).text()
    assert "x  2" in draw_histogram(60, 12, data, "a").text()


def test_the_strongest_pairs_are_listed_when_the_matrix_has_no_room() -> None:
    text = draw_correlations(40, 5, penguins()).text()
    assert "strongest of 6 pairs" in text
    assert text.splitlines()[1].strip().startswith("0.87")


def test_paths_offer_folders_and_data_files(tmp_path: Path) -> None:
    for name in ("b.csv", "A.CSV", "c.py", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    assert [one.name for one in entries(f"{tmp_path}/")] == ["folder/", "A.CSV", "b.csv"]
    assert [one.name for one in entries(f"{tmp_path}/.h")] == [".hidden.csv"]
    assert entries(f"{tmp_path}/nowhere/") == []
    assert entries("pen")[0] == Entry("penguins", False)
    assert entries("a\0b/") == []


def test_completion_goes_as_far_as_it_is_the_only_one() -> None:
    found = [Entry("data/birds.csv", False), Entry("data/birds-2.csv", False)]
    assert common(found, "data/b") == "data/birds"
    assert common([], "x") == "x"


def test_the_likely_target() -> None:
    assert likely_target(("a", "Species", "b"), "") == "Species"
    assert likely_target(("a", "b"), "a") == "a"
    assert likely_target(("a", "b"), "gone") == "b"


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
