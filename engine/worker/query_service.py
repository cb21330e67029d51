"""Answering queries in threads of their own, so that no run keeps one waiting."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

from engine.environment.memory import give_back
from engine.errors import EngineError
from engine.kinds import QUERIES, QueryKind
from engine.runs.events import Phase
from engine.runs.reporter import Emitted, Reporter, Stopped
from engine.store import queries
from engine.store.queries import Query
from engine.store.store import Store
from engine.store.store_file import HEARTBEAT_SECONDS
from engine.store.wake import Waiter
from engine.worker.run_job import explained

log = logging.getLogger("engine")

# a second one is answered while the first reads a large file
THREADS = 4


class QueryReporter(Reporter):
    """What the job of a query reports to: its phase is shown to the asker, all else is dropped."""

    def __init__(self, query: int) -> None:
        super().__init__()
        self._query = query
        # of the thread that answers
        self.store: Store | None = None

    def emit(self, item: Emitted) -> None:
        """Take an event from the job's thread."""
        if isinstance(item, Phase) and self.store is not None:
            queries.set_phase(self.store, self._query, item.name)


class QueryService:
    """Finds open queries, answers each in a thread, and gives up those that are withdrawn.

    `can_answer` says whether the libraries that a kind needs are loaded. `poke`
    may be called from any thread; the rest is for the service's own threads.
    Each answer is written by its own thread: it does not wait for the writer of
    runs.
    """

    def __init__(self, home: Path, can_answer: Callable[[QueryKind], bool]) -> None:
        self._home = home
        self._can_answer = can_answer
        self._waiter: Waiter | None = None
        self._working: dict[int, QueryReporter] = {}
        self._ending = threading.Event()
        # when the last one was done with, by the monotonic clock
        self.answered_at = 0.0

    @property
    def busy(self) -> bool:
        """Whether a query is being answered."""
        return bool(self._working)

    def poke(self) -> None:
        """Look again: what can be answered has changed."""
        if self._waiter is not None:
            self._waiter.poke()

    def end(self) -> None:
        """Take up nothing more, and give up what is being answered."""
        self._ending.set()
        self.poke()

    def serve(self) -> None:
        """Answer until `end`; for a thread of its own."""
        with Store.open(self._home) as store:
            self._waiter = store.waiter
            queries.fail_interrupted(store)
            pool = ThreadPoolExecutor(THREADS, "query")
            while not self._ending.is_set():
                try:
                    self._turn(store, pool)
                except EngineError as error:
                    log.error("queries cannot be read: %s", error)
                self._waiter.wait(HEARTBEAT_SECONDS)
            for reporter in list(self._working.values()):
                reporter.request_stop()
            pool.shutdown()

    def _turn(self, store: Store, pool: ThreadPoolExecutor) -> None:
        queries.remove_orphans(store)
        found = {query.id: query for query in queries.open_queries(store)}
        for number, reporter in list(self._working.items()):
            if number not in found:
                reporter.request_stop()
        for query in found.values():
            kind = QUERIES.get(query.kind)
            if kind is None:
                queries.fail(store, query.id, EngineError(f"{query.kind!r} is no kind of query."))
            elif query.id not in self._working and self._can_answer(kind):
                reporter = self._working[query.id] = QueryReporter(query.id)
                pool.submit(self._answer, query, kind, reporter)

    def _answer(self, query: Query, kind: QueryKind, reporter: QueryReporter) -> None:
        try:
            with Store.open(self._home) as store:
                reporter.store = store
                _answer(store, query, kind, reporter)
        except EngineError:
            # it stays open, and is answered again when the store can be written
            log.exception("the answer to query %s cannot be written", query.id)
        finally:
            # the thread goes on to other queries
            give_back()
            del self._working[query.id]
            self.answered_at = time.monotonic()


def _answer(store: Store, query: Query, kind: QueryKind, reporter: QueryReporter) -> None:
    try:
        reporter.check()
        queries.set_begun(store, query.id)
        arguments = kind.arguments.model_validate_json(query.arguments)
        result = import_module(kind.job).run(arguments, reporter)
    except Stopped:
        log.info("query %s (%s) was withdrawn", query.id, query.kind)
    except Exception as error:  # noqa: BLE001 - `explained` logs it
        queries.fail(store, query.id, explained(error, f"query {query.id} ({query.kind})"))
    else:
        queries.answer(store, query.id, result.model_dump_json().encode())
