"""A run is written from the screen: where to is asked for, and nothing waits for the files."""

import asyncio
import threading
from pathlib import Path

import pytest
from textual.widgets import Input

from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.runs.screen import RunsScreen
from penguin_tui.terminal.graphics import Graphics
from tests.support.screen.text import seen
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored, train_events


async def written() -> None:
    """Wait for the thread that has files written; a process is nice, and takes what it takes."""
    for thread in threading.enumerate():
        if thread.name == "writing":
            await asyncio.to_thread(thread.join)


async def test_figures_of_the_run_under_the_cursor_are_drawn(
    workbench: Workbench, stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    told = workbench._notifications
    async with workbench.run_test(size=(100, 30)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        await until(pilot, lambda: "20 ep" in seen(workbench))
        await pilot.press("f")
        await until(pilot, lambda: f"Folder for the figures of run {run}" in seen(workbench))
        assert workbench.screen.query_one(Input).value == str(tmp_path / "figures")
        await pilot.press("enter")
        # the next key does not wait for them
        await pilot.press("1")
        await written()
        await until(pilot, lambda: any("3 PNG files" in one.message for one in told))
        assert len(list((tmp_path / "figures").glob(f"{run}-*.png"))) == 3
        # of what is there already one is asked
        (tmp_path / "figures" / f"{run}-confusion.png").write_bytes(b"mine")
        await pilot.press("6", "f", "enter")
        await written()
        await until(pilot, lambda: "Overwrite?" in seen(workbench))
        await pilot.press("escape")
        assert (tmp_path / "figures" / f"{run}-confusion.png").read_bytes() == b"mine"
        await pilot.press("f", "enter")
        await written()
        await until(pilot, lambda: "Overwrite?" in seen(workbench))
        workbench.graphics = Graphics("kitty")
        await pilot.press("enter")
        await written()
        path = tmp_path / "figures" / f"{run}-confusion.png"
        await until(pilot, lambda: path.read_bytes().startswith(b"\x89PNG"))
        # which a terminal that draws pictures shows where they were wanted
        await until(pilot, lambda: "1/3" in seen(workbench))
        path = tmp_path / "figures" / f"{run}-learning_curves.png"
        assert str(path) in "".join(seen(workbench).split())
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))


async def test_what_a_run_has_is_offered_with_its_size_and_written_where_it_is_wanted(
    workbench: Workbench, stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = stored("train", {"epochs": 20}, train_events(20, 20))
    told = workbench._notifications
    path = tmp_path / f"run-{run}-epochs.csv"
    async with workbench.run_test(size=(100, 30)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "20 ep" in seen(workbench))
        await pilot.press("e")
        await until(pilot, lambda: f"Export of run {run}" in seen(workbench))
        offered = seen(workbench)
        assert "report, HTML" in offered
        assert "tensorboard" in offered
        # this one has kept no network
        assert not any(name in offered for name in ("onnx", "bundle", "notebook"))
        await pilot.press(*"epochs", "enter")
        await until(pilot, lambda: f"epochs of run {run}" in seen(workbench))
        assert workbench.screen.query_one(Input).value == str(path)
        await pilot.press("enter")
        await written()
        await until(pilot, lambda: any(f"{path}: " in one.message for one in told))
        assert path.read_text().startswith("trial,fold,epoch")
        # of what is there already one is asked
        await pilot.press("e")
        await until(pilot, lambda: f"Export of run {run}" in seen(workbench))
        await pilot.press(*"epochs", "enter", "enter")
        await written()
        await until(pilot, lambda: "Overwrite?" in seen(workbench))
