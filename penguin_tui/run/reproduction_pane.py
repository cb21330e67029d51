"""The reproduction of the post, part by part, as far as it is done."""

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.presentation.reproduction import reproduction_blocks
from penguin_tui.tables.text_lines import of_blocks


class PartsPane(VerticalScroll, can_focus=True):
    """Scrolled text: the conclusion, then a line for each part and its verdict below it."""

    BINDING_GROUP_TITLE = "Parts"
    DEFAULT_CSS = """
    PartsPane {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1;
        Static { height: auto; width: 100%; }
    }
    """

    def __init__(self) -> None:
        super().__init__(Static("", markup=False))
        self._shown: Content | None = None

    def show(self, record: RunRecord, state: RunState) -> None:
        """Write the table where something has changed."""
        content = of_blocks(reproduction_blocks(state))
        if content != self._shown:
            self._shown = content
            self.query_one(Static).update(content)
