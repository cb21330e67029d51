"""The confusion matrix: from a cell to its rows, from a row to its card, from epoch to epoch."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.results.epoch_confusion import EpochConfusion, EpochConfusions
from penguin_tui.app.workbench import Workbench
from penguin_tui.engine_link.messages import QueryAnswered
from penguin_tui.engine_link.query import Query
from penguin_tui.run.confusion_matrix import ConfusionMatrix
from penguin_tui.run.confusion_pane import ConfusionPane
from penguin_tui.run.epoch_line import EpochLine
from tests.support.engine.fitted_runs import fitted
from tests.support.screen.answered_queries import answer_at_once
from tests.support.screen.form_and_run import run_shown
from tests.support.screen.text import flat
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored, train_events


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_enter_goes_from_a_cell_to_its_rows_to_a_card_and_esc_back(
    workbench: Workbench, store_home: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    answer_at_once(monkeypatch, "cell_rows", "row_card")
    run = fitted(store_home)
    async with run_shown(workbench, run, "baseline", size=size) as pilot:
        await pilot.press("M")
        await until(pilot, lambda: "Confusion matrix, validation set" in flat(workbench))
        matrix = workbench.screen.query_one(ConfusionMatrix)
        # an empty cell has no rows to show
        await pilot.press("right", "enter")
        assert matrix.has_focus
        await pilot.press("left", "enter")
        await until(pilot, lambda: "class Adelie, classified as Adelie" in flat(workbench))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Beside the classes" in flat(workbench))
        assert "a validation row of class Adelie" in flat(workbench)
        await pilot.press("end")
        await until(pilot, lambda: "Nearest training rows" in flat(workbench))
        await pilot.press("escape")
        assert "classified as Adelie" in flat(workbench)
        await pilot.press("escape")
        assert matrix.has_focus
        # a baseline has no epochs
        assert not workbench.screen.query_one(EpochLine).display


async def test_arrows_on_the_epoch_show_the_matrix_as_it_was(
    workbench: Workbench, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = ((9, 0, 0), (8, 0, 0), (7, 0, 0))
    asked: list[str] = []
    answers: list[Callable[[], object]] = []

    def put(self: Query, arguments: object) -> None:
        if self._kind != "epoch_confusion":
            return
        asked.append(self._kind)
        self.number = 1
        epochs = tuple(EpochConfusion(epoch=n, train=early, validation=early) for n in (18, 19))
        answers.append(
            lambda: self._asker.post_message(QueryAnswered(1, EpochConfusions(epochs=epochs)))
        )

    monkeypatch.setattr(Query, "put", put)
    stored("train", {"epochs": 20}, train_events(20, 20))
    async with workbench.run_test(size=(100, 30)) as pilot:
        await pilot.press("6", "enter", "M")
        await until(pilot, lambda: "of 20 (kept)" in flat(workbench))
        kept = flat(workbench)
        # a key does not begin the training anew that is under way for the epochs around
        await pilot.press("tab", "left", "left", "right")
        answers[0]()
        await until(pilot, lambda: "‹ 19 ›" in flat(workbench) and "24 rows" in flat(workbench))
        # what is known is not asked for again
        await pilot.press("left")
        await until(pilot, lambda: "‹ 18 ›" in flat(workbench))
        assert asked == ["epoch_confusion"]
        # the rows of a cell are those of the network that was kept
        await pilot.press("shift+tab", "enter")
        await until(
            pilot, lambda: "The rows are known of the epoch that was kept" in flat(workbench)
        )
        assert workbench.screen.query_one(ConfusionPane).step == "matrix"
        await pilot.press("tab", "end", "shift+tab")
        await until(pilot, lambda: "‹ 20 ›" in flat(workbench))
        assert all("69 rows" in shown for shown in (kept, flat(workbench)))
