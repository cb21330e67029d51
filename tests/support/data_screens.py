"""What the tests of the Data screen share: described penguins, and the way to the screen."""

from collections.abc import Callable

from textual.pilot import Pilot
from textual.widgets import Static

from engine.results import DescribeResult
from engine.runs.events import Ended, Event, Finished, Phase
from penguin_tui.screens.data import DataScreen
from tests.support.describe_results import penguins
from tests.support.stored_runs import NOW, until

# puts a run that describes data into the store: events, status, fields
Put = Callable[..., int]


def finished(result: DescribeResult) -> list[Event]:
    return [
        Phase(name="describing the data"),
        Finished(result=result),
        Ended(at=NOW - 5, status="finished"),
    ]


def suspicious() -> DescribeResult:
    """Penguins with a column that looks like an id, and a note about the file."""
    data = penguins()
    columns = list(data.columns)
    columns[1] = columns[1].model_copy(
        update={"warning": "It looks like an id. Put it into exclude."}
    )
    notes = ("The encoding is a guess.",)
    return data.model_copy(update={"columns": tuple(columns), "notes": notes})


async def data_screen(pilot: Pilot[None], ready: str = "") -> DataScreen:
    """Wait for the screen and, unless it is to be empty, for `ready` in its message or title."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, DataScreen))
    screen = app.screen
    assert isinstance(screen, DataScreen)
    if ready:
        await until(pilot, lambda: ready in text_of(screen, "#title") + text_of(screen, "#message"))
    return screen


def text_of(screen: DataScreen, selector: str) -> str:
    return str(screen.query_one(selector, Static).content)
