"""Waiting for a frame of the app or a change of its store, which is what a test is about."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot

from engine.store.store import Store
from penguin_tui.run.live_pane import LivePane
from tests.support.screen_text import seen

PATIENCE = 30.0
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
    screen = pilot.app.screen
    await at_rest(pilot)
    await until(
        pilot, lambda: "engine:" in seen(pilot.app) and all(map(complete, screen.query(LivePane)))
    )
    await pilot.wait_for_scheduled_animations()


def complete(pane: LivePane) -> bool:
    """Whether each part of the pane that can be seen was drawn from the newest state."""
    return not pane.is_on_screen or all(
        pane._drawn.get(name) is pane.state for name in pane.parts()
    )
