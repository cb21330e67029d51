"""What the engine says of itself while runs end."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.replay import in_place_of_the_engine
from engine.store.heartbeat import heartbeat
from engine.store.home import home
from engine.store.store import Store
from engine.worker.host import Host
from engine.worker.outage import Outage


def test_an_end_is_told_apart_only_while_it_cannot_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is resumed at once would be taken for ended by whoever follows it."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(tmp_path / "home"))
    with in_place_of_the_engine(home()), Store.open(home()) as store:
        host = Host(home(), store)
        host.runs = cast("Any", [SimpleNamespace(id=7, ended=True)])
        host._beat()
        assert (found := heartbeat(home())) is not None
        assert found.ended == ()
        host._outage, host._beat_at = Outage(time.monotonic(), "the disk is full"), 0.0
        host._beat()
        assert (found := heartbeat(home())) is not None
        assert (found.ended, found.cause) == ((7,), "the disk is full")
