"""The way to the screens with a form and to a run, and what the engine would write meanwhile."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot

from engine.runs.events import Event
from engine.store.records import RunRecord
from engine.store.store import Store
from engine.store.writer import RunWriter
from penguin_tui.app.workbench import Workbench
from penguin_tui.forms.form_fields import FormFields
from penguin_tui.forms.search_space.table import SearchSpaceTable
from penguin_tui.screens.form_and_run import FormAndRunScreen
from penguin_tui.screens.places import PLACES
from penguin_tui.screens.run import RunScreen
from tests.support.screen.text import flat
from tests.support.screen.waiting import at_rest, until, until_stored
from tests.support.stored.runs import NOW

SIZES = [(80, 24), (140, 45)]
F = TypeVar("F", bound=FormAndRunScreen)


async def form_screen(pilot: Pilot[None], screen: type[F]) -> F:
    """Go to a screen with a form and wait until it takes keys."""
    await pilot.press(next(place.key for place in PLACES if place.screen == screen.__name__))
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))
    found = pilot.app.screen
    assert isinstance(found, screen)
    await until(pilot, lambda: isinstance(found.focused, FormFields | SearchSpaceTable))
    return found


async def submitted(pilot: Pilot[None]) -> RunRecord:
    """Run what is in the form, which is the only run, and wait until it is shown."""
    await pilot.press("ctrl+r")
    await until(pilot, lambda: ": queued" in flat(pilot.app))
    return await stored_run(pilot)


async def stored_run(pilot: Pilot[None]) -> RunRecord:
    """Wait until there is a run in the store, the only one."""
    [record] = await until_stored(home_of(pilot), runs_of)
    return record


async def nothing_stored(pilot: Pilot[None]) -> None:
    """Once all keys have been obeyed, no run is in the store."""
    await at_rest(pilot)
    with Store.open(home_of(pilot)) as store:
        assert runs_of(store) == []


@asynccontextmanager
async def run_shown(
    workbench: Workbench, run: int, *words: str, size: tuple[int, int] = (140, 45)
) -> AsyncIterator[Pilot[None]]:
    """The workbench with a run on screen, once all of `words` are to be read."""
    async with workbench.run_test(size=size) as pilot:
        await open_run(pilot, run, *words)
        yield pilot


async def open_run(pilot: Pilot[None], run: int, *words: str) -> RunScreen:
    """Open a run above the present screen and wait for what is to be read of it."""
    app = pilot.app
    assert isinstance(app, Workbench)
    await pilot.pause()
    await app.open_run(run)
    await until(pilot, lambda: all(some in flat(app) for some in (f"Run {run}", *words)))
    assert isinstance(app.screen, RunScreen)
    return app.screen


def runs_of(store: Store) -> list[RunRecord]:
    """The runs without the data summaries."""
    return [record for record in store.runs() if record.kind != "describe"]


async def requested(pilot: Pilot[None], *wanted: str) -> None:
    """Wait until just these requests are before the engine, in this order."""
    await until_stored(
        home_of(pilot), lambda store: [r.what for r in store.open_requests()] == [*wanted]
    )


def report(
    home: Path,
    run: int,
    events: Sequence[Event],
    status: str | None = None,
    started: float = NOW,
) -> None:
    """Write what the engine would write of a run."""
    with Store.open(home) as store, store.writing() as connection:
        RunWriter(store.run(run)).write(connection, events)
        connection.execute(
            "UPDATE runs SET worked = NULL, started = ?, status = coalesce(?, status) WHERE id = ?",
            (started, status, run),
        )


def home_of(pilot: Pilot[None]) -> Path:
    """The home folder of the workbench."""
    assert isinstance(pilot.app, Workbench)
    return pilot.app.home
