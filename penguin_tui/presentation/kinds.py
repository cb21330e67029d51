"""What the screen and the command line show of each kind of run, one entry each.

A new kind is an entry here; one without shows the fields of its result and its log. A new tab is
a module and a `Tab`. Panes are named and not imported: the screen loads them when first shown,
the command line prints the `blocks` of each tab.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, pairs
from penguin_tui.presentation.data_report import data_report, data_summary
from penguin_tui.presentation.results.evaluation import (
    NO_LUCK,
    NOT_ENOUGH,
    evaluation_lines,
    luck_blocks,
    models_blocks,
)
from penguin_tui.presentation.results.influence import (
    NO_LABELS,
    NO_ROWS,
    influence_lines,
    labels_blocks,
    teaching_blocks,
)
from penguin_tui.presentation.results.leaks import NO_LEAKS, leaks_blocks, leaks_lines
from penguin_tui.presentation.results.learning_curve import NO_CURVE, curve_lines, sizes_blocks
from penguin_tui.presentation.results.nested import NO_NESTED, nested_blocks
from penguin_tui.presentation.results.network import coefficients_blocks, layers_blocks
from penguin_tui.presentation.results.probabilities import probability_blocks
from penguin_tui.presentation.results.reproduction import reproduction_blocks
from penguin_tui.presentation.results.scores import (
    confusion_blocks,
    misclassified_blocks,
    scored_blocks,
)
from penguin_tui.presentation.results.search import search_lines, search_summary
from penguin_tui.presentation.results.sweep import points_blocks, sweep_lines, sweep_summary
from penguin_tui.presentation.results.trials import trials_blocks
from penguin_tui.presentation.setting_text import plain_value, setting_label
from penguin_tui.presentation.text import clipped

# blocks of a run as it stands; the flag asks for no more of them than can be read at once
Blocks = Callable[[RunRecord, RunState, bool], Iterable[Block]]


def _nothing(*_: object) -> list[Any]:
    return []


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
    blocks: Blocks = _nothing

    def make(self) -> Any:
        """A new pane, a widget with `show(record, state)`; loads its module."""
        return self._pane_class()()

    def _pane_class(self) -> Any:
        module, _, name = self.pane.rpartition(".")
        return getattr(import_module(f"penguin_tui.{module}"), name)

    @property
    def action(self) -> str:
        """The action of the run's view that shows this tab."""
        return f"tab('{self.name}')"


@dataclass(frozen=True, slots=True)
class BlockTab(Tab):
    """A tab whose pane shows the `blocks` and nothing else, or `empty` while there are none."""

    empty: str = ""

    def make(self) -> Any:
        """A new pane for this tab; loads its module."""
        return self._pane_class()(self)


_TEXT, _TABLE = "run.block_panes.TextPane", "run.block_panes.TablePane"
CURVES = Tab("curves", "C", "Curves", "run.curves.Curves", curves=True)
LOG = Tab("log", "L", "Log", "run.log_pane.LogPane")
SUMMARY = Tab("summary", "S", "Summary", "run.block_panes.Summary")
COLUMNS = BlockTab("columns", "F", "Columns", _TABLE, blocks=data_report)
CONFUSION = Tab(
    "confusion", "M", "Confusion", "run.confusion_pane.ConfusionPane", "Matrix",
    blocks=confusion_blocks,
)  # fmt: skip
MISCLASSIFIED = BlockTab(
    "misclassified", "E", "Misclassified", _TABLE, "Errors", blocks=misclassified_blocks,
    empty="Misclassified rows are shown when the run has finished.",
)  # fmt: skip
PROBABILITIES = Tab(
    "probabilities", "Y", "Probabilities", "run.probability_pane.ProbabilityPane", "Probab.",
    blocks=probability_blocks,
)  # fmt: skip
CHECKS = Tab("checks", "Q", "Checks", "run.checks_pane.ChecksPane")
LAYERS = BlockTab(
    "layers", "N", "Layers", _TABLE, blocks=layers_blocks,
    empty="The layers are shown once the network is built.",
)  # fmt: skip
PARTS = BlockTab("parts", "A", "Parts", _TEXT, blocks=reproduction_blocks)
MODELS = BlockTab("models", "D", "Models", _TEXT, blocks=models_blocks, empty=NOT_ENOUGH)
LUCK = BlockTab("luck", "K", "Luck", _TEXT, blocks=luck_blocks, empty=NO_LUCK)
LEARNING = Tab("learning", "C", "Chart", "run.learning_chart.LearningPane")
LEAKS = BlockTab("leaks", "Z", "Leaks", _TEXT, blocks=leaks_blocks, empty=NO_LEAKS)
LABELS = BlockTab("labels", "E", "Labels", _TABLE, blocks=labels_blocks, empty=NO_LABELS)
TEACHING = BlockTab("teaching", "R", "Rows", _TABLE, blocks=teaching_blocks, empty=NO_ROWS)
SIZES = BlockTab("sizes", "V", "Sizes", _TEXT, blocks=sizes_blocks, empty=NO_CURVE)
COEFFICIENTS = BlockTab(
    "coefficients", "W", "Coefficients", _TABLE, blocks=coefficients_blocks,
    empty="The coefficients are shown when the baseline has finished.",
)  # fmt: skip
SWEEP = Tab("sweep", "C", "Chart", "sweep.sweep_view.SweepPane")
POINTS = Tab("points", "V", "Points", "sweep.sweep_view.PointsPane", blocks=points_blocks)
TRIALS = Tab("trials", "T", "Trials", "search.search_view.TrialsPane", blocks=trials_blocks)
PROGRESS = Tab("progress", "P", "Progress", "search.search_view.ProgressPane")
BRACKETS = Tab("brackets", "B", "Brackets", "search.bracket_tree.BracketPane")
IMPORTANCE = Tab("importance", "I", "Importance", "search.search_view.ImportancePane", "Imp.")
FEATURES = Tab(
    "features", "F", "Feature importance", "run.importance_pane.FeatureImportancePane", "Features"
)
PREDICT = Tab("predict", "J", "Predict", "run.predict_pane.PredictPane")
SMALLEST = Tab("smallest", "W", "Smallest", "run.smallest_pane.SmallestPane")
NESTED = BlockTab("nested", "U", "Nested", _TEXT, blocks=nested_blocks, empty=NO_NESTED)
TRIAL_LOG = Tab("trial_log", "L", "Log", "search.trial_log.TrialLog")
_MODEL = (SUMMARY, CONFUSION, MISCLASSIFIED, PROBABILITIES, CHECKS, LAYERS, FEATURES, PREDICT)
_RESULTS = (*_MODEL, SMALLEST, TRIAL_LOG)
_BASELINE = (
    SUMMARY, CONFUSION, COEFFICIENTS, MISCLASSIFIED, PROBABILITIES, CHECKS, FEATURES, PREDICT, LOG
)  # fmt: skip


def _fields(record: RunRecord, state: RunState, result: BaseModel) -> list[Block]:
    """The result of a kind that has no summary of its own: its fields."""
    fields = result.model_dump(mode="json", exclude={"kind"})
    rows = ((setting_label(n), clipped(plain_value(v), 120)) for n, v in fields.items())
    return [pairs("Result", rows)]


@dataclass(frozen=True, slots=True)
class KindView:
    """How a kind of run is shown.

    `form` is the place that takes over its settings. `summary` says what its result came to (the
    third argument, of the kind's own type), `outcome` the same in a few lines for the head, in so
    many columns; the accuracies stand below them.
    """

    tabs: tuple[Tab, ...] = (SUMMARY, LOG)
    summary: Callable[[RunRecord, RunState, Any], Iterable[Block]] = _fields
    outcome: Callable[[RunRecord, RunState, int], list[Line]] = _nothing
    form: str = "train"


_SEARCH = (TRIALS, PROGRESS, IMPORTANCE, NESTED, *_RESULTS)
_HYPERBAND = (TRIALS, BRACKETS, PROGRESS, IMPORTANCE, NESTED, *_RESULTS)
VIEWS: dict[str, KindView] = {
    "train": KindView((CURVES, LOG, *_MODEL, SMALLEST), scored_blocks, form="train"),
    "baseline": KindView(_BASELINE, scored_blocks, form="baseline"),
    "sweep": KindView((SWEEP, POINTS, *_RESULTS), sweep_summary, sweep_lines, "sweep"),
    "random_search": KindView(_SEARCH, search_summary, search_lines, "search"),
    "grid_search": KindView(_SEARCH, search_summary, search_lines, "search"),
    "hyperband": KindView(_HYPERBAND, search_summary, search_lines, "search"),
    "evaluate": KindView((MODELS, LUCK, SUMMARY, LOG), _nothing, evaluation_lines, "evaluate"),
    "learning_curve": KindView((LEARNING, SIZES, SUMMARY, LOG), _nothing, curve_lines, "evaluate"),
    "leaks": KindView((LEAKS, SUMMARY, LOG), _nothing, leaks_lines, "evaluate"),
    "influence": KindView((LABELS, TEACHING, SUMMARY, LOG), _nothing, influence_lines, "evaluate"),
    "reproduce": KindView((PARTS, SUMMARY, LOG), _nothing),
    "describe": KindView((SUMMARY, COLUMNS, LOG), data_summary, form="data"),
}
_OTHER = KindView()
ALL_TABS = {tab.name: tab for view in (*VIEWS.values(), _OTHER) for tab in view.tabs}


def view_of(kind: str) -> KindView:
    """How runs of a kind are shown."""
    return VIEWS.get(kind, _OTHER)


def first_tab(kind: str, *, has_epochs: bool) -> Tab:
    """The tab to begin with: of a run without curves its log says what there was."""
    first = view_of(kind).tabs[0]
    return LOG if first.curves and not has_epochs else first
