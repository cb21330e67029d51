"""A run is drawn from the screen: a folder is asked for, and nothing waits for the pictures."""

import asyncio
import threading
from pathlib import Path

import pytest
from textual.widgets import Input

from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.runs import RunsScreen
from tests.support.screen_text import seen
from tests.support.stored_runs import Stored, train_events
from tests.support.waiting import until


async def drawn() -> None:
    """Wait for the thread that has a run drawn; the process is nice, and takes what it takes."""
    for thread in threading.enumerate():
        if thread.name == "figures":
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
        await drawn()
        await until(pilot, lambda: any("3 PNG files" in one.message for one in told))
        assert len(list((tmp_path / "figures").glob(f"{run}-*.png"))) == 3
        # of what is there already one is asked
        (tmp_path / "figures" / f"{run}-confusion.png").write_bytes(b"mine")
        await pilot.press("6", "f", "enter")
        await drawn()
        await until(pilot, lambda: "Overwrite?" in seen(workbench))
        await pilot.press("escape")
        assert (tmp_path / "figures" / f"{run}-confusion.png").read_bytes() == b"mine"
        await pilot.press("f", "enter")
        await drawn()
        await until(pilot, lambda: "Overwrite?" in seen(workbench))
        await pilot.press("enter")
        await drawn()
        path = tmp_path / "figures" / f"{run}-confusion.png"
        await until(pilot, lambda: path.read_bytes().startswith(b"\x89PNG"))
