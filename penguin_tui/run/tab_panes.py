"""The panes of a run's tabs: each is made when its tab is first shown, one is seen at a time."""

from typing import Any

from textual.containers import Container
from textual.widget import Widget

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.presentation.kinds import Tab


class TabPanes(Container):
    """Holds the panes of one run; another run begins with `clear`."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._panes: dict[str, Any] = {}
        # of the next run, which is to find it there
        self._ahead: dict[str, Any] = {}
        self._tab = ""

    @property
    def current(self) -> Any:
        """The pane of the present tab; None until it is mounted."""
        return self._panes.get(self._tab)

    def clear(self) -> None:
        """Remove all panes of the run."""
        self.remove_children(self._panes.values())
        self._panes = {}

    async def prepare(self, tab: Tab) -> None:
        """Make the pane of a tab for the next run, while nobody waits for it."""
        if tab.name not in self._ahead:
            pane = self._ahead[tab.name] = tab.make()
            pane.display = False
            await self.mount(pane)

    async def open(self, tab: Tab) -> None:
        """Bring the pane of a tab to the front; its module is loaded when it is first opened."""
        self._tab = tab.name
        if tab.name not in self._panes:
            pane = self._ahead.pop(tab.name, None)
            if pane is None:
                pane = tab.make()
                await self.mount(pane)
            self._panes[tab.name] = pane
        for name, pane in self._panes.items():
            pane.display = name == tab.name

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show a run as it is now in the present tab."""
        if self.current is not None:
            self.current.show(record, state)

    @property
    def to_focus(self) -> Widget | None:
        """What can be scrolled in the present tab, and so takes the keys."""
        pane = self.current
        found = (pane, *pane.query("*")) if pane is not None else ()
        return next((widget for widget in found if widget.focusable), None)

    @property
    def charts(self) -> list[LineChart]:
        """The charts that are seen."""
        found = self.current.query(LineChart) if self.current is not None else ()
        return [chart for chart in found if chart.is_on_screen]
