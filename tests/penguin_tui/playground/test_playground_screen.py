"""The playground: what keys ask for, what comes of the answers, what goes to other screens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.errors import EngineError
from engine.results.playground import PlaygroundAnswer
from engine.specs.base import Frozen
from engine.specs.data import DataSpec
from engine.specs.kinds.playground import CompileQuestion, FilmQuestion, PlaygroundQuestion
from engine.specs.network import NetworkSpec
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.region_chart import RegionChart
from penguin_tui.charts.region_drawing import TEXTURES
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.engine_link.query import Query
from penguin_tui.playground.curve import curve_series
from penguin_tui.playground.screen import PlaygroundScreen
from penguin_tui.playground.slider_list import SliderList
from penguin_tui.run.row_fields import RowFields
from penguin_tui.screens.evaluate import EvaluateScreen
from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.train import TrainScreen
from penguin_tui.search.trial_table import TrialTable
from penguin_tui.sweep.sweep_view import PointTable
from penguin_tui.terminal.rich_private import set_colours
from tests.support.screen.form_and_run import SIZES, nothing_stored, open_run
from tests.support.screen.playground_answers import answer_to
from tests.support.screen.text import flat
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored, train_events
from tests.support.stored.searches import RANDOM, search_events
from tests.support.stored.sweeps import SWEEP, sweep_events


class Engine:
    """Answers questions at once, unless it is `slow`: then `answer` does, the last one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Any] = []
        self.ahead: list[CompileQuestion] = []
        self.slow = False
        self.error: EngineError | None = None
        self._asker: Any = None
        ask = Query.put

        def put(query: Query, arguments: Callable[[Store], Frozen]) -> None:
            if query._kind not in ("playground", "compile_ahead", "film"):
                ask(query, arguments)
                return
            with Store.open(query._app.home) as store:
                question = arguments(store)
            if isinstance(question, CompileQuestion):
                self.ahead.append(question)
                return
            assert isinstance(question, PlaygroundQuestion | FilmQuestion)
            self.asked.append(question)
            query.number, self._asker = len(self.asked), query._asker
            if not self.slow:
                self.answer()

        monkeypatch.setattr(Query, "put", put)

    def answer(self) -> None:
        """Answer the last question."""
        found: PlaygroundAnswer | EngineError = self.error or answer_to(self.asked[-1])
        self._asker.post_message(QueryAnswered(len(self.asked), found))

    def say(self, phase: str) -> None:
        """Say what the last question waits for."""
        self._asker.post_message(QueryProgress(len(self.asked), phase))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine in this process."""
    return Engine(monkeypatch)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a moment to pass."""
    monkeypatch.setattr("penguin_tui.playground.compile_ahead.IDLE_SECONDS", 0.001)


async def playing(pilot: Pilot[None]) -> PlaygroundScreen:
    """Go to the playground and wait for its first picture."""
    await pilot.press("8")
    await until(pilot, lambda: "training " in flat(pilot.app) and "Regions" in flat(pilot.app))
    screen = pilot.app.screen
    assert isinstance(screen, PlaygroundScreen)
    return screen


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
async def test_a_training_is_watched_epoch_by_epoch(
    workbench: Workbench, engine: Engine, stored: Stored, size: tuple[int, int]
) -> None:
    run = stored("train", {"epochs": 20}, train_events(20, 20), status="finished")
    async with workbench.run_test(size=size) as pilot:
        await open_run(pilot, run)
        await pilot.press("w")
        await until(pilot, lambda: "after epoch ‹ 20 › of 20 (the one that was kept)" in
                    flat(workbench))  # fmt: skip
        await pilot.press("home")
        await until(pilot, lambda: "‹ 1 ›" in flat(workbench))
        await pilot.press("right", "right")
        await until(pilot, lambda: "‹ 3 ›" in flat(workbench))
        # played from here to the last one, where it stays
        await pilot.press("end", "left", "left", "space")
        await until(pilot, lambda: "‹ 20 ›" in flat(workbench))
        before = engine.asked[-1].view
        await pilot.press("up")
        await until(pilot, lambda: engine.asked[-1].view.y != before.y)
        assert "predicted →" in flat(workbench)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, RunScreen))


async def test_of_a_search_the_trial_under_the_cursor_is_watched_or_the_best(
    workbench: Workbench, engine: Engine, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events(), status="finished")
    async with workbench.run_test(size=(100, 30)) as pilot:
        await open_run(pilot, run)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(workbench.focused, TrialTable))
        table = workbench.focused
        assert isinstance(table, TrialTable)
        await pilot.press("down", "down", "w")
        await until(pilot, lambda: "after epoch" in flat(workbench))
        trial = table.current
        assert trial is not None
        assert engine.asked[-1].settings.items() >= trial.trial.settings.items()
        assert "learning rate 0.0217" in flat(workbench)
        await pilot.press("escape", "S", "w")
        await until(pilot, lambda: engine.asked[-1].settings.items() < trial.trial.settings.items()
                    or engine.asked[-1].settings != trial.trial.settings)  # fmt: skip


async def test_of_a_sweep_the_value_under_the_cursor_is_watched(
    workbench: Workbench, engine: Engine, stored: Stored
) -> None:
    run = stored("sweep", SWEEP, sweep_events(), status="finished")
    async with workbench.run_test(size=(100, 30)) as pilot:
        await open_run(pilot, run)
        await pilot.press("V")
        await until(pilot, lambda: isinstance(workbench.focused, PointTable))
        await pilot.press("down", "w")
        await until(pilot, lambda: "after epoch" in flat(workbench))
        assert engine.asked[-1].settings == {"units": 20}


def test_as_published_there_is_no_curve_of_a_validation_set() -> None:
    question = PlaygroundQuestion(network=NetworkSpec(), data=DataSpec())
    answer = answer_to(question)
    curve = tuple(point.model_copy(update={"validation": None}) for point in answer.curve)
    found = curve_series(answer.model_copy(update={"curve": curve, "validation": None}))
    assert [(series.short, len(series.xs)) for series in found] == [("train", 20)]


@pytest.mark.parametrize("size", SIZES)
def test_playground(snap_compare: Any, workbench: Workbench, engine: Engine, size: Any) -> None:
    async def play(pilot: Pilot[None]) -> None:
        set_colours(workbench.console, "true")
        await playing(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=play)
