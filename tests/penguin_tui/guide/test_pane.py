"""The guide on the screen: beside it or in its place, its keys, its place, an answer marked."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from penguin_tui.app.workbench import Workbench
from penguin_tui.engine_link.bookmark import STEPS, Bookmark
from penguin_tui.guide.pane import GuidePane, GuideText
from penguin_tui.screens.train import TrainScreen
from tests.support.screen.data_screen import Remember
from tests.support.screen.form_and_run import SIZES, form_screen, run_shown, stored_run
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import at_rest, settled, until
from tests.support.stored.descriptions import penguins
from tests.support.stored.runs import NOW, Stored, train_events


def footer(workbench: Workbench) -> str:
    return seen(workbench).splitlines()[-1]


async def opened(pilot: Pilot[None], text: str = "What to press") -> GuidePane:
    """The guide, once its text is to be read."""
    await pilot.press("g")
    await until(pilot, lambda: text in flat(pilot.app))
    return pilot.app.screen.query_one(GuidePane)


async def test_in_a_wide_terminal_it_stands_beside_the_screen(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        screen = await form_screen(pilot, TrainScreen)
        await opened(pilot)
        assert "Hidden layers" in seen(workbench)
        # the screen has the layout of the room that is left
        assert screen.has_class("-narrow")
        await pilot.press("escape")
        await until(pilot, lambda: "Answer" not in footer(workbench))
        assert "What to press" in seen(workbench)
        await pilot.press("g", "g")
        await until(pilot, lambda: "What to press" not in seen(workbench))
        assert screen.has_class("-wide")


async def test_in_a_small_terminal_it_takes_turns_with_the_screen(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot)
        assert "Hidden layers" not in seen(workbench)
        await pilot.press("escape")
        await until(pilot, lambda: "Hidden layers" in seen(workbench))
        # a line says what to do, and which key unfolds it
        assert "g Guide 1/12: 1 shows the Data screen" in flat(workbench)
        await pilot.press("g")
        await until(pilot, lambda: "What to press" in seen(workbench))
        await pilot.press("g")
        await until(pilot, lambda: "Guide" not in seen(workbench))
        assert "Hidden layers" in seen(workbench)


async def test_it_follows_the_size_of_the_terminal(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Hidden layers" not in seen(workbench))
        await pilot.resize_terminal(140, 45)
        await until(pilot, lambda: "Hidden layers" in seen(workbench))
        assert "What to press" in seen(workbench)


async def test_a_key_of_the_screen_goes_to_the_screen(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot)
        await pilot.press("r")
        await until(pilot, lambda: ": queued" in flat(workbench))
        assert (await stored_run(pilot)).kind == "train"
        # with the guide as a line below
        await until(pilot, lambda: "Guide 1/12" in seen(workbench))


async def test_all_screens_show_the_same_place_in_the_same_language(workbench: Workbench) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot)
        await pilot.press("right", "right", "ampersand")
        await until(pilot, lambda: "전처리" in seen(workbench))
        await pilot.press("2")
        await until(pilot, lambda: "Logistic regression takes" in flat(workbench))
        await until(pilot, lambda: "12단계 중 3단계" in seen(workbench))
        await pilot.press("g", "left")
        await until(pilot, lambda: "12단계 중 2단계" in seen(workbench))
        # the first and the last step are the ends
        await pilot.press(*["left"] * 3)
        await until(pilot, lambda: "12단계 중 1단계" in seen(workbench))


async def test_the_place_is_remembered(workbench: Workbench, store_home: Path) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot)
        await pilot.press("right", "ampersand")
        await at_rest(pilot)
    again = Workbench(store_home, engine=False, clock=lambda: NOW)
    assert again.guide == Bookmark("look", "ko", open=True)
    async with again.run_test(size=(140, 45)) as pilot:
        await until(pilot, lambda: "데이터 살펴보기" in seen(again))


@pytest.mark.parametrize("locale", ["ko_KR.UTF-8", "en_US.UTF-8"])
async def test_the_palette_has_the_languages(
    store_home: Path, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    workbench = Workbench(store_home, engine=False, clock=lambda: NOW)
    async with workbench.run_test(size=(140, 45)) as pilot:
        await form_screen(pilot, TrainScreen)
        assert workbench.guide.language == locale[:2]
        wanted = "English" if locale.startswith("ko") else "한국어"
        commands = {
            one.title: one.callback for one in workbench.get_system_commands(pilot.app.screen)
        }
        commands[f"Guide: {wanted}"]()
        heading = "What to press" if wanted == "English" else "누를 키"
        await until(pilot, lambda: heading in seen(workbench))


async def test_an_answer_is_marked_from_the_readers_run(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    workbench.set_reactive(Workbench.guide, Bookmark("layers", "en"))
    async with run_shown(workbench, run, "Accuracy", size=(140, 45)) as pilot:
        await opened(pilot)
        await pilot.press("enter", *"700", "enter")
        await until(pilot, lambda: "Not 700." in seen(workbench))
        assert "one bias" in flat(workbench)
        assert "11,103 parameters ·" not in seen(workbench).split("Hint")[-1]
        assert workbench.guide.answered == ()
        field = workbench.screen.query_one(Input)
        field.value = ""
        await pilot.press(*"11103", "enter")
        await until(pilot, lambda: "Right: 11,103." in seen(workbench))
        assert f"Marked from run {run}." in seen(workbench)
        assert "(100 + 1) × 3" in flat(workbench)
        assert "✓ No, one and two" in seen(workbench)
        # the keys are the text's again
        assert isinstance(workbench.focused, GuideText)
        await pilot.press("right")
        await until(pilot, lambda: "step 6 of 12 · 1 answered" in seen(workbench))
        assert "Right:" not in seen(workbench)


async def test_without_a_run_it_says_what_is_missing(workbench: Workbench) -> None:
    workbench.set_reactive(Workbench.guide, Bookmark("grid", "en"))
    async with workbench.run_test(size=(80, 24)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot)
        await pilot.press("enter", "9", "enter")
        await until(pilot, lambda: "There is nothing to mark this from yet." in flat(workbench))
        # one step out, then the next
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.focused, GuideText))
        await pilot.press("escape")
        await until(pilot, lambda: "Hidden layers" in seen(workbench))


async def test_with_other_data_it_says_whose_the_figures_are(workbench: Workbench) -> None:
    other: dict[str, Any] = {"data": "/tmp/none.csv", "target": "kind"}
    workbench.set_reactive(Workbench.data_choice, other)
    async with workbench.run_test(size=(80, 24)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot, "Other data than the penguins are chosen.")
        workbench.data_choice = {"data": "penguins", "target": "species"}
        await until(pilot, lambda: "Other data" not in seen(workbench))


async def test_its_keys_are_in_the_footer_and_the_help(workbench: Workbench) -> None:
    async with workbench.run_test(size=(80, 24)) as pilot:
        await form_screen(pilot, TrainScreen)
        await opened(pilot)
        for told in ("Next step", "Answer", "Language"):
            assert told in footer(workbench)
        await pilot.press("question_mark")
        await until(pilot, lambda: "Answer the question of the step" in flat(workbench))


@pytest.mark.parametrize(("size", "language"), list(zip(SIZES, ("ko", "en"), strict=True)))
def test_looks(
    size: tuple[int, int], language: str, workbench: Workbench, remember: Remember,
    stored: Stored, snap_compare: Any,
) -> None:  # fmt: skip
    remember(penguins())
    stored("train", {}, train_events(20, 20))
    place = Bookmark("layers", language, answered=STEPS[:2])
    workbench.set_reactive(Workbench.guide, place)

    async def before(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press("g", "enter")
        pilot.app.screen.query_one(Input).value = "11103"
        await pilot.press("enter")
        await until(pilot, lambda: "(100 + 1) × 3" in flat(pilot.app))
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=before)
