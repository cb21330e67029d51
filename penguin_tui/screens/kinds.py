"""What the screen has for each kind of run: the tabs of its view, in their order.

A new kind is an entry here; one that is not here shows its summary and its log. A new tab
is a module and a `Tab`. Panes are named and not imported: they are loaded when first shown.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from textual.widget import Widget

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.bars.link_bar import Link


class Pane(Protocol):
    """What a tab shows: any widget that takes a record and its state."""

    display: bool

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show the run as it is now."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its key, its title (`short` where there is little room), and its pane's class.

    A tab with `curves` has nothing to show of a run that ended before its first epoch.
    """

    name: str
    key: str
    title: str
    pane: str
    short: str = ""
    curves: bool = False

    def make(self) -> Widget:
        """A new pane; loads its module."""
        module, _, name = self.pane.rpartition(".")
        pane: Widget = getattr(import_module(f"penguin_tui.{module}"), name)()
        return pane

    @property
    def action(self) -> str:
        """The action of the run's view that shows this tab."""
        return f"tab('{self.name}')"

    @property
    def link(self) -> Link:
        """The tab in the row of tabs."""
        return Link(self.key, self.title, self.action, self.short)


CURVES = Tab("curves", "c", "Curves", "run.curves.Curves", curves=True)
LOG = Tab("log", "o", "Log", "run.log_pane.LogPane")
SUMMARY = Tab("summary", "u", "Summary", "run.text_panes.Summary")
CONFUSION = Tab("confusion", "x", "Confusion", "run.confusion_pane.ConfusionPane", "Matrix")
MISCLASSIFIED = Tab(
    "misclassified", "w", "Misclassified", "run.result_tables.MisclassifiedTable", "Errors"
)
LAYERS = Tab("layers", "a", "Layers", "run.result_tables.LayerTable")
PARTS = Tab("parts", "b", "Parts", "run.text_panes.PartsPane")
COEFFICIENTS = Tab("coefficients", "f", "Coefficients", "run.result_tables.CoefficientTable")
SWEEP = Tab("sweep", "c", "Chart", "sweep.sweep_view.SweepPane")
POINTS = Tab("points", "d", "Points", "sweep.sweep_view.PointsPane")
TRIALS = Tab("trials", "c", "Trials", "search.search_view.TrialsPane")
PROGRESS = Tab("progress", "e", "Progress", "search.search_view.ProgressPane")
BRACKETS = Tab("brackets", "h", "Brackets", "search.bracket_tree.BracketPane")
IMPORTANCE = Tab("importance", "i", "Importance", "search.search_view.ImportancePane", "Import.")
TRIAL_LOG = Tab("trial_log", "o", "Log", "search.trial_log.TrialLog")

_RESULTS = (SUMMARY, CONFUSION, MISCLASSIFIED, LAYERS, TRIAL_LOG)
_SEARCH = (TRIALS, PROGRESS, IMPORTANCE, *_RESULTS)
TABS: dict[str, tuple[Tab, ...]] = {
    "train": (CURVES, LOG, SUMMARY, CONFUSION, MISCLASSIFIED, LAYERS),
    "baseline": (SUMMARY, CONFUSION, COEFFICIENTS, MISCLASSIFIED, LOG),
    "sweep": (SWEEP, POINTS, *_RESULTS),
    "random_search": _SEARCH,
    "grid_search": _SEARCH,
    "hyperband": (TRIALS, BRACKETS, *_SEARCH[1:]),
    "reproduce": (PARTS, LOG),
}
_ANY = (SUMMARY, LOG)
ALL_TABS = {tab.name: tab for tabs in (*TABS.values(), _ANY) for tab in tabs}


def tabs_of(kind: str) -> tuple[Tab, ...]:
    """The tabs of a kind of run."""
    return TABS.get(kind, _ANY)


def first_tab(kind: str, *, has_epochs: bool) -> Tab:
    """The tab to begin with: of a run without curves its log says what there was."""
    first = tabs_of(kind)[0]
    return LOG if first.curves and not has_epochs else first
