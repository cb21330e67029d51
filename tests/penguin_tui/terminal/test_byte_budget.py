"""Over a slow line: how many bytes are sent at the start, at a change of screen, beside a run."""

import asyncio
import math
import random
import time
from array import array
from pathlib import Path

import pytest
from rich.console import RenderableType
from textual.events import Resize
from textual.geometry import Size

from engine.runs.events import EpochBlock
from engine.runs.state import RunState, fold
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.screens.places import PLACES
from penguin_tui.screens.run import RunScreen
from penguin_tui.terminal.textual_private.app import CompositorUpdate
from tests.support.screen.data_screen import Remember, data_screen
from tests.support.screen.waiting import at_rest, until
from tests.support.stored.descriptions import penguins
from tests.support.stored.runs import NOW, Stored, train_events

EPOCHS_A_SECOND = 20
MESSAGES_A_SECOND = 8
SECONDS = 4.0
# measured: 3.3 kB/s
BUDGET = 4_500
# measured: 3.3 kB, and 1.5 to 3.6 of a change
FIRST_BUDGET, CHANGE_BUDGET = 5_000, 4_000


class Counting(Workbench):
    """Counts what would be sent to the terminal."""

    sent = 0

    def outgoing(self, renderable: RenderableType | None) -> RenderableType | None:
        """Render the frame as the terminal gets it, and count its bytes."""
        found = super().outgoing(renderable)
        if isinstance(found, CompositorUpdate):
            self.sent += len(found.render_segments(self.console).encode())
        return None


def block(first: int, count: int, draw: random.Random) -> EpochBlock:
    """Curves that fall and rise, with the noise of a small validation set."""
    rows = []
    for epoch in range(first, first + count):
        fallen = math.exp(-epoch / 60)
        rows.append((
            0.02 + fallen * draw.uniform(0.9, 1.1), 1 - 0.5 * fallen * draw.uniform(0.9, 1.1),
            0.1 + fallen * draw.uniform(0.8, 1.2), round((0.96 - 0.5 * fallen) * 69) / 69,
            0.001, 0.05,
        ))  # fmt: skip
    return EpochBlock(0, first, tuple(array("d", column) for column in zip(*rows, strict=True)))


async def test_a_live_run_stays_within_its_bytes_a_second(
    store_home: Path, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    run = stored("train", {"epochs": 600}, train_events(1, 600, finished=False), status="running")
    app = Counting(store_home, engine=False, clock=lambda: NOW)
    draw = random.Random(0)
    async with app.run_test(size=(120, 40)) as pilot:
        await app.open_run(run)
        await until(
            pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.query(LineChart)
        )
        with Store.open(store_home) as store:
            record = store.run(run)
            state = fold(RunState(), store.events(run)[1])
        app.follower.unwatch(app.screen)
        view = app.screen.view
        epoch = 1

        async def watch(seconds: float) -> None:
            nonlocal epoch, state
            end = time.monotonic() + seconds
            while (now := time.monotonic()) < end:
                count = max(1, EPOCHS_A_SECOND // MESSAGES_A_SECOND)
                state = fold(state, [block(epoch + 1, count, draw)])
                epoch += count
                view.show(record, state)
                # the pace of the follower, which the bytes a second depend on
                await asyncio.sleep(max(0.0, now + 1 / MESSAGES_A_SECOND - time.monotonic()))

        await watch(1.0)
        app.sent = 0
        await watch(SECONDS)
        assert f"epoch {epoch}" in str(view.query_one("ProgressLine").render())
    assert 500 < app.sent / SECONDS < BUDGET, app.sent / SECONDS


async def test_the_first_screen_is_filled_and_others_are_opened_within_their_bytes(
    store_home: Path, remember: Remember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    remember(penguins())
    app = Counting(store_home, engine=False, clock=lambda: NOW)
    async with app.run_test(size=(120, 40)) as pilot:
        await data_screen(pilot, "344 rows")
        await at_rest(pilot)
        assert 1_500 < app.sent < FIRST_BUDGET, app.sent
        for visit in ("first", "another"):
            for place in (*PLACES[1:], PLACES[0]):
                app.sent = 0
                await pilot.press(place.key)
                await until(pilot, lambda place=place: app.current_mode == place.name)
                await at_rest(pilot)
                assert 500 < app.sent < CHANGE_BUDGET, (place.name, visit, app.sent)


async def test_a_size_that_is_told_once_more_is_no_reason_to_send_everything_again(
    store_home: Path,
) -> None:
    size = Size(120, 40)
    app = Counting(store_home, engine=False, clock=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        await data_screen(pilot)
        await at_rest(pilot)
        assert app.frame.size == size
        # terminals that tell their size in their input begin with the one that they have
        app.post_message(Resize(size, size, pixel_size=Size(960, 800)))
        await pilot.pause()
        assert app.frame.size == size
        # of several signals only the last may have come
        app.post_message(Resize(size, size))
        await pilot.pause()
        assert app.frame.size != size
