"""The part of the workbench that every screen may use: the data set, the follower, the engine."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textual.reactive import reactive

from penguin_tui.engine_link.bookmark import Bookmark, bookmark
from penguin_tui.terminal.diff_app import DiffApp
from penguin_tui.terminal.textual_private.app import BACKGROUND

if TYPE_CHECKING:
    from engine.client.process import EngineStatus
    from engine.store.store import Store
    from penguin_tui.engine_link.follower import Follower
    from penguin_tui.engine_link.messages import EngineChanged, FollowerFailed

T = TypeVar("T")
DEFAULT_DATA: dict[str, Any] = {"data": "penguins", "target": "species", "protocol": "strict"}


class LinkedApp(DiffApp):
    """An app on one home folder. Its methods are for the event loop's thread.

    With `engine=False` no engine process is started or looked after: tests and
    screenshots feed the store themselves, and give a `clock` that stands still.
    """

    data_choice: reactive[dict[str, Any]] = reactive(lambda: dict(DEFAULT_DATA), init=False)
    # where the reader of the guide is, on every screen
    guide: reactive[Bookmark] = reactive(lambda: bookmark({}, os.environ), init=False)
    # where the trials of searches go, as `specs.cluster` writes it; empty: to the engine's process
    cluster: reactive[str] = reactive("", init=False)
    engine_status: "reactive[EngineStatus | None]" = reactive(None)

    def __init__(
        self,
        home: Path,
        *,
        engine: bool = True,
        clock: Callable[[], float] = time.time,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.home = home
        self.clock = clock
        # data files opened last, the newest first
        self.recent_files: tuple[str, ...] = ()
        # by kind of run the fields of its form that are not the defaults, the newest last
        self.forms: dict[str, dict[str, Any]] = {}
        # names of the columns of Runs; empty: the usual ones
        self.run_columns = ""
        # by validation set, how many settings were judged by it in the playground
        self.validation_looks: dict[str, int] = {}
        self.engine_allowed = engine
        self._follower: Follower | None = None

    @property
    def follower(self) -> "Follower":
        """Who reads the store; started when it is first asked for."""
        if self._follower is None:
            from penguin_tui.engine_link.follower import Follower

            loop = asyncio.get_running_loop()
            self._follower = Follower(self.home, loop, self, engine=self.engine_allowed)
            self._follower.start()
        return self._follower

    @property
    def fetching(self) -> bool:
        """Also while what was written has not come back from the store."""
        return super().fetching or (self._follower is not None and self._follower.behind)

    def engine_call(
        self,
        work: "Callable[[Store], T]",
        then: Callable[[T], object] | None = None,
        *,
        background: bool = False,
    ) -> None:
        """Run `work(store)` in a thread of its own, then `then(result)` here.

        An `EngineError` becomes a notification with its hint. The next key waits for it, unless it
        is in the `background`: something looked up that no key has requested, and nothing written.
        """

        def in_thread() -> tuple[T] | None:
            from engine.errors import EngineError
            from engine.store.store import Store

            try:
                with Store.open(self.home) as store:
                    return (work(store),)
            except EngineError as error:
                self.call_from_thread(self.complain, error)
                return None

        async def wait() -> None:
            found = await asyncio.to_thread(in_thread)
            if not background:
                self.follower.nudge()
            if found is not None and then is not None:
                then(found[0])

        group = BACKGROUND if background else "engine"
        self.run_worker(wait(), group=group, name="engine call")

    def complain(self, error: Exception) -> None:
        """Show what went wrong and what to do next: an EngineError's text is message and hint."""
        self.notify(str(error), severity="error", timeout=10)

    def on_engine_changed(self, message: "EngineChanged") -> None:
        """Keep the status lines true, which watch it."""
        self.engine_status = message.status

    def on_follower_failed(self, message: "FollowerFailed") -> None:
        """The store or the engine cannot be used."""
        self.complain(message.error)

    def on_unmount(self) -> None:
        """Let go of the store."""
        if self._follower is not None:
            self._follower.stop()
