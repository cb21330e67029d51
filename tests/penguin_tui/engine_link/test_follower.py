"""The follower: one message with the whole state, the newest, and only to who asked."""

import asyncio
from pathlib import Path

from textual.app import App
from textual.widget import Widget

from engine.runs.events import Ended
from engine.store.store import Store
from engine.store.writer import RunWriter
from penguin_tui.engine_link.follower import EngineChanged, Follower, RunChanged, RunsChanged
from tests.support.stored_runs import NOW, Stored, epochs, train_events


class Watcher(Widget):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[RunChanged] = []
        self.runs: list[RunsChanged] = []

    def on_run_changed(self, message: RunChanged) -> None:
        """A run as it stands."""
        self.told.append(message)

    def on_runs_changed(self, message: RunsChanged) -> None:
        """All runs as they stand."""
        self.runs.append(message)


class Follow(App[None]):
    """An app with nothing but a follower."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self.engine: list[EngineChanged] = []

    def on_mount(self) -> None:
        """Begin."""
        self.follower = Follower(self._home, asyncio.get_running_loop(), self, engine=False)
        self.follower.start()

    def on_unmount(self) -> None:
        """End."""
        self.follower.stop()

    def on_engine_changed(self, message: EngineChanged) -> None:
        """How the engine stands."""
        self.engine.append(message)


async def until(true: object) -> None:
    """Wait until `true()` holds."""
    for _ in range(400):
        if true():  # type: ignore[operator]
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never came true: {true}")


async def test_a_watched_run_is_told_whole_and_again_when_it_grows(
    store_home: Path, stored: Stored
) -> None:
    run = stored("train", {"epochs": 50}, train_events(3, 50, finished=False), status="running")
    app = Follow(store_home)
    async with app.run_test():
        widget = Watcher()
        await app.mount(widget)
        app.follower.watch(run, widget)
        await until(lambda: widget.told)
        assert widget.told[-1].state.curve.last_epoch == 3
        assert widget.told[-1].record.status == "running"
        with Store.open(store_home) as store, store.writing() as connection:
            RunWriter(store.run(run)).write(
                connection, [epochs(2, first=4), Ended(at=NOW, status="finished")]
            )
        await until(lambda: widget.told[-1].record.status == "finished")
        last = widget.told[-1].state
        assert len(last.curve) == 5
        assert last.ended is not None
        assert last.network is not None, "what was told before is still there"


async def test_many_changes_make_few_messages_and_the_last_one_counts(
    store_home: Path, stored: Stored
) -> None:
    run = stored("train", {"epochs": 500}, train_events(1, 500, finished=False), status="running")
    app = Follow(store_home)
    async with app.run_test():
        widget = Watcher()
        await app.mount(widget)
        app.follower.watch(run, widget)
        with Store.open(store_home) as store:
            writer = RunWriter(store.run(run))
            for epoch in range(2, 202):
                with store.writing() as connection:
                    writer.write(connection, [epochs(1, first=epoch)])
                await asyncio.sleep(0.002)
        await until(lambda: widget.told and widget.told[-1].state.curve.last_epoch == 201)
        assert len(widget.told) < 100, "200 changes are not 200 messages"


async def test_who_no_longer_watches_is_told_nothing(store_home: Path, stored: Stored) -> None:
    run = stored("train", {}, train_events(1, 10, finished=False), status="running")
    app = Follow(store_home)
    async with app.run_test():
        one, other = Watcher(), Watcher()
        await app.mount(one, other)
        app.follower.watch(run, one)
        app.follower.watch_runs(other)
        await until(lambda: one.told and other.runs)
        app.follower.unwatch(one)
        known = len(one.told)
        with Store.open(store_home) as store:
            store.rename(run, "new")
        await until(lambda: other.runs[-1].records[0].name == "new")
        assert len(one.told) == known


async def test_engine_status_comes_unasked(store_home: Path, stored: Stored) -> None:
    stored("train", {})
    app = Follow(store_home)
    async with app.run_test():
        await until(lambda: app.engine)
        assert (app.engine[-1].status.state, app.engine[-1].status.queued) == ("stopped", 1)
