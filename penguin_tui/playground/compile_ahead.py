"""Compiles what the neighbouring settings need, while nobody turns any."""

from collections.abc import Callable
from typing import cast

from textual.timer import Timer
from textual.widget import Widget

from engine.errors import EngineError
from engine.specs.kinds.playground import CompileQuestion
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.query import Query

# without a key
IDLE_SECONDS = 0.5


class CompileAhead(Widget):
    """A widget that is not seen: it has a query of its own, beside that of the screen."""

    DEFAULT_CSS = "CompileAhead { display: none; }"
    _timer: Timer | None = None

    def on_mount(self) -> None:
        """Nothing is compiled yet."""
        self._query = Query(
            cast(LinkedApp, self.app), "compile_ahead", "playground: ahead", self, self._refused
        )

    def soon(self, question: Callable[[], CompileQuestion]) -> None:
        """Ask for these in a moment; what they are is worked out then, not between two keys."""
        self.wait()
        self._timer = self.set_timer(IDLE_SECONDS, lambda: self._query.put(lambda _: question()))

    def wait(self) -> None:
        """Somebody turns a setting: compile no more than what is being compiled."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._query.number is not None:
            self._query.withdraw()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self.wait()

    def _refused(self, error: EngineError) -> None:
        """Say nothing: the screen's own query has the same reason, and says it."""
