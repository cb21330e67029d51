"""The queries behind the Data screen: what is in the chosen file, and a page of its rows."""

from collections.abc import Callable, Mapping
from typing import Any

from textual.message_pump import MessagePump

from engine.errors import EngineError
from engine.kinds import QUERIES, make_question
from engine.specs.invalid import InvalidSpec
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.query import Query


class DataQuery(Query):
    """One question of a kind at a time about the data.

    Where answers of the kind are kept, what was answered before for the same file, unchanged
    since, is answered at once.
    """

    def __init__(
        self,
        app: LinkedApp,
        kind: str,
        asker: MessagePump,
        refused: Callable[[EngineError], None],
    ) -> None:
        super().__init__(app, kind, f"data: {kind}", asker, refused)

    def ask(self, choice: Mapping[str, Any], **more: Any) -> None:
        """Ask about the chosen data; `more` are the arguments that say nothing of them."""
        known = QUERIES[self._kind].arguments.model_fields
        fields = {name: choice[name] for name in known if name in choice} | more
        try:
            spec = make_question(self._kind, fields)
        except InvalidSpec as error:
            self.forget()
            self._refused(error)
            return
        self.put(lambda _: spec)
