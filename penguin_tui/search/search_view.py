"""A search, live or finished: ranked trials, progress, hyperparameter importance."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from engine.planning.chosen_training import trial_settings
from engine.results.search import SearchResult
from engine.runs.ranking import mean_score
from engine.runs.state import RunState, Trial
from engine.specs.search_space import Range
from engine.store.records import RunRecord
from penguin_tui.charts.grid import Drawing
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.line_drawing import Series
from penguin_tui.presentation.blocks import Line, muted
from penguin_tui.presentation.references import Reference, references
from penguin_tui.presentation.results.search import importance_block, importance_line
from penguin_tui.presentation.results.trials import Ranked, folds_of, trial_details
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.words import selection_set
from penguin_tui.run.curves import curve_series
from penguin_tui.run.live_pane import LivePane
from penguin_tui.run.run_actions import TrialChosen
from penguin_tui.search.setting_scatter import Cloud, draw_cloud
from penguin_tui.search.trial_table import TrialTable
from penguin_tui.tables.row_table import RowTable
from penguin_tui.tables.text_lines import content

# room for the two charts below the table
TALL = 28
# room for what is said of every setting below the chart
ROOMY = 24


class ProgressPane(LivePane):
    """The best score so far over the trials, and the epochs of the running trial."""

    BINDING_GROUP_TITLE = "Progress"
    DEFAULT_CSS = """
    ProgressPane {
        height: 1fr; layout: horizontal;
        LineChart { width: 1fr; height: 1fr; padding-right: 1; }
    }
    """
    PARTS = ("best", "epochs")

    def compose(self) -> ComposeResult:
        """The charts."""
        waiting = "Drawn when trials are scored."
        yield LineChart("Best so far", unit="%", id="chart-best", empty=waiting)
        waiting = "Its epochs are drawn here."
        yield LineChart("Running trial", unit="%", id="chart-epochs", empty=waiting)

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Draw one of the charts."""
        levels = references(record, self.state)
        chart, plan = self.query_one(f"#chart-{name}", LineChart), self.state.plan
        if name == "best":
            planned = plan.trials if plan is not None and record.live else 0
            x_max = float(max(2, planned)) if planned else None
            chart.show(best_series(self.state), x_label="trial", x_max=x_max, levels=levels)
        elif (trial := running_trial(self.state)) is None:
            chart.show([])
        else:
            fold, curve = max(folds_of(self.state, trial.number).items())
            folds = getattr(record.spec, "folds", 1)
            # after its folds the best trial is trained once more on all of them
            which = f", fold {fold + 1} of {folds}" if fold < folds else ", all folds"
            which = which if folds > 1 else ""
            chart.set_title(f"Trial {trial.number}{which}")
            chart.show(curve_series(curve, "accuracy"), levels=levels)


class TrialsPane(ProgressPane):
    """The table, what is to be known of the row under the cursor, and two charts below."""

    BINDING_GROUP_TITLE = "Trials"
    DEFAULT_CSS = """
    TrialsPane {
        height: 1fr; layout: vertical;
        TrialTable { height: 1fr; }
        #trial-says { height: auto; padding: 0 1; color: $foreground 75%; background: $surface; }
        #trial-charts { height: 15; margin-top: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Table, details, charts."""
        yield TrialTable()
        yield Static("", id="trial-says", markup=False)
        with Horizontal(id="trial-charts"):
            yield from super().compose()

    def parts(self) -> Iterable[str]:
        """The charts only where there is room."""
        return ("table", *self.PARTS) if self.size.height >= TALL else ("table",)

    def on_resize(self, event: events.Resize) -> None:
        """What fits."""
        self.query_one("#trial-charts").display = event.size.height >= TALL
        self.draw_again()

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Draw the table, or one of the charts."""
        if name == "table":
            self.query_one("#trial-charts").display = self.size.height >= TALL
            self.query_one(TrialTable).show_state(record, self.state)
            self._show_details()
        else:
            super().draw_part(name, record)

    def on_row_table_moved(self, message: RowTable.Moved) -> None:
        """Another trial is under the cursor."""
        message.stop()
        self._show_details()

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        """Enter on a trial."""
        message.stop()
        self.post_message(TrialChosen(trial_settings(message.item.trial)))

    def _show_details(self) -> None:
        item: Ranked | None = self.query_one(TrialTable).current
        says = self.query_one("#trial-says", Static)
        says.display = item is not None
        if item is not None:
            says.update(content(trial_details(item)))


def best_series(state: RunState) -> list[Series]:
    """The trials' scores in the order in which they ended, and the best of them so far."""
    ended = sorted(
        (trial for trial in state.trials.values() if trial.ended is not None),
        key=lambda trial: (trial.ended or 0.0, trial.number),
    )
    scores = [score for trial in ended if (score := mean_score(trial)) is not None]
    best: list[float] = []
    for score in scores:
        best.append(max(score, best[-1]) if best else score)
    xs = range(1, len(scores) + 1)
    if not scores:
        return []
    return [Series("best", xs, best, 0), Series("each", xs, scores, 2)]


def running_trial(state: RunState) -> Trial | None:
    """The trial whose epochs came last: the newest running one, else the newest of all."""
    running = [trial for trial in state.trials.values() if trial.status == "running"]
    found = [t for t in running or state.trials.values() if len(state.curve_of(t.number))]
    return max(found, key=lambda trial: (trial.started, trial.number), default=None)


class ImportancePane(LivePane, can_focus=True):
    """Accuracy against each varied setting, and the importance of each."""

    BINDING_GROUP_TITLE = "Hyperparameter importance"
    DEFAULT_CSS = """
    ImportancePane {
        height: 1fr; layout: vertical;
        Drawing { height: 1fr; min-height: 8; }
        #importance-names { height: 1; padding: 0 1; color: $foreground 80%; }
        #importance-text {
            height: auto; max-height: 45%; padding: 0 1; scrollbar-size-vertical: 1;
        }
        #importance-text Static { height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "other(1)", "Setting", id="importance.next", key_display="←→",
                tooltip="Show accuracy against the next setting."),
        Binding("left", "other(-1)", "Previous setting", show=False, id="importance.previous"),
    ]  # fmt: skip
    PARTS = ("cloud", "text")

    def __init__(self) -> None:
        super().__init__()
        self._place = 0

    def compose(self) -> ComposeResult:
        """Names of the settings, chart, importance."""
        yield Static("", id="importance-names", markup=False)
        yield Drawing(draw_cloud)
        with VerticalScroll(id="importance-text", can_focus=False):
            yield Static("", markup=False)

    def draw_part(self, name: str, record: RunRecord) -> None:
        """The chart, or the text below it."""
        if name == "cloud":
            self._draw_cloud(record)
            return
        result = self.state.result
        if not isinstance(result, SearchResult):
            lines: list[Line] = [muted("Shown when the search has finished.")]
        elif self.size.height >= ROOMY:
            lines = importance_block(result, selection_set(record)).laid_out()
        else:
            lines = [importance_line(result, self._setting(record), selection_set(record))]
        self.query_one("#importance-text Static", Static).update(content(lines))

    def _draw_cloud(self, record: RunRecord) -> None:
        vary = getattr(record.spec, "vary", {})
        names = list(vary)
        name = self._setting(record)
        if not name:
            return
        marked = "   ".join(
            f"‹ {setting_label(one)} ›" if one == name else setting_label(one) for one in names
        )  # fmt: skip
        self.query_one("#importance-names", Static).update(marked)
        dimension = vary[name]
        log = True if isinstance(dimension, Range) and dimension.scale == "log" else None
        levels = references(record, self.state)
        self.query_one(Drawing).show(cloud_of(self.state, name, log, levels))

    def _setting(self, record: RunRecord) -> str:
        """The setting that is shown."""
        names = list(getattr(record.spec, "vary", {}))
        return names[self._place % len(names)] if names else ""

    def on_resize(self) -> None:
        """What fits."""
        self.draw_again()

    def action_other(self, step: int) -> None:
        """Another setting."""
        vary = getattr(self.record.spec, "vary", {}) if self.record is not None else {}
        if vary:
            self._place = (self._place + step) % len(vary)
            self.draw_again()


def cloud_of(
    state: RunState, name: str, log: bool | None, levels: tuple[Reference, ...] = ()
) -> Cloud:
    """The scored trials against one setting."""
    points: list[tuple[Any, float]] = []
    for trial in state.trials.values():
        score, value = mean_score(trial), trial.settings.get(name)
        if score is not None and value is not None:
            points.append((value if not isinstance(value, list) else str(value), score))
    best = max(points, key=lambda point: point[1], default=None)
    return Cloud(name, tuple(points), best, log, levels)
