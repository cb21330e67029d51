"""The command line and the screen show the same figures of a stored run, of whatever kind."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import DataTable, Static

from engine.kinds import KINDS
from penguin_tui.app.workbench import Workbench
from penguin_tui.presentation.results.trials import LISTED_TRIALS
from penguin_tui.run.confusion_matrix import ConfusionMatrix
from penguin_tui.run.progress_line import ProgressLine
from penguin_tui.screens.run import RunScreen
from penguin_tui.tables.row_table import RowTable
from tests.support.command_line import call
from tests.support.screen.text import flat
from tests.support.screen.waiting import until
from tests.support.stored.kinds import CASES
from tests.support.stored.runs import NOW, Stored

# percentages with their intervals or spreads, and numbers with decimals
FIGURE = re.compile(r"\d+\.\d+(?: %)?(?: ± \d+\.\d)?(?: \(\d+\.\d–\d+\.\d(?: \w+)?\))?")


@pytest.fixture(autouse=True)
def same_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both surfaces are looked at in the same moment."""
    standing = SimpleNamespace(now=lambda: NOW)
    monkeypatch.setattr("penguin_tui.presentation.run_blocks.clock", standing)


def test_every_kind_is_compared() -> None:
    assert set(CASES) == set(KINDS)


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("protocol", ["strict", "as_published"])
async def test_both_surfaces_show_the_same_figures(
    workbench: Workbench,
    stored: Stored,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    protocol: str,
) -> None:
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(workbench.home))
    case = CASES[kind]
    # the reproduction has both, comparisons are always strict
    without = ("reproduce", "evaluate", "learning_curve", "leaks", "influence")
    own = {} if kind in without else {"protocol": protocol}
    run = stored(kind, case.fields | own, case.events())
    printed = call("show", str(run)).stdout
    lines = {" ".join(line.split()) for line in printed.splitlines()}
    async with workbench.run_test(size=(160, 60)) as pilot:
        await pilot.pause()
        await workbench.open_run(run)
        await until(pilot, lambda: "finished" in flat(workbench))
        view = _view(pilot)
        for figure in FIGURE.findall(view.query_one(ProgressLine).render().plain):
            assert figure in printed, figure
        for tab in view.tabs:
            if tab.name in ("curves", "progress", "log", "trial_log", "brackets"):
                # what happened on the way; the log command has it
                continue
            await view.action_tab(tab.name)
            await pilot.pause()
            for row in _rows(view):
                if FIGURE.search(row):
                    # the screen's table of misclassified rows goes on with their features
                    assert any(line and row.startswith(line) for line in lines), (tab.name, row)
            for text in _texts(view):
                for figure in FIGURE.findall(text):
                    assert figure.removesuffix(" %") in printed, (tab.name, text)


def _view(pilot: Pilot[None]) -> Any:
    screen = pilot.app.screen
    assert isinstance(screen, RunScreen)
    return screen.view


def _shown(view: Widget) -> list[Widget]:
    return [w for w in view.query_one("#pane").walk_children(Widget) if w.is_on_screen]


def _rows(view: Widget) -> Iterator[str]:
    """The rows of all tables that are displayed, blanks as one."""
    for widget in _shown(view):
        if isinstance(widget, DataTable):
            for row in widget.rows:
                yield " ".join(" ".join(map(str, widget.get_row(row))).split())
        elif isinstance(widget, RowTable):
            for item in widget.items[:LISTED_TRIALS]:
                yield " ".join(" ".join(text for text, _ in widget._cells(item)).split())
        elif isinstance(widget, ConfusionMatrix):
            yield from _matrix(widget)


def _texts(view: Widget) -> Iterator[str]:
    """The lines of all texts that are displayed."""
    for widget in _shown(view):
        if isinstance(widget, Static):
            yield from str(widget.content).splitlines()


def _matrix(widget: ConfusionMatrix) -> Iterator[str]:
    counts = widget._counts
    assert counts is not None
    for label, row in zip(counts.labels, getattr(counts, widget.shown_set), strict=True):
        yield f"{label} {' '.join(map(str, row))}"
