"""One question at a time to the engine, from a widget: a newer one replaces it."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

from engine.client import queries as asked
from engine.errors import EngineError
from engine.specs.base import Frozen
from engine.store import queries
from penguin_tui.engine_link.linked_app import LinkedApp

if TYPE_CHECKING:
    from engine.store.store import Store


class Query:
    """A question of a kind, in the name of `name`.

    `QueryProgress` and `QueryAnswered` are sent to `asker`; `refused` is called with why there
    can be no question. Its methods are for the event loop's thread.
    """

    def __init__(
        self,
        app: LinkedApp,
        kind: str,
        name: str,
        asker: MessagePump,
        refused: Callable[[EngineError], None],
    ) -> None:
        self._app, self._kind, self._name = app, kind, name
        self._asker, self._refused = asker, refused
        # of the open query, once it has one
        self.number: int | None = None
        self._latest = 0
        self._one_at_a_time = threading.Lock()

    def put(self, arguments: "Callable[[Store], Frozen]") -> None:
        """Ask; the arguments are made in another thread, which has the store."""
        self.forget()
        latest = self._latest

        def work(store: "Store") -> int | EngineError | None:
            # in another thread, where an older question must not replace a newer one
            with self._one_at_a_time:
                return self._ask(store, arguments(store)) if latest == self._latest else None

        def then(found: int | EngineError | None) -> None:
            if latest != self._latest:
                self._remove(found)
            elif isinstance(found, EngineError):
                self._refused(found)
            elif found is not None:
                self.number = found
                self._app.follower.watch_query(found, self._kind, self._asker)

        self._app.engine_call(work, then)

    def _ask(self, store: "Store", arguments: Frozen) -> int | EngineError:
        try:
            return asked.ask(
                store, self._kind, arguments, self._name, engine=self._app.engine_allowed
            )
        except EngineError as error:
            return error

    def forget(self) -> None:
        """Heed no answer to what was asked before."""
        self._latest += 1
        self.number = None
        self._app.follower.unwatch(self._asker)

    def withdraw(self) -> None:
        """Take back the query that is open, if there is one."""
        query = self.number
        self.forget()
        self._remove(query)

    def _remove(self, query: object) -> None:
        if isinstance(query, int):
            self._app.engine_call(lambda store: queries.remove(store, query))
