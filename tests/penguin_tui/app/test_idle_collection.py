"""Garbage is collected while nothing is under way."""

import gc

import pytest

from penguin_tui.app import idle_collection
from penguin_tui.app.idle_collection import WORTH_IT, collect
from penguin_tui.terminal.textual_private.app import HookedApp


class Busy(HookedApp):
    """An app that says whether something is under way."""

    busy = True

    @property
    def under_way(self) -> bool:
        return self.busy


@pytest.fixture
def generations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The generations that are collected, with more new objects than are left alone."""
    found: list[int] = []
    monkeypatch.setattr(idle_collection.gc, "collect", found.append)
    monkeypatch.setattr(idle_collection.gc, "get_count", lambda: (WORTH_IT, 0, 0))
    return found


async def test_a_key_does_not_wait_for_a_collection(generations: list[int]) -> None:
    app = Busy()
    collect(app)
    assert generations == []
    app.busy = False
    collect(app)
    assert generations == [0]


async def test_few_new_objects_are_left_alone(
    generations: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Busy()
    app.busy = False
    monkeypatch.setattr(gc, "get_count", lambda: (WORTH_IT - 1, 50, 50))
    collect(app)
    assert generations == []


async def test_older_objects_are_looked_through_as_well(
    generations: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Busy()
    app.busy = False
    for counts in ((WORTH_IT, 11, 0), (WORTH_IT, 11, 11)):
        monkeypatch.setattr(gc, "get_count", lambda counts=counts: counts)
        collect(app)
    assert generations == [1, 2]
