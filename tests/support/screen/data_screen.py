"""What the tests of the Data screen share: described penguins, and the way to the screen."""

from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from engine.results.describe import DescribeResult
from engine.store import queries
from engine.store.queries import Query
from engine.store.store import Store
from penguin_tui.screens.data import DataScreen
from tests.support.screen.waiting import until
from tests.support.stored.descriptions import penguins

# keeps an answer: what is in the data, and the settings it was asked with
Remember = Callable[..., None]


def asked(home: Path) -> list[Query]:
    """The queries that the engine has still to answer."""
    with Store.open(home) as store:
        return queries.open_queries(store)


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
