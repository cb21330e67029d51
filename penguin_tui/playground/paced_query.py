"""A question that follows keys: one is open at a time, and the newest waits for its answer."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.message_pump import MessagePump

from engine.errors import EngineError
from engine.specs.base import Frozen
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.query import Query

if TYPE_CHECKING:
    from engine.store.store import Store

Asked = TypeVar("Asked")


class PacedQuery(Query, Generic[Asked]):
    """A `Query` by which a held key moves the picture, and skips what it passes.

    A question is replaced by the newest where the engine has said in a `phase` what keeps it, such
    as the compiler, and after `patience` seconds; with an infinite one never. `asked` is what was
    asked last.
    """

    def __init__(
        self, app: LinkedApp, kind: str, asker: MessagePump,
        refused: Callable[[EngineError], None], *, patience: float,
    ) -> None:  # fmt: skip
        super().__init__(app, kind, kind, asker, refused)
        self.asked: Asked | None = None
        self.phase = ""
        self._patience = patience
        self._since: float | None = None
        self._next: tuple[Asked, Callable[[Store], Frozen]] | None = None

    @property
    def open(self) -> bool:
        """Whether an answer is yet to come."""
        return self._since is not None

    def follow(self, asked: Asked, arguments: "Callable[[Store], Frozen]") -> None:
        """Ask for this now, or once what is open has been answered or turns out to be slow."""
        self._next = (asked, arguments)
        if self._since is None or self._keeps:
            self._go()

    def progress(self, phase: str) -> None:
        """The engine says what it is busy with."""
        self.phase = phase
        if self._keeps:
            self._go()

    @property
    def _keeps(self) -> bool:
        """Whether what is open takes too long to be waited for."""
        if self._since is None or math.isinf(self._patience):
            return False
        return bool(self.phase) or time.monotonic() - self._since > self._patience

    def answered(self) -> None:
        """The answer has come, or the question was refused: ask for what waits."""
        self.forget()
        self._since, self.phase = None, ""
        self._go()

    def withdraw(self) -> None:
        """Take back the query that is open, and what waits for it."""
        self._since = self._next = None
        super().withdraw()

    def _go(self) -> None:
        if self._next is not None:
            (self.asked, arguments), self._next = self._next, None
            self._since, self.phase = time.monotonic(), ""
            self.put(arguments)
