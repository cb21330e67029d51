"""Waiting for a frame of the app or a change of its store, which is what a test is about."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot

from engine.store.store import Store
from penguin_tui.run.live_pane import LivePane
from penguin_tui.screens.run_view import RunView
from penguin_tui.terminal.textual_private.app import HookedApp
from tests.support.patience import PATIENCE
from tests.support.screen.text import seen

T = TypeVar("T")


async def until(pilot: Pilot[None], true: Callable[[], T]) -> T:
    """What `true()` returns once it holds; looked at after each frame that the app draws."""
    drawn = asyncio.Event()
    pilot.app.post_display_hook = drawn.set  # type: ignore[method-assign]
    try:
        async with asyncio.timeout(PATIENCE):
            await pilot.pause()
            while not (found := true()):
                await drawn.wait()
                drawn.clear()
                await pilot.pause()
            return found
    except TimeoutError:
        raise AssertionError(f"never came true: {true}; on screen is:\n{seen(pilot.app)}") from None
    finally:
        del pilot.app.post_display_hook


async def until_stored(home: Path, true: Callable[[Store], T]) -> T:
    """What `true(store)` returns once it holds; looked at after each change of the store."""

    def wait() -> T:
        with Store.open(home) as store:
            return store.wait_for(lambda: true(store), PATIENCE)

    found = await asyncio.to_thread(wait)
    assert found, f"never came true: {true}"
    return found


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until the keys pressed so far have been obeyed, with all that they started."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the screen is complete: workers done, live parts as new as their state."""
    app, screen = pilot.app, pilot.app.screen
    await at_rest(pilot)
    await until(pilot, lambda: "engine:" in seen(app) and all(map(opened, screen.query(RunView))))
    # a pane that is yet to be laid out is not on screen, and so nothing of it would be missed
    await laid_out(pilot)
    await until(pilot, lambda: all(map(complete, screen.query(LivePane))))
    await pilot.wait_for_scheduled_animations()


async def laid_out(pilot: Pilot[None]) -> None:
    """Wait until the screen has followed all that was done: messages, layouts, workers."""
    assert isinstance(pilot.app, HookedApp)
    while pilot.app.under_way:
        await pilot.pause()


def opened(view: RunView) -> bool:
    """Whether the pane of a run is there, if a run is shown at all."""
    return view.record is None or view.panes.current is not None


def complete(pane: LivePane) -> bool:
    """Whether each part of the pane that can be seen was drawn from the newest state."""
    return not pane.is_on_screen or all(
        pane._drawn.get(name) is pane.state for name in pane.parts()
    )
