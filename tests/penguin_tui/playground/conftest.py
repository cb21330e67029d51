"""The engine of the playground, in this process."""

import pytest

from tests.support.screen.playground import Engine


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine in this process."""
    return Engine(monkeypatch)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a moment to pass."""
    monkeypatch.setattr("penguin_tui.playground.compile_ahead.IDLE_SECONDS", 0.001)
