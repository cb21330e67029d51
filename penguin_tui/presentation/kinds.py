"""What the screen and the command line show of each kind of run, one entry each.

A new kind is an entry here; one without shows the fields of its result and its log. A new tab is
a module and a `Tab`. Panes and functions are named and not imported: the screen loads a pane when
it is first shown, and a command what the kinds need whose runs it prints.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, Line, pairs
from penguin_tui.presentation.setting_text import plain_value, setting_label
from penguin_tui.presentation.text import clipped

if TYPE_CHECKING:
    from engine.results.base import RunResult


@cache
def function_at(place: str) -> Callable[..., Any]:
    """The function at `module:function`; what shows one kind takes the classes of that kind."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"penguin_tui.presentation.{module}"), name)
    return found


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its key, its title (`short` where there is little room), and its pane's class.

    A tab with `curves` has nothing to show of a run that ended before its first epoch.
    `blocks_at` is the function (`module:function`) that gives its `blocks`.
    """

    name: str
    key: str
    title: str
    pane: str
    short: str = ""
    curves: bool = False
    blocks_at: str = ""

    def blocks(self, record: RunRecord, state: RunState, brief: bool) -> Iterable[Block]:
        """What the tab shows of a run as it stands; `brief`: no more than is read at once."""
        return function_at(self.blocks_at)(record, state, brief) if self.blocks_at else ()

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
# what the chart of the sizes says as well
NO_CURVE = "The curves are drawn as soon as a first repeat is whole."
CURVES = Tab("curves", "C", "Curves", "run.curves.Curves", curves=True)
LOG = Tab("log", "L", "Log", "run.log_pane.LogPane")
SUMMARY = Tab("summary", "S", "Summary", "run.block_panes.Summary")
COLUMNS = BlockTab("columns", "F", "Columns", _TABLE, blocks_at="data_report:data_report")
CONFUSION = Tab(
    "confusion", "M", "Confusion", "run.confusion_pane.ConfusionPane", "Matrix",
    blocks_at="results.scores:confusion_blocks",
)  # fmt: skip
MISCLASSIFIED = BlockTab(
    "misclassified", "E", "Misclassified", _TABLE, "Errors",
    blocks_at="results.scores:misclassified_blocks",
    empty="Misclassified rows are shown when the run has finished.",
)  # fmt: skip
PROBABILITIES = Tab(
    "probabilities", "Y", "Probabilities", "run.probability_pane.ProbabilityPane", "Probab.",
    blocks_at="results.probabilities:probability_blocks",
)  # fmt: skip
CHECKS = Tab("checks", "Q", "Checks", "run.checks_pane.ChecksPane")
LAYERS = BlockTab(
    "layers", "N", "Layers", _TABLE, blocks_at="results.network:layers_blocks",
    empty="The layers are shown once the network is built.",
)  # fmt: skip
PARTS = BlockTab("parts", "A", "Parts", _TEXT, blocks_at="results.reproduction:reproduction_blocks")
MODELS = BlockTab(
    "models", "D", "Models", _TEXT, blocks_at="results.evaluation:models_blocks",
    empty="The models are shown as soon as a first cross-validation is whole.",
)  # fmt: skip
LUCK = BlockTab(
    "luck", "K", "Luck", _TEXT, blocks_at="results.evaluation:luck_blocks",
    empty="Shown once the network has been trained on the run's own split.",
)  # fmt: skip
LEARNING = Tab("learning", "C", "Chart", "run.learning_chart.LearningPane")
LEAKS = BlockTab(
    "leaks", "Z", "Leaks", _TEXT, blocks_at="results.leaks:leaks_blocks",
    empty="The leaks are shown as soon as a first split has been trained with each.",
)  # fmt: skip
LABELS = BlockTab(
    "labels", "E", "Labels", _TABLE, blocks_at="results.influence:labels_blocks",
    empty="Labels that look wrong are listed as soon as every row has been left out once.",
)  # fmt: skip
TEACHING = BlockTab(
    "teaching", "R", "Rows", _TABLE, blocks_at="results.influence:teaching_blocks",
    empty="The rows that teach most are listed as soon as every row has been left out once.",
)  # fmt: skip
SIZES = BlockTab(
    "sizes", "V", "Sizes", _TEXT,
    blocks_at="results.learning_curve:sizes_blocks", empty=NO_CURVE,
)  # fmt: skip
COEFFICIENTS = BlockTab(
    "coefficients", "W", "Coefficients", _TABLE, blocks_at="results.network:coefficients_blocks",
    empty="The coefficients are shown when the baseline has finished.",
)  # fmt: skip
SWEEP = Tab("sweep", "C", "Chart", "sweep.sweep_view.SweepPane")
POINTS = Tab(
    "points", "V", "Points", "sweep.sweep_view.PointsPane",
    blocks_at="results.sweep:points_blocks",
)  # fmt: skip
TRIALS = Tab(
    "trials", "T", "Trials", "search.search_view.TrialsPane",
    blocks_at="results.trials:trials_blocks",
)  # fmt: skip
PROGRESS = Tab("progress", "P", "Progress", "search.search_view.ProgressPane")
BRACKETS = Tab("brackets", "B", "Brackets", "search.bracket_tree.BracketPane")
IMPORTANCE = Tab("importance", "I", "Importance", "search.search_view.ImportancePane", "Imp.")
FEATURES = Tab(
    "features", "F", "Feature importance", "run.importance_pane.FeatureImportancePane", "Features"
)
PREDICT = Tab("predict", "J", "Predict", "run.predict_pane.PredictPane")
SMALLEST = Tab("smallest", "W", "Smallest", "run.smallest_pane.SmallestPane")
NESTED = BlockTab(
    "nested", "U", "Nested", _TEXT, blocks_at="results.nested:nested_blocks",
    empty="What the search is worth is shown of a search with outer folds: set them in the form, or"
    " --set outer_folds=5.",
)  # fmt: skip
TRIAL_LOG = Tab("trial_log", "L", "Log", "search.trial_log.TrialLog")
_MODEL = (SUMMARY, CONFUSION, MISCLASSIFIED, PROBABILITIES, CHECKS, LAYERS, FEATURES, PREDICT)
_RESULTS = (*_MODEL, SMALLEST, TRIAL_LOG)
_BASELINE = (
    SUMMARY, CONFUSION, COEFFICIENTS, MISCLASSIFIED, PROBABILITIES, CHECKS, FEATURES, PREDICT, LOG
)  # fmt: skip

# of a kind without a summary of its own: the fields of its result
FIELDS = "fields"


def _fields(result: "RunResult") -> list[Block]:
    """The result of a kind that has no summary of its own: its fields."""
    fields = result.model_dump(mode="json", exclude={"kind"})
    rows = ((setting_label(n), clipped(plain_value(v), 120)) for n, v in fields.items())
    return [pairs("Result", rows)]


@dataclass(frozen=True, slots=True)
class KindView:
    """How a kind of run is shown.

    `form` is the place that takes over its settings. `summary_at` is the function
    (`module:function`) that gives its `summary`, `outcome_at` that of its `outcome`; "" says
    nothing there, and of a result the accuracies alone.
    """

    tabs: tuple[Tab, ...] = (SUMMARY, LOG)
    summary_at: str = FIELDS
    outcome_at: str = ""
    form: str = "train"

    def summary(self, record: RunRecord, state: RunState, result: "RunResult") -> Iterable[Block]:
        """What its result came to, which is of the kind's own type."""
        if self.summary_at == FIELDS:
            return _fields(result)
        return function_at(self.summary_at)(record, state, result) if self.summary_at else ()

    def outcome(self, record: RunRecord, state: RunState, width: int) -> list[Line]:
        """The same in a few lines of the head, `width` columns wide; accuracies stand below."""
        found: list[Line] = []
        if self.outcome_at:
            found += function_at(self.outcome_at)(record, state, width)
        return found


_SCORED = "results.scores:scored_blocks"
_SEARCH = KindView(
    (TRIALS, PROGRESS, IMPORTANCE, NESTED, *_RESULTS),
    "results.search:search_summary", "results.search:search_lines", "search",
)  # fmt: skip
VIEWS: dict[str, KindView] = {
    "train": KindView((CURVES, LOG, *_MODEL, SMALLEST), _SCORED, form="train"),
    "baseline": KindView(_BASELINE, _SCORED, form="baseline"),
    "sweep": KindView(
        (SWEEP, POINTS, *_RESULTS),
        "results.sweep:sweep_summary", "results.sweep:sweep_lines", "sweep",
    ),
    "random_search": _SEARCH,
    "grid_search": _SEARCH,
    "hyperband": replace(
        _SEARCH, tabs=(TRIALS, BRACKETS, PROGRESS, IMPORTANCE, NESTED, *_RESULTS)
    ),
    "evaluate": KindView(
        (MODELS, LUCK, SUMMARY, LOG), "", "results.evaluation:evaluation_lines", "evaluate"
    ),
    "learning_curve": KindView(
        (LEARNING, SIZES, SUMMARY, LOG), "", "results.learning_curve:curve_lines", "evaluate"
    ),
    "leaks": KindView((LEAKS, SUMMARY, LOG), "", "results.leaks:leaks_lines", "evaluate"),
    "influence": KindView(
        (LABELS, TEACHING, SUMMARY, LOG), "", "results.influence:influence_lines", "evaluate"
    ),
    "reproduce": KindView((PARTS, SUMMARY, LOG), ""),
    "describe": KindView((SUMMARY, COLUMNS, LOG), "data_report:data_summary", form="data"),
}  # fmt: skip
_OTHER = KindView()
ALL_TABS = {tab.name: tab for view in (*VIEWS.values(), _OTHER) for tab in view.tabs}


def view_of(kind: str) -> KindView:
    """How runs of a kind are shown."""
    return VIEWS.get(kind, _OTHER)


def first_tab(kind: str, *, has_epochs: bool) -> Tab:
    """The tab to begin with: of a run without curves its log says what there was."""
    first = view_of(kind).tabs[0]
    return LOG if first.curves and not has_epochs else first
