"""Compare: two to eight runs side by side, against one of them."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import DataTable, Static

from engine.comparison.comparison import Comparison
from penguin_tui.bars.link_bar import Link, LinkBar
from penguin_tui.charts import palette
from penguin_tui.compare.curves import ComparedCurves
from penguin_tui.compare.groups import ComparedGroups
from penguin_tui.engine_link.messages import ComparisonChanged
from penguin_tui.presentation.comparison.beside import beside_reference, pane_blocks
from penguin_tui.screens.base import WorkScreen
from penguin_tui.screens.messages import OpenRun
from penguin_tui.tables.fact_table import FactTable
from penguin_tui.tables.text_blocks import TextBlocks
from penguin_tui.terminal.flow_control import ready


class RunsBeside(FactTable):
    """A row for each run; the settings that differ are columns to the right."""

    BINDING_GROUP_TITLE = "In the table of compared runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.pin", "Reference", id="compare.pin",
                tooltip="Compare the others with the run under the cursor."),
        Binding("enter", "screen.open", "Open", id="compare.open",
                tooltip="Open the run under the cursor."),
    ]  # fmt: skip


class PairsText(TextBlocks):
    """The run under the cursor beside the reference, and every two of the runs."""

    def __init__(self) -> None:
        super().__init__("Pairs")
        self._shown_of: tuple[Comparison, int, int] | None = None

    def show(self, comparison: Comparison, run: int, reference: int) -> None:
        """Show this run against that one."""
        self._shown_of = comparison, run, reference
        self.on_resize()

    def on_resize(self) -> None:
        """Other columns fit."""
        if self._shown_of is not None:
            self.fill(pane_blocks(*self._shown_of))


# key, name and title of each tab, and its pane, with `show(comparison, run, reference)`
TABS: tuple[tuple[str, str, str, type[Any]], ...] = (
    ("C", "curves", "Curves", ComparedCurves),
    ("D", "pairs", "Pairs", PairsText),
    ("G", "groups", "Groups", ComparedGroups),
)


class CompareScreen(WorkScreen):
    """The runs in the order in which they were marked; the first is the reference at first."""

    PLACE = "runs"
    AUTO_FOCUS: ClassVar[str | None] = "RunsBeside"
    DEFAULT_CSS = """
    CompareScreen {
        RunsBeside { height: auto; max-height: 10; }
        #panes { height: 1fr; }
        #reading { height: 1fr; padding: 1 2; color: $foreground 65%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"tab('{name}')", title, show=False, id=f"compare.{name}")
            for key, name, title, _ in TABS
        ),
        Binding("right_square_bracket", "turn(1)", "Next tab", show=False, key_display="]",
                id="compare.next_tab", tooltip="Go to the next tab."),
        Binding("left_square_bracket", "turn(-1)", "Previous tab", show=False, key_display="[",
                id="compare.previous_tab", tooltip="Go to the previous tab."),
        Binding("escape", "leave", "Back", id="compare.leave",
                tooltip="Back to the table of the compared runs, then to that of all runs."),
    ]  # fmt: skip

    def __init__(self, runs: Sequence[int]) -> None:
        super().__init__()
        self.runs = tuple(runs)
        self.reference = self.runs[0]
        self.comparison: Comparison | None = None
        self._tab = "curves"
        self._panes = {name: pane() for _, name, _, pane in TABS}

    def compose_body(self) -> Iterable[Widget]:
        """The table of runs, the tabs, and what they show."""
        yield RunsBeside(fixed=1)
        yield LinkBar(id="tabs")
        yield Static(f"Reading {len(self.runs)} runs …", id="reading")
        with Container(id="panes"):
            yield from self._panes.values()

    def on_mount(self) -> None:
        """Follow the runs."""
        self.query_one("#panes").display = False
        self._show_tab()
        self.workbench.follower.watch_comparison(self.runs, self)

    def on_unmount(self) -> None:
        """Follow them no more."""
        self.workbench.follower.unwatch(self)

    def on_comparison_changed(self, message: ComparisonChanged) -> None:
        """The runs as they stand now."""
        if self.comparison is None:
            self.query_one("#reading").display = False
            self.query_one("#panes").display = True
        self.comparison = message.comparison
        live = any(one.record.live for one in message.comparison.outcomes)
        # a terminal that is behind gets the next state of a live run instead
        if self.is_current and (ready(self.app) or not live):
            self._show()

    def on_screen_resume(self) -> None:
        """Show what has come while another screen was above."""
        self._show()

    @property
    def run(self) -> int:
        """The run under the cursor."""
        return self.runs[min(self.query_one(RunsBeside).cursor_row, len(self.runs) - 1)]

    def _show(self) -> None:
        found = self.comparison
        if found is None:
            return
        signs = {run: palette.marker(place) for place, run in enumerate(self.runs)}
        table = self.query_one(RunsBeside)
        row = table.cursor_row
        header, rows = beside_reference(found, self.reference, signs)
        table.fill(header, rows, left=2)
        table.move_cursor(row=row)
        self._show_pane(found)

    def _show_pane(self, found: Comparison) -> None:
        """Only the pane that is seen is drawn."""
        self._panes[self._tab].show(found, self.run, self.reference)

    def on_data_table_row_highlighted(self, message: DataTable.RowHighlighted) -> None:
        """Another run is beside the reference."""
        message.stop()
        if self.comparison is not None:
            self._show_pane(self.comparison)

    # -- keys ------------------------------------------------------------------------------------

    def action_pin(self) -> None:
        """The run under the cursor is the reference."""
        self.reference = self.run
        self._show()

    def action_open(self) -> None:
        """Open the run under the cursor."""
        self.post_message(OpenRun(self.run))

    def action_tab(self, name: str) -> None:
        """Show a tab."""
        self._tab = name
        self._show_tab()
        if self.comparison is not None:
            self._show_pane(self.comparison)
            pane = self._panes[name]
            seen = (w for w in (pane, *pane.query("*")) if w.focusable and w.display)
            next(seen, self.query_one(RunsBeside)).focus()

    def action_turn(self, step: int) -> None:
        """The next tab, or the one before."""
        names = list(self._panes)
        self.action_tab(names[(names.index(self._tab) + step) % len(names)])

    def _show_tab(self) -> None:
        links = [Link(key, title, f"screen.tab('{name}')") for key, name, title, _ in TABS]
        self.query_one("#tabs", LinkBar).show(links, f"screen.tab('{self._tab}')")
        for name, pane in self._panes.items():
            pane.display = name == self._tab

    def action_leave(self) -> None:
        """Back to the table of the compared runs, then to that of all runs."""
        table = self.query_one(RunsBeside)
        if table.has_focus or self.comparison is None:
            self.app.pop_screen()
        else:
            table.focus()
