"""Beside a form: where its trials would be trained, and how long they would take there and here."""

from engine.environment.machine import usable_threads
from engine.errors import EngineError
from engine.kinds import KINDS
from engine.results.cluster import ClusterState
from engine.specs.cluster import Cluster
from engine.specs.kinds.cluster_state import ClusterQuestion
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered
from penguin_tui.engine_link.query import Query
from penguin_tui.presentation.blocks import Block
from penguin_tui.presentation.runs.cluster import cluster_block
from penguin_tui.tables.steady_text import SteadyText
from penguin_tui.tables.text_lines import of_blocks


class ClusterPane(SteadyText):
    """Follows the choice of a cluster, and asks who works for it."""

    DEFAULT_CSS = "ClusterPane { height: auto; margin-top: 1; }"

    def __init__(self, *, bare: bool = False) -> None:
        """A `bare` one stands where address and warning stand already."""
        super().__init__("", markup=False)
        self._bare = bare
        self.display = False
        # whether the run of the form would go there
        self.distributes = False
        self._state: ClusterState | EngineError | None = None
        self.here: float | None = None
        self._times = True
        self._query: Query | None = None
        self._asked = ""

    def on_mount(self) -> None:
        """Follow the choice, which another screen may change."""
        self.watch(self.app, "cluster", self._draw)

    def on_unmount(self) -> None:
        """Nobody waits for the answer."""
        if self._query is not None:
            self._query.withdraw()

    def show(self, kind: str, here: float | None) -> None:
        """Show it for a run of `kind` that takes `here` seconds on this machine, if known."""
        self.distributes = kind in KINDS and KINDS[kind].distributes
        self.here = here
        self._draw()

    def show_as(self, other: "ClusterPane") -> None:
        """Show it for the run that `other` shows it for."""
        self.distributes, self.here = other.distributes, other.here
        self._draw()

    def show_workers(self) -> None:
        """Show who works there, for no run in particular."""
        self.distributes, self._times = True, False
        self._draw()

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Who works for it, or why that cannot be known."""
        if isinstance(message.answer, ClusterState | EngineError):
            self._state = message.answer
            self._draw()

    def _draw(self) -> None:
        app = self.app
        if not (self.is_mounted and isinstance(app, LinkedApp)):
            return
        text = app.cluster if self.distributes else ""
        self._ask(app, text)
        address = Cluster.parse(text).address if text else ""
        block = Block()
        if self.distributes:
            block = cluster_block(
                address, self._state, self.here, usable_threads(), times=self._times
            )
        if self._bare:
            block = Block(lines=block.lines[1:])
        self.display = not block.is_empty
        self.update(of_blocks([block], self.container_size.width))

    def _ask(self, app: LinkedApp, text: str) -> None:
        if text == self._asked:
            return
        self._asked, self._state = text, None
        if self._query is None:
            # one pane's question does not replace another's
            self._query = Query(app, "cluster", f"cluster {id(self)}", self, app.complain)
        if text:
            self._query.put(lambda store: ClusterQuestion(cluster=text))
