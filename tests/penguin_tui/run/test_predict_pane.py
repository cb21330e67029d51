"""The Predict tab: what a run makes of a row follows each key."""

import asyncio
from pathlib import Path

import pandas as pd
import pytest
from textual.widgets import Static

from engine import load_run
from penguin_tui.app.commands import PREDICT
from penguin_tui.app.workbench import Workbench
from penguin_tui.run.predict_pane import PredictPane
from penguin_tui.run.row_fields import RowFields
from tests.support.engine.fitted_runs import fitted
from tests.support.screen.answered_queries import answer_at_once
from tests.support.screen.form_and_run import run_shown
from tests.support.screen.text import flat
from tests.support.screen.waiting import until


@pytest.fixture(autouse=True)
def _answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_at_once(monkeypatch, "predict_row")


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_the_answer_follows_the_keys(
    workbench: Workbench, store_home: Path, size: tuple[int, int]
) -> None:
    run = fitted(store_home)
    async with run_shown(workbench, run, "baseline", size=size) as pilot:
        await pilot.press("J")
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
        # a notebook beside it has the same
        model = await asyncio.to_thread(load_run, 1, store_home)
        cells = {
            name: float(cell) if name[0] in "bf" else cell
            for name, cell in pane.answer.cells.items()
        }
        beside = model.predict_proba(pd.DataFrame([cells]))[0]
        assert pane.answer.probabilities == pytest.approx(tuple(map(float, beside)), abs=1e-6)
        assert model.predict(pd.DataFrame([cells])) == ["Gentoo"]


async def test_a_run_without_its_data_says_why(
    workbench: Workbench, store_home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,kind\n" + "1.5,a\n2,b\n3,b\n" * 10)
    run = fitted(store_home, data=str(path), target="kind")
    for copy in (store_home / "data").iterdir():
        copy.unlink()
    path.unlink()
    async with run_shown(workbench, run, "baseline", size=(100, 30)) as pilot:
        await pilot.press("J")
        await until(pilot, lambda: "does not exist" in flat(workbench))
        assert not workbench.screen.query_one(RowFields).display
        assert workbench.screen.query_one(PredictPane).query_one(Static).display


async def test_the_palette_leads_from_any_screen_to_predicting_with_the_last_run(
    workbench: Workbench, store_home: Path
) -> None:
    async with workbench.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "Open CSV" in flat(workbench))
        found = {one.title: one for one in workbench.get_system_commands(workbench.screen)}
        found[PREDICT].callback()
        await until(pilot, lambda: "No run has kept a network yet" in flat(workbench))
        fitted(store_home)
        found[PREDICT].callback()
        await until(pilot, lambda: "▸ Adelie" in flat(workbench))
        assert workbench.screen.query_one(RowFields).has_focus
