"""The way to a run from the table of all runs."""

from textual.pilot import Pilot

from penguin_tui.screens.run import RunScreen
from penguin_tui.screens.runs.screen import RunsScreen
from tests.support.screen.form_and_run import open_run
from tests.support.screen.waiting import until


async def open_from_runs(pilot: Pilot[None], run: int, words: str) -> RunScreen:
    """Open a run from the table of all runs."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    return await open_run(pilot, run, words)
