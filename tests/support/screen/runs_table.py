"""The way to the Runs screen, and runs to find there."""

from textual.pilot import Pilot

from penguin_tui.screens.runs.screen import RunsScreen
from penguin_tui.screens.runs.table import RunsTable
from tests.support.screen.waiting import until
from tests.support.stored.runs import NOW, Stored, baseline_events, train_events


async def open_runs(pilot: Pilot[None], count: int) -> RunsTable:
    """Go to the Runs screen and wait for its rows."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
    table = pilot.app.screen.query_one(RunsTable)
    await until(pilot, lambda: len(table.items) == count)
    return table


def on_screen(table: RunsTable) -> str:
    """The text of the table as it is drawn."""
    return "\n".join(table.render_line(y).text for y in range(table.size.height))


def three(stored: Stored) -> None:
    """A baseline, a finished and a live network."""
    stored("baseline", {}, baseline_events(), created=NOW - 900)
    stored("train", {"epochs": 20}, train_events(20, 20), name="post's network", created=NOW - 500)
    stored(
        "train",
        {"epochs": 100, "protocol": "as_published"},
        train_events(40, 100, finished=False),
        status="running",
        created=NOW - 30,
    )
