"""To a distant terminal the first sign of a key goes ahead of what the key does."""

import re
from pathlib import Path

import pytest
from rich.console import RenderableType

from penguin_tui.app.help import HelpScreen
from penguin_tui.app.workbench import Workbench
from penguin_tui.bars.link_bar import LinkBar
from penguin_tui.terminal.flow_control import Pace
from penguin_tui.terminal.textual_private.app import CompositorUpdate, Palette
from tests.support.screen.data_screen import Remember, data_screen
from tests.support.screen.waiting import at_rest, until
from tests.support.stored.descriptions import penguins
from tests.support.stored.runs import NOW


class Distant(Workbench):
    """Keeps the frames, with the screen that was on top when each was sent."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, pace=_Distant(), engine=False, clock=lambda: NOW)
        self.frames: list[tuple[str, str]] = []

    def outgoing(self, renderable: RenderableType | None) -> RenderableType | None:
        """Render the frame as the terminal gets it, and keep it."""
        found = super().outgoing(renderable)
        if isinstance(found, CompositorUpdate) and (sent := found.render_segments(self.console)):
            self.frames.append((type(self.screen).__name__, sent))
        return None


class _Distant(Pace):
    slow = True  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("key", "opened", "sign"),
    [
        ("3", "TrainScreen", "3 Train"),
        ("question_mark", HelpScreen.__name__, "? Help"),
        ("ctrl+p", Palette.__name__, "^p Commands"),
    ],
)
async def test_what_a_key_will_do_is_marked_before_it_is_done(
    store_home: Path, remember: Remember, key: str, opened: str, sign: str
) -> None:
    remember(penguins())
    app = Distant(store_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await data_screen(pilot, "344 rows")
        await at_rest(pilot)
        app.frames.clear()
        await pilot.press(key)
        await until(pilot, lambda: type(app.screen).__name__ == opened)
        await until(pilot, lambda: len(app.frames) > 1)
        (screen, first), *_ = app.frames
    assert screen == "DataScreen", "before the other screen is there"
    assert sign in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", first)
    assert len(first) < 500


async def test_a_screen_that_is_seen_again_says_where_it_is(
    store_home: Path, remember: Remember
) -> None:
    remember(penguins())
    app = Distant(store_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await data_screen(pilot, "344 rows")
        before = app.screen.query_one("#navigation", LinkBar).render_line(0)
        for key, place in (("3", "train"), ("1", "data")):
            await pilot.press(key)
            await until(pilot, lambda place=place: app.current_mode == place)
            await at_rest(pilot)
        assert app.screen.query_one("#navigation", LinkBar).render_line(0) == before
