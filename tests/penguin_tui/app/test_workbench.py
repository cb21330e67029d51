"""The shell of the workbench: places, keys, themes, size, endings."""

import threading
from pathlib import Path

import pytest
from textual.widgets import Static

from engine.client.process import EngineStatus
from engine.errors import EngineError
from engine.store.store import Store
from penguin_tui.app.crash_report import crash_report
from penguin_tui.app.help import HelpScreen
from penguin_tui.app.session import farewell
from penguin_tui.app.workbench import Workbench
from penguin_tui.bars.key_bar import KeyBar
from penguin_tui.bars.status_line import StatusLine
from penguin_tui.presentation.engine_text import engine_label
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.data import DataScreen
from penguin_tui.screens.messages import OpenRun
from penguin_tui.screens.places import PLACES, Place
from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.runs.screen import RunsScreen
from penguin_tui.screens.too_small import TooSmallScreen
from penguin_tui.terminal.textual_private.app import Palette
from tests.support.patience import PATIENCE
from tests.support.screen.text import seen
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored, baseline_events, train_events


def place_of(app: Workbench) -> str:
    """Where the workbench is."""
    return app.screen.PLACE if isinstance(app.screen, WorkScreen) else type(app.screen).__name__


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_numbers_go_to_every_place(workbench: Workbench, size: tuple[int, int]) -> None:
    async with workbench.run_test(size=size) as pilot:
        for place in reversed(PLACES):
            await pilot.press(place.key)
            await until(pilot, lambda place=place: type(workbench.screen).__name__ == place.screen)
            assert place_of(workbench) == place.name
            assert f" {place.key} {place.short or place.title}" in seen(workbench)


async def test_a_click_on_the_navigation_goes_there(workbench: Workbench) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        await until(pilot, lambda: "6 Runs" in seen(workbench))
        bar = str(workbench.screen.query_one("#navigation").render())
        await pilot.click("#navigation", offset=(bar.index("Runs"), 0))
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))


async def test_a_run_opened_while_the_first_screen_loads_is_shown_above_it(
    workbench: Workbench, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = stored("train", {}, train_events(20, 20))
    load, asked_for = Place.load, threading.Event()

    def slowly(self: Place) -> type[WorkScreen]:
        assert asked_for.wait(PATIENCE)
        return load(self)

    monkeypatch.setattr(Place, "load", slowly)
    async with workbench.run_test(size=(80, 24)) as pilot:
        workbench.post_message(OpenRun(run))
        await pilot.pause()
        asked_for.set()
        await until(pilot, lambda: all(p.name in workbench._loaded for p in PLACES))
        assert isinstance(workbench.screen, RunScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))


async def test_leaving_before_the_first_frame_is_no_crash(workbench: Workbench) -> None:
    workbench.call_after_refresh = lambda *_: True  # type: ignore[method-assign,assignment]
    async with workbench.run_test(size=(80, 24)):
        workbench.exit()
    # what the first frame would have called
    await workbench._open()
    assert workbench.return_code == 0


async def test_what_breaks_while_leaving_is_logged_and_no_crash(
    workbench: Workbench, store_home: Path
) -> None:
    async with workbench.run_test(size=(80, 24)):
        workbench.exit()
        workbench._handle_exception(RuntimeError("a screen that was never finished"))
    assert workbench.return_code == 0
    assert "a screen that was never finished" in (store_home / "workbench.log").read_text()


async def test_keys_in_odd_moments_do_not_break_the_palette(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))
        # page keys before the list is there, the palette once more while something covers it
        await pilot.press("ctrl+p", "pageup", "pagedown", *"zzzz", "pageup")
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: isinstance(workbench.screen, TooSmallScreen))
        await pilot.press("ctrl+p")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: isinstance(workbench.screen, Palette))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, DataScreen))


async def test_footer_offers_only_what_can_be_done(workbench: Workbench, stored: Stored) -> None:
    stored("train", {}, train_events(20, 20))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        keys = workbench.screen.query_one(KeyBar)
        await until(pilot, lambda: "Rerun" in str(keys.render()))
        shown = str(keys.render())
        assert "Stop" not in shown
        assert "Undo" not in shown
        assert "? Help" in shown


async def test_help_is_written_from_the_bindings_on_screen(workbench: Workbench) -> None:
    async with workbench.run_test(size=(100, 40)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(workbench.screen, HelpScreen))
        told = str(workbench.screen.query_one(Static).content)
        assert "Show only the runs that match." in told
        assert "Leave the workbench; runs continue." in told
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))


async def test_a_small_window_is_asked_to_grow_and_then_shows_what_it_showed(
    workbench: Workbench,
) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        await pilot.resize_terminal(59, 24)
        await until(pilot, lambda: isinstance(workbench.screen, TooSmallScreen))
        await pilot.resize_terminal(80, 17)
        await until(pilot, lambda: isinstance(workbench.screen, TooSmallScreen))
        await pilot.resize_terminal(60, 18)
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))


async def test_theme_and_data_are_remembered(workbench: Workbench, store_home: Path) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: place_of(workbench) == "data")
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"theme light")
        await until(pilot, lambda: "Theme: light" in seen(workbench))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: workbench.theme == "penguin-light")
        workbench.data_choice = {"data": "/somewhere/wine.csv", "target": "kind"}
        await pilot.pause()
        assert "wine.csv" in workbench.screen.query_one(StatusLine).data
    again = Workbench(store_home, engine=False)
    assert again.theme == "penguin-light"
    assert again.data_choice["target"] == "kind"


async def test_settings_that_cannot_be_read_are_those_of_a_first_start(store_home: Path) -> None:
    (store_home / "workbench.json").write_text('{"theme": 3, "data": [')
    assert Workbench(store_home, engine=False).data_choice["data"] == "penguins"


async def test_an_error_of_the_engine_is_told_with_its_hint_and_without_markup(
    workbench: Workbench,
) -> None:
    def refuse(store: Store) -> None:
        raise EngineError("No such thing as [bold]that[/].", "Try another.")

    async with workbench.run_test(size=(80, 24)) as pilot:
        workbench.engine_call(refuse)
        told = workbench._notifications
        sentence = "No such thing as [bold]that[/].\nTry another."
        await until(pilot, lambda: any(n.message == sentence and not n.markup for n in told))


def test_engine_states_in_plain_words() -> None:
    def label(state: str, detail: str = "", running: int = 0, queued: int = 0) -> str:
        return engine_label(EngineStatus(state, detail, running, tuple(range(queued)), None))  # type: ignore[arg-type]

    assert label("stopped") == "engine: not running"
    assert label("loading", "loading TensorFlow", 0, 1) == (
        "engine: loading TensorFlow · 0 running, 1 queued"
    )
    assert label("ready") == "engine: idle"
    assert label("ready", "", 2, 1) == "engine: 2 running, 1 queued"


async def test_leaving_says_that_runs_go_on(workbench: Workbench, stored: Stored) -> None:
    assert farewell(workbench) == ""
    stored("train", {}, train_events(3, 20, finished=False), status="running")
    stored("baseline", {}, baseline_events())
    assert farewell(workbench) == (
        "1 run continues in the background; penguin-tui shows it again.\n"
    )
    stored("train", {})
    assert farewell(workbench).startswith("2 runs continue")


async def test_a_crash_leaves_its_traceback_in_the_log(workbench: Workbench) -> None:
    async def crash() -> None:
        async with workbench.run_test(size=(80, 24)) as pilot:
            workbench.call_later(lambda: 1 / 0)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await crash()
    told = crash_report(workbench.home, workbench.crash)
    log = workbench.home / "workbench.log"
    assert str(log) in told
    assert "ZeroDivisionError" not in told
    assert "ZeroDivisionError" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


async def test_help_is_searched_by_typing(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(workbench.screen, HelpScreen))
        await until(pilot, lambda: "Show only the runs that match" in seen(workbench))
        for letter in "commands name":
            await pilot.press({" ": "space"}.get(letter, letter))
        await until(pilot, lambda: "Find a command" in seen(workbench))
        assert "Show only the runs that match" not in seen(workbench)
        await pilot.press("ctrl+u", *"xyzzy")
        await until(pilot, lambda: "No key is described" in seen(workbench))
        await pilot.press("question_mark")
        await until(pilot, lambda: not isinstance(workbench.screen, HelpScreen))
