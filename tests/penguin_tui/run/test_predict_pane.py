"""The Predict tab: what a run makes of a row follows each key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from engine.errors import EngineError
from engine.jobs import predict_row
from engine.runs.reporter import Reporter
from engine.specs.base import Frozen
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.engine_link.follower import QueryAnswered
from penguin_tui.engine_link.query import Query
from penguin_tui.run.predict_pane import PredictPane
from penguin_tui.run.row_fields import RowFields
from tests.support.fitted_runs import fitted
from tests.support.screen_text import flat
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def _answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are answered in this process, as the engine would."""

    ask = Query.put

    def put(self: Query, arguments: Callable[[Store], Frozen]) -> None:
        if self._kind != "predict_row":
            ask(self, arguments)
            return
        self.number = 1
        with Store.open(self._app.home) as store:
            question: Any = arguments(store)
        answer: Frozen | EngineError
        try:
            answer = predict_row.run(question, Reporter())
        except EngineError as error:
            answer = error
        self._asker.post_message(QueryAnswered(1, answer))

    monkeypatch.setattr(Query, "put", put)
    predict_row.release()


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_the_answer_follows_the_keys(
    workbench: Workbench, store_home: Path, size: tuple[int, int]
) -> None:
    fitted(store_home)
    async with workbench.run_test(size=size) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "baseline" in flat(workbench))
        await pilot.press("enter", "J")
        await until(pilot, lambda: "▸ Adelie" in flat(workbench))
        pane = workbench.screen.query_one(PredictPane)
        assert pane.query_one(RowFields).has_focus
        assert "The network would say Chinstrap with bill_length_mm" in flat(workbench)
        await pilot.press("down", *["shift+right"] * 3)
        await until(pilot, lambda: "▸ Chinstrap" in flat(workbench))
        assert pane.answer is not None
        assert pane.answer.cells["bill_length_mm"] == "50.4"
        # typed: every letter counts, esc restores, enter keeps
        await pilot.press("enter", *"39")
        await until(pilot, lambda: "▸ Adelie" in flat(workbench))
        await pilot.press("escape")
        await until(pilot, lambda: "▸ Chinstrap" in flat(workbench))
        await pilot.press("enter", *"q9", "enter")
        await until(pilot, lambda: "bill_length_mm: no number" in flat(workbench))
        await pilot.press("backspace")
        await until(pilot, lambda: "▸ Adelie" in flat(workbench))
        # categories are chosen, a row of the data is loaded
        await pilot.press("up", "right")
        await until(pilot, lambda: "‹ Dream ›" in flat(workbench))
        await pilot.press("up", "enter", *"344", "enter")
        await until(pilot, lambda: "row of class Gentoo: right." in flat(workbench))
        assert pane.answer.cells["island"] == "Biscoe"
        await pilot.press("escape")


async def test_a_run_without_its_data_says_why(
    workbench: Workbench, store_home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,kind\n" + "1.5,a\n2,b\n3,b\n" * 10)
    fitted(store_home, data=str(path), target="kind")
    for copy in (store_home / "data").iterdir():
        copy.unlink()
    path.unlink()
    async with workbench.run_test(size=(100, 30)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "baseline" in flat(workbench))
        await pilot.press("enter", "J")
        await until(pilot, lambda: "does not exist" in flat(workbench))
        assert not workbench.screen.query_one(RowFields).display
        assert workbench.screen.query_one(PredictPane).query_one(Static).display
