"""The text of a file that cannot be read as a table, below the reason why not."""

from collections.abc import Mapping
from typing import Any, cast

from textual.widgets import Static

from engine.errors import EngineError
from engine.results.lines import RawLines
from penguin_tui.data.data_query import DataQuery
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered
from penguin_tui.presentation.data_text import line_named, raw_text
from penguin_tui.tables.text_lines import content


class RawLinesView(Static):
    """The first line and those around the one that the reason names; nothing until they come."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False
        self._faulty = 0

    def on_mount(self) -> None:
        """It asks the engine, as every look into a file does."""
        self._query = DataQuery(cast(LinkedApp, self.app), "lines", self, lambda error: None)

    def ask(self, choice: Mapping[str, Any], error: EngineError) -> None:
        """Ask for the lines of the chosen file that `error` is about."""
        self._faulty = line_named(error.message)
        self._query.ask(choice, around=self._faulty)

    def clear(self) -> None:
        """Show nothing, and heed no answer."""
        self._query.withdraw()
        self._bring_up(False)

    def suspend(self) -> None:
        """Nobody looks: take back an open question."""
        self._query.withdraw()

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show the lines; where there are none to show, the reason above says why."""
        if message.query == self._query.number:
            self._query.forget()
            if isinstance(message.answer, RawLines):
                self.update(content(raw_text(message.answer, self._faulty)))
                self._bring_up(bool(message.answer.lines))

    def _bring_up(self, shown: bool) -> None:
        """Share the room with the reason, which has all of it otherwise."""
        self.display = shown
        if self.parent is not None:
            self.parent.set_class(shown, "-raw")
