"""What it takes to open a screen."""

from collections import Counter
from pathlib import Path

import pytest
from textual import events
from textual.screen import Screen
from textual.widget import Widget

from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.spec_form import SpecForm
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.evaluate import EvaluateScreen
from penguin_tui.screens.places import PLACES
from tests.support.screen.text import seen
from tests.support.screen.waiting import settled, until
from tests.support.stored.runs import NOW


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each screen has been told that it is shown or hidden."""
    found: Counter[str] = Counter()
    dispatch = Screen._dispatch_message

    async def counted(screen: Screen[object], message: events.Event) -> None:
        if isinstance(message, events.ScreenResume | events.ScreenSuspend):
            found[f"{type(screen).__name__} {type(message).__name__}"] += 1
        await dispatch(screen, message)

    monkeypatch.setattr(Screen, "_dispatch_message", counted)
    return found


async def test_a_screen_is_told_once_that_it_is_shown(
    workbench: Workbench, handled: Counter[str]
) -> None:
    async with workbench.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: workbench.current_mode == "data")
        for turn in (1, 2):
            for key, name in (("6", "RunsScreen"), ("7", "EvaluateScreen")):
                await pilot.press(key)
                await until(pilot, lambda name=name: type(workbench.screen).__name__ == name)
                await until(pilot, lambda: not workbench.under_way)
            assert handled["RunsScreen ScreenResume"] == turn
            assert handled["EvaluateScreen ScreenResume"] == turn
            assert handled["RunsScreen ScreenSuspend"] == turn


async def test_the_first_picture_of_a_screen_is_whole(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    display = Workbench.displayed

    def displayed(app: Workbench) -> None:
        if isinstance(app.screen, EvaluateScreen) and not app._batch_count:
            drawn.append(len(app.screen.query(SpecForm)))
        display(app)

    monkeypatch.setattr(Workbench, "displayed", displayed)
    async with workbench.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: workbench.current_mode == "data")
        await pilot.press("7")
        await until(pilot, lambda: bool(drawn))
        assert drawn[0] == len(EvaluateScreen.KINDS_HERE)


async def test_going_back_to_a_screen_lays_nothing_out_again(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[str] = []
    refresh = Widget.refresh

    def refreshed(widget: Widget, *regions: object, layout: bool = False, **other: bool) -> Widget:
        if layout and not isinstance(widget, Screen):
            laid_out.append(f"{type(widget).__name__}#{widget.id}")
        return refresh(widget, *regions, layout=layout, **other)  # type: ignore[arg-type]

    forms = [place for place in PLACES if place.name in ("train", "sweep", "search", "evaluate")]
    async with workbench.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: workbench.current_mode == "data")
        for place in (*forms, *forms):
            if place is forms[0] and workbench.current_mode == forms[-1].name:
                monkeypatch.setattr(Widget, "refresh", refreshed)
            await pilot.press(place.key)
            await until(pilot, lambda place=place: workbench.current_mode == place.name)
            await until(pilot, lambda: not workbench.under_way)
        assert isinstance(workbench.screen, WorkScreen)
        assert laid_out == []


async def test_screens_made_ahead_are_shown_as_those_made_when_wanted(
    store_home: Path, handled: Counter[str]
) -> None:
    pictures: list[list[str]] = []
    for ahead in (False, True):
        workbench = Workbench(store_home, engine=False, clock=lambda: NOW)
        found = []
        handled.clear()
        async with workbench.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda app=workbench: app.current_mode == "data")
            if ahead:
                await until(pilot, lambda app=workbench: len(app._loaded) == len(PLACES))
                await workbench.make_places()
                assert all(workbench.stands(place.name) for place in PLACES)
                assert handled["EvaluateScreen ScreenResume"] == 0
                assert workbench.current_mode == "data"
            # what was made for one size is shown in another
            await pilot.resize_terminal(120, 40)
            for place in PLACES[1:]:
                await pilot.press(place.key)
                await until(pilot, lambda app=workbench, at=place: app.current_mode == at.name)
                await settled(pilot)
                found.append(seen(workbench))
        assert handled["EvaluateScreen ScreenResume"] == 1
        pictures.append(found)
    assert pictures[0] == pictures[1]
