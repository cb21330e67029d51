"""Watching a run over a slow line: how many bytes the live screen sends."""

import asyncio
import math
import random
import time
from array import array
from pathlib import Path

import pytest
from rich.console import RenderableType

from engine.runs.events import EpochBlock
from engine.runs.state import RunState, fold
from engine.store.store import Store
from penguin_tui.app.workbench import Workbench
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.screens.run import RunScreen
from penguin_tui.terminal.textual_private.app import CompositorUpdate
from tests.support.stored_runs import NOW, Stored, train_events
from tests.support.waiting import until

EPOCHS_A_SECOND = 20
MESSAGES_A_SECOND = 8
SECONDS = 4.0
# measured: 5.2 to 5.5 kB/s; the post's network, less noisy, costs 4.4 (benchmarks.screen)
BUDGET = 6_500


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
