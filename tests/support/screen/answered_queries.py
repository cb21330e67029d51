"""Queries of widgets that are answered in this process, as the engine would: without an engine."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from engine.errors import EngineError
from engine.kinds import QUERIES
from engine.prediction import opened_run
from engine.runs.reporter import Reporter
from engine.specs.base import Frozen
from engine.store.store import Store
from penguin_tui.engine_link.messages import QueryAnswered
from penguin_tui.engine_link.query import Query


def answer_at_once(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    """Answer queries of these kinds as soon as they are put."""
    ask = Query.put

    def put(self: Query, arguments: Callable[[Store], Frozen]) -> None:
        if self._kind not in kinds:
            ask(self, arguments)
            return
        self.number = 1
        with Store.open(self._app.home) as store:
            question: Any = arguments(store)
        answer: Frozen | EngineError
        try:
            answer = import_module(QUERIES[self._kind].job).run(question, Reporter())
        except EngineError as error:
            answer = error
        self._asker.post_message(QueryAnswered(1, answer))

    monkeypatch.setattr(Query, "put", put)
    opened_run.release()
