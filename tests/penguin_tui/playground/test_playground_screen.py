"""The playground: what keys ask for, what comes of the answers, what goes to other screens."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.errors import EngineError
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.region_chart import RegionChart
from penguin_tui.charts.region_drawing import TEXTURES
from penguin_tui.engine_link.messages import QueryAnswered
from penguin_tui.playground.slider_list import SliderList
from penguin_tui.run.row_fields import RowFields
from penguin_tui.screens.evaluate import EvaluateScreen
from penguin_tui.screens.train import TrainScreen
from penguin_tui.terminal.rich_private import set_colours
from tests.support.screen.form_and_run import SIZES, nothing_stored
from tests.support.screen.playground import Engine, playing
from tests.support.screen.playground_answers import answer_to
from tests.support.screen.text import flat
from tests.support.screen.waiting import until


async def test_an_answer_that_comes_behind_a_key_does_not_take_the_setting_back(
    workbench: Workbench, engine: Engine
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        screen = await playing(pilot)
        await pilot.press("down", "down", "down")
        sliders = screen.query_one(SliderList)
        before, engine.slow = sliders.question, True
        await pilot.press("right")
        await until(pilot, lambda: engine.asked[-1].network != before.network)
        number = len(engine.asked)
        # turned once more; before the screen hears of it the first answer is there
        sliders.action_turn(1)
        turned = sliders.question
        screen.on_query_answered(QueryAnswered(number, answer_to(engine.asked[-1])))
        assert sliders.question == turned
        await until(pilot, lambda: screen.question == turned)
        await until(pilot, lambda: engine.asked[-1].network == turned.network)


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_trains_anew_and_the_picture_follows(
    workbench: Workbench, engine: Engine, size: tuple[int, int]
) -> None:
    async with workbench.run_test(size=size) as pilot:
        screen = await playing(pilot)
        assert engine.asked[-1].network.hidden_layers == (100, 100)
        chart = screen.query_one(RegionChart)
        # whole names, the shorter word for the sign where there is no room for the longer one
        assert "bill_length_mm over flipper_length_mm" in chart.shown_text()
        assert "● Adelie  ▲ Chinstrap  ■ Gentoo  ✗" in chart.shown_text()
        assert "11,403 parameters" in flat(workbench)
        await pilot.press("down", "down", "down", "right")
        await until(pilot, lambda: "21,503 parameters" in flat(workbench))
        assert engine.asked[-1].network.hidden_layers == (100, 100, 100)
        await pilot.press("backspace")
        await until(pilot, lambda: "11,403 parameters" in flat(workbench))
        await pilot.press("C")
        await until(pilot, lambda: "validation" in flat(workbench) and "epoch" in flat(workbench))
        await pilot.press("J")
        await until(pilot, lambda: screen.query_one(RowFields).has_focus)
        await pilot.press("right")
        await until(pilot, lambda: engine.asked[-1].view.cells.get("bill_length_mm") == "45")
        await pilot.press("escape", "X")
        await until(pilot, lambda: "Gentoo ✗" in flat(workbench))
        assert chart.display
        await nothing_stored(pilot)


async def test_held_keys_skip_what_they_pass(
    workbench: Workbench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("penguin_tui.playground.screen.PATIENCE", 60.0)
    async with workbench.run_test(size=(100, 30)) as pilot:
        await playing(pilot)
        before, engine.slow = len(engine.asked), True
        await pilot.press(*["down"] * 9, *["right"] * 5)
        assert len(engine.asked) == before + 1
        engine.answer()
        await until(pilot, lambda: len(engine.asked) == before + 2)
        # 20 epochs, and five steps on
        assert engine.asked[-1].network.epochs == 150
        engine.answer()
        await pilot.pause()
        assert len(engine.asked) == before + 2


async def test_what_compiles_blocks_no_key(workbench: Workbench, engine: Engine) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await playing(pilot)
        before, engine.slow = len(engine.asked), True
        await pilot.press("down", "down", "down", "right")
        engine.say("compiling networks of this shape")
        await until(pilot, lambda: "compiling networks of this shape …" in flat(workbench))
        # the last picture stays, and a newer question takes the place of this one
        assert "✗ misclassified" in flat(workbench)
        await pilot.press("left")
        await until(pilot, lambda: len(engine.asked) == before + 2)
        assert engine.asked[-1].network.hidden_layers == (100, 100)


@pytest.mark.usefixtures("impatient")
async def test_neighbours_are_compiled_while_no_key_is_pressed(
    workbench: Workbench, engine: Engine
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await playing(pilot)
        await until(pilot, lambda: engine.ahead)
        hidden = {network.hidden_layers for network in engine.ahead[-1].networks}
        assert {(100,), (100, 100, 100), (80, 80), (128, 128)} <= hidden
        assert all(network != engine.asked[-1].network for network in engine.ahead[-1].networks)


async def test_looks_at_the_validation_rows_are_counted_across_starts(
    workbench: Workbench, engine: Engine, store_home: Path
) -> None:
    async with workbench.run_test(size=(140, 45)) as pilot:
        await playing(pilot)
        assert "69 validation rows, 1 setting looked at" in flat(workbench)
        await pilot.press("down", "right")
        await until(pilot, lambda: "2 settings looked at" in flat(workbench))
        assert "pp optimistic" in flat(workbench)
        # the same setting again, and another plane, are no other looks
        await pilot.press("left")
        await pilot.press(*["down"] * 14, "right")
        await until(pilot, lambda: engine.asked[-1].view.axes == "components" or
                    engine.asked[-1].view.x != "flipper_length_mm")  # fmt: skip
        assert "2 settings looked at" in flat(workbench)
    again = Workbench(store_home, engine=False)
    async with again.run_test(size=(140, 45)) as pilot:
        await playing(pilot)
        assert "3 settings looked at" in flat(again)


async def test_a_click_on_a_tab_shows_it(workbench: Workbench, engine: Engine) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        screen = await playing(pilot)
        assert not screen.query_one("#curve").display
        await pilot.click("#tabs", offset=(14, 0))
        await until(pilot, lambda: screen.query_one("#curve").display)


async def test_a_setting_goes_into_train_and_into_evaluate(
    workbench: Workbench, engine: Engine
) -> None:
    async with workbench.run_test(size=(100, 30)) as pilot:
        await playing(pilot)
        await pilot.press("down", "down", "down", "right", "t")
        await until(pilot, lambda: isinstance(workbench.screen, TrainScreen))
        screen = workbench.screen
        assert isinstance(screen, TrainScreen)
        spec = screen.form.reading.spec
        assert spec is not None
        assert spec.model_dump()["hidden_layers"] == (100, 100, 100)
        await pilot.press("8", "percent_sign")
        await until(pilot, lambda: isinstance(workbench.screen, EvaluateScreen))
        assert isinstance(workbench.screen, EvaluateScreen)
        spec = workbench.screen.form.reading.spec
        assert spec is not None
        assert spec.model_dump()["hidden_layers"] == (100, 100, 100)
        await nothing_stored(pilot)


async def test_what_cannot_be_learnt_from_says_why(workbench: Workbench, engine: Engine) -> None:
    engine.error = EngineError("Class Gentoo has 1 row.", "Choose another target.")
    async with workbench.run_test(size=(80, 24)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "Choose another target." in flat(workbench))
        engine.error = None
        await pilot.press("right")
        await until(pilot, lambda: "✗ wrong" in flat(workbench))
        assert engine.asked[-1].toy is not None
        assert "Choose another target." not in flat(workbench)


async def test_without_colours_a_class_is_told_by_its_texture(
    store_home: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    workbench = Workbench(store_home, engine=False)
    async with workbench.run_test(size=(80, 24)) as pilot:
        screen = await playing(pilot)
        lines = screen.query_one(RegionChart).shown_text().splitlines()[3:8]
        thirds = [{line[7 + 12 * n : 17 + 12 * n].strip()[:1] for line in lines} for n in range(3)]
        for texture, found in zip(TEXTURES, thirds, strict=False):
            assert texture in found


@pytest.mark.parametrize("size", SIZES)
def test_playground(snap_compare: Any, workbench: Workbench, engine: Engine, size: Any) -> None:
    async def play(pilot: Pilot[None]) -> None:
        set_colours(workbench.console, "true")
        await playing(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=play)
