"""The follower: a thread that reads the store and sends widgets what is new.

It has a store of its own. Whoever watches a run gets one message with the whole
`RunState` whenever something has changed, at most eight times a second, and
always the newest: what could not be delivered in time is replaced, not queued.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from penguin_tui.engine_link.messages import EngineChanged, FollowerFailed, RunsChanged
from penguin_tui.engine_link.readers import Reader, RunReader, comparison_reader, query_reader

if TYPE_CHECKING:
    from engine.client.process import EngineStatus
    from engine.errors import EngineError
    from engine.store.store import Store
    from engine.store.wake import Waiter

# eight messages a second at most
MESSAGE_SECONDS = 0.11
STATUS_SECONDS = 1.0
# the list of runs is read again at most this often, and never for more than a tenth of the time
RUNS_SECONDS = 0.5
RUNS_TIMES_READING = 10.0


@dataclass(eq=False)
class _Watch:
    """What one widget watches; `waiting` is the message it has not been given yet."""

    target: MessagePump
    subject: object
    look: Reader
    # whether what is new is reported ahead of its time
    urgent: "Callable[[Store], bool]" = field(default=lambda store: False, kw_only=True)
    # the least time between two messages, also as a multiple of what reading takes
    seconds: float
    times_reading: float = 0.0
    version: int = -1
    # the newest nudge since which it has been read
    nudge: int = 0
    due: float = 0.0
    waiting: Message | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Follower:
    """Reads the store in a thread of its own; its methods may be called from any thread."""

    def __init__(
        self, home: Path, loop: asyncio.AbstractEventLoop, app: MessagePump, *, engine: bool
    ) -> None:
        self._home = home
        self._loop = loop
        self._app = app
        self._engine = engine
        self._watches: list[_Watch] = []
        self._lock = threading.Lock()
        self._nudges = 0
        # where the thread waits, once it has opened the store
        self._waiter: Waiter | None = None
        self._stopped = threading.Event()
        self._reported: set[str] = set()
        self._thread = threading.Thread(target=self._work, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; waits for the thread, which is a matter of milliseconds."""
        self._stopped.set()
        self.nudge()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def watch(self, run: int, widget: MessagePump) -> None:
        """Send `RunChanged` to the widget from now on, the first time and its end at once."""
        reader = RunReader(run)
        self._add(_Watch(widget, run, reader, MESSAGE_SECONDS, urgent=reader.has_ended))

    def watch_runs(self, widget: MessagePump) -> None:
        """Send `RunsChanged` to the widget from now on, at once for the first time."""
        self._add(
            _Watch(
                widget, "runs", lambda store: RunsChanged(store.runs()),
                RUNS_SECONDS, RUNS_TIMES_READING,
            )
        )  # fmt: skip

    def watch_comparison(self, runs: Sequence[int], widget: MessagePump) -> None:
        """Send `ComparisonChanged` to the widget whenever one of the runs has changed."""
        look = comparison_reader(runs)
        self._add(_Watch(widget, tuple(runs), look, RUNS_SECONDS, RUNS_TIMES_READING))

    def watch_query(self, query: int, kind: str, widget: MessagePump) -> None:
        """Send `QueryProgress` to the widget, and `QueryAnswered` once; then the query is gone."""
        self._add(_Watch(widget, ("query", query), query_reader(query, kind), 0.0))

    def unwatch(self, widget: MessagePump) -> None:
        """Send nothing more to the widget."""
        with self._lock:
            self._watches = [watch for watch in self._watches if watch.target is not widget]

    def nudge(self) -> None:
        """Look at the store now, whether or not something has been written."""
        self._nudges += 1
        if self._waiter is not None:
            self._waiter.poke()

    @property
    def behind(self) -> bool:
        """Whether somebody has yet to be told of what had been written at the last nudge.

        Not while the store is being opened, which nobody waits for.
        """
        with self._lock:
            watches = list(self._watches)
        return self._waiter is not None and any(
            watch.nudge < self._nudges or watch.waiting is not None for watch in watches
        )

    def _add(self, watch: _Watch) -> None:
        with self._lock:
            same = [w for w in self._watches if w.target is watch.target]
            if not any(w.subject == watch.subject for w in same):
                self._watches = [w for w in self._watches if w not in same] + [watch]
        self.nudge()

    # -- in the thread -----------------------------------------------------------------------

    def _work(self) -> None:
        # the engine's modules are loaded here, while the first screen is shown
        from engine.errors import EngineError

        while not self._stopped.is_set():
            try:
                self._follow()
            except EngineError as error:
                self._report(error)
                self._stopped.wait(STATUS_SECONDS)

    def _follow(self) -> None:
        from engine.client.process import engine_status, ensure_engine, reconcile
        from engine.store.store import Store

        with Store.open(self._home) as store:
            # from here on nothing that is written goes unnoticed
            self._waiter = store.waiter
            if self._engine:
                self._guarded(lambda: ensure_engine(store))
            status: EngineStatus | None = None
            checked, seen = -STATUS_SECONDS, -1
            while not self._stopped.is_set():
                due = time.monotonic() - checked >= STATUS_SECONDS
                if due and self._engine:
                    self._guarded(lambda: reconcile(store))
                nudge = self._nudges
                version = store.version()
                if due or version != seen:
                    checked, seen = time.monotonic() if due else checked, version
                    found = engine_status(store)
                    if found != status:
                        status = found
                        self._post(self._app, EngineChanged(found))
                with self._lock:
                    watches = list(self._watches)
                for watch in watches:
                    self._read(store, watch, version)
                    if watch.version == version:
                        watch.nudge = nudge
                late = [watch.due for watch in watches if watch.version != version]
                next_turn = min([checked + STATUS_SECONDS, *late])
                store.waiter.wait(next_turn - time.monotonic())

    def _guarded(self, action: Callable[[], None]) -> None:
        """Reading continues when the engine cannot be started, not when the store is gone."""
        from engine.errors import EngineError
        from engine.store.explain import StoreError

        try:
            action()
        except EngineError as error:
            if isinstance(error, StoreError) and error.lost:
                raise
            self._report(error)

    def _report(self, error: "EngineError") -> None:
        if str(error) not in self._reported:
            self._reported.add(str(error))
            self._post(self._app, FollowerFailed(error))

    def _read(self, store: "Store", watch: _Watch, version: int) -> None:
        begun = time.monotonic()
        if watch.version == version or (begun < watch.due and not watch.urgent(store)):
            return
        watch.version = version
        message = watch.look(store)
        if message is not None:
            took = time.monotonic() - begun
            watch.due = begun + max(watch.seconds, watch.times_reading * took)
            self._give(watch, message)

    def _give(self, watch: _Watch, message: Message) -> None:
        """Hand over the message; one that still waits for the loop is replaced."""
        with watch.lock:
            scheduled = watch.waiting is not None
            watch.waiting = message
        if not scheduled:
            self._call(lambda: self._deliver(watch))

    def _deliver(self, watch: _Watch) -> None:
        with watch.lock:
            message, watch.waiting = watch.waiting, None
        if message is not None and watch in self._watches:
            watch.target.post_message(message)

    def _post(self, target: MessagePump, message: Message) -> None:
        self._call(lambda: target.post_message(message))

    def _call(self, action: Callable[[], object]) -> None:
        if not self._stopped.is_set() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)
