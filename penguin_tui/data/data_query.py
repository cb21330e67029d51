"""The queries behind the Data screen: what is in the chosen file, and a page of its rows."""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from textual.message_pump import MessagePump

from engine.client import queries as asked
from engine.errors import EngineError
from engine.kinds import QUERIES, make_question
from engine.specs.base import InvalidSpec
from engine.specs.data import DataSpec
from engine.store import queries
from penguin_tui.engine_link.linked_app import LinkedApp

if TYPE_CHECKING:
    from engine.store.store import Store


class DataQuery:
    """One question of a kind at a time about the data; a newer one replaces it.

    `QueryProgress` and `QueryAnswered` are sent to `asker`; `refused` is called with why there
    can be no question. Where answers of the kind are kept, what was answered before for the same
    file, unchanged since, is answered at once. Its methods are for the event loop's thread.
    """

    def __init__(
        self,
        app: LinkedApp,
        kind: str,
        asker: MessagePump,
        refused: Callable[[EngineError], None],
    ) -> None:
        self._app, self._kind, self._asker, self._refused = app, kind, asker, refused
        # of the open query, once it has one
        self.number: int | None = None
        self._latest = 0
        self._one_at_a_time = threading.Lock()

    def ask(self, choice: Mapping[str, Any], **more: Any) -> None:
        """Ask about the chosen data; `more` are the arguments that say nothing of them."""
        self.forget()
        latest = self._latest
        known = QUERIES[self._kind].arguments.model_fields
        fields = {name: choice[name] for name in known if name in choice} | more
        try:
            spec = make_question(self._kind, fields)
        except InvalidSpec as error:
            self._refused(error)
            return

        def work(store: "Store") -> int | EngineError | None:
            # in another thread, where an older question must not replace a newer one
            with self._one_at_a_time:
                return self._ask(store, spec) if latest == self._latest else None

        def then(found: int | EngineError | None) -> None:
            if latest != self._latest:
                self._remove(found)
            elif isinstance(found, EngineError):
                self._refused(found)
            elif found is not None:
                self.number = found
                self._app.follower.watch_query(found, self._kind, self._asker)

        self._app.engine_call(work, then)

    def _ask(self, store: "Store", spec: DataSpec) -> int | EngineError:
        try:
            return asked.ask(
                store, self._kind, spec, f"data: {self._kind}", engine=self._app.engine_allowed
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
