"""Pictures of the Runs screen and of the windows above it, at both sizes."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from penguin_tui.app.help import HelpScreen
from penguin_tui.app.workbench import Workbench
from penguin_tui.screens.runs.screen import RunsScreen
from penguin_tui.screens.runs.table import RunsTable
from penguin_tui.screens.too_small import TooSmallScreen
from tests.support.screen.text import seen
from tests.support.screen.waiting import laid_out, settled, until
from tests.support.stored.runs import NOW, Stored, baseline_events, train_events

SIZES = [(80, 24), (140, 45), (100, 30)]
Compare = Callable[..., bool]


def fill(stored: Stored, *, live: bool) -> int:
    """Stored runs of every kind of fate; returns how many the table shows."""
    stored("describe", {}, created=NOW - 90_000)
    stored("baseline", {}, baseline_events(), created=NOW - 86_400 * 40)
    stored("train", {"epochs": 20}, train_events(20, 20), name="post's network", created=NOW - 500)
    stored(
        "train", {"epochs": 20, "protocol": "as_published"}, train_events(20, 20),
        name="[red]markup\x1b[31m", created=NOW - 400,
    )  # fmt: skip
    stored("train", {"epochs": 50}, train_events(7, 50, finished=False), status="lost",
           created=NOW - 300)  # fmt: skip
    if live:
        stored("train", {"epochs": 100}, train_events(40, 100, finished=False), status="running",
               created=NOW - 30)  # fmt: skip
        stored("train", {"epochs": 1000}, name="next", created=NOW - 5)
    return 6 if live else 4


def shows(workbench: Workbench, count: int) -> Callable[[Pilot[None]], object]:
    """Go to Runs and wait for the rows."""

    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(workbench.screen, RunsScreen))
        screen = workbench.screen
        assert isinstance(screen, RunsScreen)
        await until(pilot, lambda: screen.arrived)
        table = screen.query_one(RunsTable)
        await until(pilot, lambda: len(table.items) == count)
        await until(pilot, lambda: workbench.engine_status is not None)
        if count and pilot.app.size.width > 100:
            await until(pilot, lambda: "Accuracy" in seen(workbench))
        await settled(pilot)

    return before


@pytest.mark.parametrize("size", SIZES)
def test_runs_empty(workbench: Workbench, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(workbench, terminal_size=size, run_before=shows(workbench, 0))


@pytest.mark.parametrize("size", SIZES)
def test_runs_live(
    workbench: Workbench, stored: Stored, snap_compare: Compare, size: tuple[int, int]
) -> None:
    count = fill(stored, live=True)
    assert snap_compare(workbench, terminal_size=size, run_before=shows(workbench, count))


@pytest.mark.parametrize("size", SIZES)
def test_runs_finished(
    workbench: Workbench, stored: Stored, snap_compare: Compare, size: tuple[int, int]
) -> None:
    count = fill(stored, live=False)
    before = shows(workbench, count)

    async def by_test(pilot: Pilot[None]) -> None:
        await before(pilot)  # type: ignore[misc]
        await pilot.press("right", "down")
        await settled(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=by_test)


@pytest.mark.parametrize("size", SIZES)
def test_help_over_runs(
    workbench: Workbench, stored: Stored, snap_compare: Compare, size: tuple[int, int]
) -> None:
    count = fill(stored, live=False)
    before = shows(workbench, count)

    async def helped(pilot: Pilot[None]) -> None:
        await before(pilot)  # type: ignore[misc]
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(workbench.screen, HelpScreen))
        await laid_out(pilot)

    assert snap_compare(workbench, terminal_size=size, run_before=helped)


@pytest.mark.parametrize("theme", ["penguin-light", "penguin-contrast"])
def test_other_themes(
    workbench: Workbench, stored: Stored, snap_compare: Compare, theme: str
) -> None:
    count = fill(stored, live=True)
    workbench.theme = theme
    assert snap_compare(workbench, terminal_size=(80, 24), run_before=shows(workbench, count))


def test_too_small(workbench: Workbench, snap_compare: Compare) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(workbench.screen, TooSmallScreen))

    assert snap_compare(workbench, terminal_size=(50, 12), run_before=before)
