"""The engine process: takes queued runs and works on each in a thread of its own.

Started on demand by `client.ensure_engine`, detached from any terminal, one for
each home folder. Jobs only report; this process's main thread is the single
writer of events. Libraries are loaded once, TensorFlow only where it is wanted and after the runs
that can do without it, so compiled code stays warm from run to run.
"""

import logging
import os
import platform
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from engine.environment import clock, provenance
from engine.environment.isolation import engine_environment
from engine.environment.machine import boot_id, usable_threads
from engine.environment.variables import IDLE_SECONDS, WORKERS
from engine.errors import EngineError
from engine.store.control import Control
from engine.store.engine_record import EngineRecord
from engine.store.explain import lost_store
from engine.store.heartbeat import BEAT_SECONDS, beat
from engine.store.home import store_path
from engine.store.schema import VERSION
from engine.store.store import Store
from engine.store.store_file import HEARTBEAT_SECONDS
from engine.store.writer import acknowledge, claim, close_if_idle
from engine.version import __version__
from engine.worker.active_runs import ActiveRun, ActiveRuns
from engine.worker.library_loader import Loader
from engine.worker.outage import RETRY_SECONDS, Outage, outage
from engine.worker.query_service import QueryService
from engine.worker.waiting import fail_unready, readiness

log = logging.getLogger("engine")

RESTED_SECONDS = 1.0
# somebody else's writes are short; the engine has to give signs of life meanwhile
PATIENCE_SECONDS = 1.0
_MAGIC = b"SQLite format 3\0"
# how long loading more is delayed for runs that can do without it
DELAY_SECONDS = 5.0


class Host:
    """The engine's main thread: takes up runs and requests, and writes what runs report."""

    def __init__(self, home: Path, store: Store) -> None:
        self.home = home
        self.store = store
        # woken by every change of the store, by the threads of runs, and by the loader
        self.waiter = store.waiter
        self.control = Control(home)
        self.waiter.also = self.control.descriptor
        store.set_patience(PATIENCE_SECONDS)
        # never closed: SQLite's locks on the file would go with it
        self._file = os.open(store_path(home), os.O_RDONLY | os.O_CLOEXEC)
        self.runs = ActiveRuns(home, store, self.waiter.poke)
        self.loader = Loader(usable_threads(), self._loaded, home)
        self.queries = QueryService(home, self.loader.can_answer)
        self.ending = threading.Event()
        self.record = EngineRecord(
            pid=os.getpid(),
            host=platform.node(),
            boot=boot_id(),
            started=clock.now(),
            version=__version__,
            schema=VERSION,
            state="loading",
            detail=self.loader.detail,
            places=WORKERS.value(),
        )
        self.provenance = provenance.current()
        self._workers = WORKERS.value()
        self._idle_seconds: float = IDLE_SECONDS.value()
        self._busy_at = time.monotonic()
        self._beat_at = 0.0
        self._version = -1
        self._outage: Outage | None = None
        self._delayed_since: float | None = None

    def introduce(self) -> None:
        """Say in the store who the engine is: from here on others know how it stands."""
        self.store.set_engine(self.record)

    def serve(self) -> None:
        """Work until idle for long enough or shut down; raises when the store is of no use."""
        for name, target in (("loader", self.loader.run), ("queries", self.queries.serve)):
            threading.Thread(target=target, name=name, daemon=True).start()
        while not self.ending.is_set():
            self._heed_control()
            try:
                self._beat()
                self._turn()
                if self._idle_for_long():
                    break
            except (EngineError, OSError) as error:
                if not self._tolerate(error):
                    raise
                self.ending.wait(RETRY_SECONDS)
                continue
            self.waiter.wait(self._next_turn())
        self._interrupt()

    def end(self) -> None:
        """End after this turn; may be called by a signal handler."""
        self.ending.set()
        self.waiter.poke()

    def _loaded(self) -> None:
        self.waiter.poke()
        self.queries.poke()

    def _next_turn(self) -> float:
        """Seconds until something is to be done of which nobody gives notice."""
        return self.runs.seconds_to_flush if self.runs.pending else HEARTBEAT_SECONDS

    # -- one turn of the loop -----------------------------------------------------------------

    def _heed_control(self) -> None:
        """Take requests that came through the pipe: the store could not be written."""
        for number, what in self.control.read():
            run = self.runs.get(number)
            if what == "shutdown":
                self.end()
            elif run is not None and what != "kill":
                run.heed(what)

    def _beat(self) -> None:
        """Give a sign of life when it is time, after a look whether the store's file is there."""
        if time.monotonic() - self._beat_at < BEAT_SECONDS:
            return
        self.store.check_file()
        if os.pread(self._file, len(_MAGIC), 0) != _MAGIC:
            raise lost_store(self.home, "its file was overwritten while it was in use")
        # else ends are saved within this turn, and a run that is resumed would be taken for ended
        if self._outage is None:
            beat(self.home)
        else:
            ended = tuple(run.id for run in self.runs if run.ended)
            beat(self.home, self._outage.since, self._outage.cause, ended)
        self._beat_at = time.monotonic()

    def _turn(self) -> None:
        self._answer_requests()
        if self.runs.flush_if_due():
            self._busy_at = time.monotonic()
        self._show_loading()
        self._dispatch()
        self._allow_precompiling()
        self._recover()

    def _allow_precompiling(self) -> None:
        """Let the loader precompile while nobody waits, nor between two runs or queries."""
        if self.runs or self.queries.busy or self.loader.go_on.is_set():
            self.loader.idle.clear()
        elif time.monotonic() - self._busy_at > RESTED_SECONDS:
            self.loader.idle.set()

    def _tolerate(self, error: Exception) -> bool:
        """Continue without the store for a while; false to give up."""
        self._outage = outage(error, self._outage)
        # what has ended meanwhile is said at once
        self._beat_at = 0.0
        return self._outage.tolerable(working=bool(self.runs))

    def _recover(self) -> None:
        if self._outage is None:
            return
        log.info("the store can be written again")
        for run in self.runs if self._outage.seconds >= PATIENCE_SECONDS else ():
            run.reporter.warn(self._outage.warning)
        self._outage, self._beat_at = None, 0.0

    def _answer_requests(self) -> None:
        # every tick writes little and often, so only another's write is worth a look
        seen = self.store.version()
        if seen == self._version:
            return
        for request in self.store.open_requests():
            if request.what == "shutdown":
                self.end()
            run = self.runs.get(request.run)
            if run is not None and request.what == "kill":
                self._kill(run, request.id)
            elif run is not None:
                run.heed(request.what)
            acknowledge(self.store, request.id, request.run, request.what, parked=run is None)
        if self.store.engine() != self.record:
            # somebody else has changed it, which would leave everybody without this engine
            self.store.set_engine(self.record)
        self._version = seen

    def _show_loading(self) -> None:
        if self.loader.failed is not None:
            self._fail_waiting(self.loader.failed)
            self.loader.failed = None
        state = "loading" if self.loader.detail else "ready"
        if (state, self.loader.detail) != (self.record.state, self.record.detail):
            self.record = replace(self.record, state=state, detail=self.loader.detail)  # type: ignore[arg-type]
            self.store.set_engine(self.record)

    def _fail_waiting(self, error: EngineError) -> None:
        """Tell those who wait for what cannot be loaded; end after the runs that do without it."""
        wait = " Wait until the other runs have ended: this engine ends with them."
        hint = error.hint + wait * bool(self.runs)
        fail_unready(self.store, self.loader, error, hint)
        self._idle_seconds = 0.0
        if not self.loader.kinds:
            self.end()

    def _dispatch(self) -> None:
        while self.loader.kinds and len(self.runs) < self._workers:
            record = claim(self.store, self.loader.kinds, self.provenance)
            if record is None:
                break
            self.runs.start(record)
        if self.loader.kinds and not self.loader.go_on.is_set():
            self._continue_loading()

    def _continue_loading(self) -> None:
        """Let more be loaded once it is wanted, after the runs that can do without it."""
        waiting = list(readiness(self.store, self.loader))
        if all(waiting):
            self._delayed_since = None
            return
        self._delayed_since = self._delayed_since or time.monotonic()
        # one that takes long does not keep the others waiting
        delayed_for_long = time.monotonic() - self._delayed_since > DELAY_SECONDS
        if delayed_for_long or not (self.runs or any(waiting)):
            self._delayed_since = None
            self.loader.go_on.set()

    def _kill(self, run: ActiveRun, request: int) -> None:
        """End a run that ignores everything: its thread can only end with this process.

        This process becomes a new engine at once; the other runs resume from
        their last checkpoints.
        """
        log.warning("run %s is killed, and this process with it", run.id)
        acknowledge(self.store, request, run.id, "kill")
        self.runs.kill(run)
        self.store.set_engine(replace(self.record, state="closing", detail="starting again"))
        self.store.close()
        logging.shutdown()
        program = [sys.executable, "-m", "engine.worker", "--home", str(self.home), "--foreground"]
        os.execve(sys.executable, program, engine_environment())  # noqa: S606 - this very program

    def _idle_for_long(self) -> bool:
        if self.runs or self.queries.busy:
            self._busy_at = time.monotonic()
        if time.monotonic() - max(self._busy_at, self.queries.answered_at) < self._idle_seconds:
            return False
        closing = replace(self.record, state="closing", detail="ending")
        if close_if_idle(self.store, closing):
            return True
        self._busy_at = time.monotonic()
        return False

    def _interrupt(self) -> None:
        """End everything at once; what can be resumed is marked as interrupted.

        Where that cannot be written, whoever can write next marks it as lost.
        """
        self.queries.end()
        self.store.set_engine(replace(self.record, state="closing", detail="ending"))
        self.runs.interrupt()
        self.store.set_engine(None)
