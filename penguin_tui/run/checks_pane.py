"""The checks of a run: asked of the engine when the tab is first seen."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from engine.environment.variables import IGNORED_CHECKS
from engine.errors import EngineError
from engine.results.checks import CheckReport
from engine.runs.state import RunState
from engine.specs.kinds.check import CheckSpec
from engine.store.records import RunRecord
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.presentation.blocks import Block, line, muted
from penguin_tui.presentation.checks import check_blocks
from penguin_tui.tables.text_lines import of_blocks

if TYPE_CHECKING:
    from engine.store.store import Store

NOT_YET = "The run is checked when it has ended."


class ChecksPane(VerticalScroll, can_focus=True):
    """Findings as they come, with the keys that do something about them."""

    BINDING_GROUP_TITLE = "Checks"
    DEFAULT_CSS = """
    ChecksPane { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; Static { height: auto; } }
    """

    def __init__(self) -> None:
        super().__init__()
        self._run: int | None = None
        self._query: int | None = None
        self._blocks = [Block(lines=(line(NOT_YET),))]

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static("", markup=False)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Ask once, when the run has ended; again when it has been resumed and has ended anew."""
        app = self.app
        if record.live or not isinstance(app, LinkedApp):
            self._run = None
        elif self._run != record.id:
            self._run = record.id
            self._say([Block(lines=(muted("checking …"),))])
            spec = CheckSpec(folder=str(app.home), run=record.id, ignore=IGNORED_CHECKS.value())
            app.engine_call(
                lambda store: _ask(store, spec, allowed=app.engine_allowed), self._asked
            )
        self._redraw()

    def _asked(self, query: int) -> None:
        app = self.app
        if self.is_mounted and isinstance(app, LinkedApp):
            self._query = query
            app.follower.watch_query(query, "check", self)

    def on_query_progress(self, message: QueryProgress) -> None:
        """What the engine is busy with for it."""
        if message.query == self._query:
            self._say([Block(lines=(muted(f"{message.phase} …"),))])

    def on_query_answered(self, message: QueryAnswered) -> None:
        """The findings, or why there are none."""
        if message.query != self._query:
            return
        found = message.answer
        if isinstance(found, CheckReport):
            self._say(list(check_blocks(found)))
        elif isinstance(found, EngineError):
            self._say([Block(lines=(line(found.message), muted(found.hint)))])

    def on_unmount(self) -> None:
        """Wait for no answer."""
        if isinstance(self.app, LinkedApp):
            self.app.follower.unwatch(self)

    def on_resize(self) -> None:
        """Other lines fit."""
        self._redraw()

    def _say(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._redraw()

    def _redraw(self) -> None:
        if self.is_mounted:
            width = self.scrollable_content_region.width
            self.query_one(Static).update(of_blocks(self._blocks, width))


def _ask(store: "Store", spec: CheckSpec, *, allowed: bool) -> int:
    from engine.client.queries import ask

    return ask(store, "check", spec, "checks", engine=allowed)
