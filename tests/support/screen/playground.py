"""The playground with an engine in this process, whose answers a test holds back."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.errors import EngineError
from engine.results.playground import PlaygroundAnswer
from engine.specs.base import Frozen
from engine.specs.kinds.playground import CompileQuestion, FilmQuestion, PlaygroundQuestion
from engine.store.store import Store
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.engine_link.query import Query
from penguin_tui.playground.screen import PlaygroundScreen
from tests.support.screen.playground_answers import answer_to
from tests.support.screen.text import flat
from tests.support.screen.waiting import until


class Engine:
    """Answers questions at once, unless it is `slow`: then `answer` does, the last one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Any] = []
        self.ahead: list[CompileQuestion] = []
        self.slow = False
        self.error: EngineError | None = None
        self._asker: Any = None
        ask = Query.put

        def put(query: Query, arguments: Callable[[Store], Frozen]) -> None:
            if query._kind not in ("playground", "compile_ahead", "film"):
                ask(query, arguments)
                return
            with Store.open(query._app.home) as store:
                question = arguments(store)
            if isinstance(question, CompileQuestion):
                self.ahead.append(question)
                return
            assert isinstance(question, PlaygroundQuestion | FilmQuestion)
            self.asked.append(question)
            query.number, self._asker = len(self.asked), query._asker
            if not self.slow:
                self.answer()

        monkeypatch.setattr(Query, "put", put)

    def answer(self) -> None:
        """Answer the last question."""
        found: PlaygroundAnswer | EngineError = self.error or answer_to(self.asked[-1])
        self._asker.post_message(QueryAnswered(len(self.asked), found))

    def say(self, phase: str) -> None:
        """Say what the last question waits for."""
        self._asker.post_message(QueryProgress(len(self.asked), phase))


async def playing(pilot: Pilot[None]) -> PlaygroundScreen:
    """Go to the playground and wait for its first picture."""
    await pilot.press("8")
    await until(pilot, lambda: "training " in flat(pilot.app) and "Regions" in flat(pilot.app))
    screen = pilot.app.screen
    assert isinstance(screen, PlaygroundScreen)
    return screen
