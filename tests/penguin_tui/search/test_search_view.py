"""The curve of a search: each trial, and the best so far."""

from engine.runs.state import RunState, fold
from penguin_tui.search.search_view import best_series
from tests.support.stored_searches import (
    search_events,
)


def test_the_best_so_far_never_falls() -> None:
    state = fold(RunState(), search_events())
    best, each = best_series(state)
    assert list(best.ys) == sorted(best.ys)
    assert max(each.ys) == best.ys[-1]
    # eleven of twelve: one was skipped
    assert len(each.xs) == 11
