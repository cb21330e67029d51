"""The curve of a search: each trial, and the best so far; its outer folds."""

import pytest

from engine.runs.events import OuterFoldEnded
from engine.runs.state import RunState, fold
from penguin_tui.app.workbench import Workbench
from penguin_tui.search.search_view import best_series
from tests.support.screen.text import flat, seen
from tests.support.screen.waiting import until
from tests.support.stored.runs import Stored
from tests.support.stored.searches import RANDOM, outer_folds, search_events


def test_the_best_so_far_never_falls() -> None:
    state = fold(RunState(), search_events())
    best, each = best_series(state)
    assert list(best.ys) == sorted(best.ys)
    assert max(each.ys) == best.ys[-1]
    # eleven of twelve: one was skipped
    assert len(each.xs) == 11


@pytest.mark.parametrize(
    ("done", "shown"), [(0, "repeated on a first outer fold"), (2, "2 outer folds of 5")]
)
async def test_the_outer_folds_are_shown_as_they_end(
    workbench: Workbench, stored: Stored, done: int, shown: str
) -> None:
    events = search_events(outer=5)
    begun = next(n for n, one in enumerate(events) if isinstance(one, OuterFoldEnded))
    run = stored("random_search", RANDOM | {"outer_folds": 5}, events[: begun + done])
    async with workbench.run_test(size=(80, 24)) as pilot:
        await workbench.open_run(run)
        await pilot.press("U")
        await until(pilot, lambda: shown in flat(workbench))


async def test_without_outer_folds_the_tab_says_how_to_get_them(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM, search_events())
    async with workbench.run_test(size=(80, 24)) as pilot:
        await workbench.open_run(run)
        await pilot.press("U")
        await until(pilot, lambda: "--set outer_folds=5" in flat(workbench))


async def test_what_the_search_is_worth_stands_in_its_head_and_its_tab(
    workbench: Workbench, stored: Stored
) -> None:
    run = stored("random_search", RANDOM | {"outer_folds": 5}, search_events(outer=5))
    async with workbench.run_test(size=(100, 40)) as pilot:
        await workbench.open_run(run)
        await pilot.press("U")
        await until(pilot, lambda: "How often each value won" in seen(workbench))
        mean = sum(one.outer for one in outer_folds(5)) / 5
        assert f"is worth {100 * mean:.1f} %" in flat(workbench)
        assert "8 (3 of 5)" in flat(workbench)
