"""The query behind the Data screen: what is in the chosen file, answered once or remembered."""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from textual.message_pump import MessagePump

from engine.client import queries as asked
from engine.errors import EngineError
from engine.kinds import make_spec
from engine.specs.base import InvalidSpec
from engine.specs.describe import DescribeSpec
from engine.specs.run_spec import RunSpec
from engine.store import queries
from penguin_tui.engine_link.linked_app import LinkedApp

if TYPE_CHECKING:
    from engine.store.store import Store

KIND = "describe"
ASKER = "data screen"


class DescribeQuery:
    """One question at a time about the data; a newer one replaces it.

    `QueryProgress` and `QueryAnswered` are sent to `screen`; `refused` is called with why there
    can be no question. What was answered before for the same file, unchanged since, is answered
    at once. Its methods are for the event loop's thread.
    """

    def __init__(
        self, app: LinkedApp, screen: MessagePump, refused: Callable[[EngineError], None]
    ) -> None:
        self._app, self._screen, self._refused = app, screen, refused
        # of the open query, once it has one
        self.number: int | None = None
        self._latest = 0
        self._one_at_a_time = threading.Lock()

    def ask(self, choice: Mapping[str, Any]) -> None:
        """Ask what is in the chosen data."""
        self.forget()
        latest = self._latest
        fields = {name: choice[name] for name in DescribeSpec.model_fields if name in choice}
        try:
            spec = make_spec(KIND, fields)
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
                self._app.follower.watch_query(found, KIND, self._screen)

        self._app.engine_call(work, then)

    def _ask(self, store: "Store", spec: RunSpec) -> int | EngineError:
        try:
            return asked.ask(store, KIND, spec, ASKER, engine=self._app.engine_allowed)
        except EngineError as error:
            return error

    def forget(self) -> None:
        """Heed no answer to what was asked before."""
        self._latest += 1
        self.number = None
        self._app.follower.unwatch(self._screen)

    def withdraw(self) -> None:
        """Take back the query that is open, if there is one."""
        query = self.number
        self.forget()
        self._remove(query)

    def _remove(self, query: object) -> None:
        if isinstance(query, int):
            self._app.engine_call(lambda store: queries.remove(store, query))
