"""The follower: one message with the whole state, the newest, and only to who asked."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest
from textual.app import App
from textual.message import Message
from textual.widget import Widget

from engine.runs.events import Ended
from engine.store.store import Store
from engine.store.writer import RunWriter
from penguin_tui.engine_link.follower import Follower
from penguin_tui.engine_link.messages import EngineChanged, RunChanged, RunsChanged
from tests.support.patience import PATIENCE
from tests.support.stored.runs import NOW, Stored, epochs, train_events

M = TypeVar("M", bound=Message)


class Inbox(list[M]):
    """The messages that have come, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self._came = asyncio.Event()

    def take(self, message: M) -> None:
        """Keep a message."""
        self.append(message)
        self._came.set()

    async def until(self, holds: Callable[[M], object]) -> M:
        """The newest message, once it `holds`."""
        async with asyncio.timeout(PATIENCE):
            while not (self and holds(self[-1])):
                self._came.clear()
                await self._came.wait()
        return self[-1]


class Watcher(Widget):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told = Inbox[RunChanged]()
        self.runs = Inbox[RunsChanged]()

    def on_run_changed(self, message: RunChanged) -> None:
        """A run as it stands."""
        self.told.take(message)

    def on_runs_changed(self, message: RunsChanged) -> None:
        """All runs as they stand."""
        self.runs.take(message)


class Follow(App[None]):
    """An app with nothing but a follower."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self.engine = Inbox[EngineChanged]()

    def on_mount(self) -> None:
        """Begin."""
        self.follower = Follower(self._home, asyncio.get_running_loop(), self, engine=False)
        self.follower.start()

    def on_unmount(self) -> None:
        """End."""
        self.follower.stop()

    def on_engine_changed(self, message: EngineChanged) -> None:
        """How the engine stands."""
        self.engine.take(message)


async def test_a_watched_run_is_told_whole_and_again_when_it_grows(
    store_home: Path, stored: Stored
) -> None:
    run = stored("train", {"epochs": 50}, train_events(3, 50, finished=False), status="running")
    app = Follow(store_home)
    async with app.run_test():
        widget = Watcher()
        await app.mount(widget)
        app.follower.watch(run, widget)
        first = await widget.told.until(bool)
        assert first.state.curve.last_epoch == 3
        assert first.record.status == "running"
        with Store.open(store_home) as store, store.writing() as connection:
            RunWriter(store.run(run)).write(
                connection, [epochs(2, first=4), Ended(at=NOW, status="finished")]
            )
        last = (await widget.told.until(lambda told: told.record.status == "finished")).state
        assert len(last.curve) == 5
        assert last.ended is not None
        assert last.network is not None, "what was told before is still there"


async def test_the_end_of_a_run_does_not_wait_for_its_turn(
    store_home: Path, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("penguin_tui.engine_link.follower.MESSAGE_SECONDS", 10 * PATIENCE)
    run = stored("train", {"epochs": 50}, train_events(3, 50, finished=False), status="running")
    app = Follow(store_home)
    async with app.run_test():
        widget = Watcher()
        await app.mount(widget)
        app.follower.watch(run, widget)
        await widget.told.until(bool)
        await asyncio.to_thread(write_epochs, store_home, run, range(4, 6))
        with Store.open(store_home) as store, store.writing() as connection:
            RunWriter(store.run(run)).write(connection, [Ended(at=NOW, status="finished")])
        await widget.told.until(lambda told: told.state.ended is not None)
        assert len(widget.told) == 2, "what comes before the end waits for its turn"


def write_epochs(home: Path, run: int, numbers: Iterable[int]) -> None:
    """Epoch after epoch, each in a transaction of its own."""
    with Store.open(home) as store:
        writer = RunWriter(store.run(run))
        for number in numbers:
            with store.writing() as connection:
                writer.write(connection, [epochs(1, first=number)])


async def test_many_changes_make_few_messages_and_the_last_one_counts(
    store_home: Path, stored: Stored
) -> None:
    run = stored("train", {"epochs": 500}, train_events(1, 500, finished=False), status="running")
    app = Follow(store_home)
    async with app.run_test():
        widget = Watcher()
        await app.mount(widget)
        app.follower.watch(run, widget)
        await asyncio.to_thread(write_epochs, store_home, run, range(2, 202))
        await widget.told.until(lambda told: told.state.curve.last_epoch == 201)
        assert len(widget.told) < 100, "200 changes are not 200 messages"


async def test_who_no_longer_watches_is_told_nothing(store_home: Path, stored: Stored) -> None:
    run = stored("train", {}, train_events(1, 10, finished=False), status="running")
    app = Follow(store_home)
    async with app.run_test():
        one, other = Watcher(), Watcher()
        await app.mount(one, other)
        app.follower.watch(run, one)
        app.follower.watch_runs(other)
        await one.told.until(bool)
        await other.runs.until(bool)
        app.follower.unwatch(one)
        known = len(one.told)
        with Store.open(store_home) as store:
            store.rename(run, "new")
        await other.runs.until(lambda runs: runs.records[0].name == "new")
        assert len(one.told) == known


async def test_engine_status_comes_unasked(store_home: Path, stored: Stored) -> None:
    stored("train", {})
    app = Follow(store_home)
    async with app.run_test():
        status = (await app.engine.until(bool)).status
        assert (status.state, status.queued) == ("stopped", 1)
