"""The run under the cursor of the Runs screen: what is known of it, its curve and its matrix."""

from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from engine.kinds import varies
from engine.results.scores import Scored
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.engine_link.follower import Follower
from penguin_tui.engine_link.messages import RunChanged
from penguin_tui.presentation.references import references
from penguin_tui.presentation.runs_list import details
from penguin_tui.run.confusion_matrix import ConfusionMatrix
from penguin_tui.run.curves import curve_series, last_epoch
from penguin_tui.run.live_pane import LivePane
from penguin_tui.search.search_view import best_series
from penguin_tui.tables.steady_text import SteadyText
from penguin_tui.tables.text_lines import of_texts

# a cursor that goes on within this time reads no run
REST_SECONDS = 0.15


class RunPreview(LivePane):
    """Lines about the run; with `-pictures` its accuracy and its matrix below; takes no keys.

    The accuracy is by epoch, of several trainings the best so far.
    """

    PARTS = ("curve", "matrix")
    DEFAULT_CSS = """
    RunPreview {
        height: auto;
        #pictures { height: 11; display: none; }
        &.-pictures #pictures { display: block; }
        LineChart { width: 1fr; padding-right: 2; }
        ConfusionMatrix { width: auto; max-width: 60%; height: 100%; }
    }
    """

    def __init__(self, follower: Follower, clock: Callable[[], float]) -> None:
        super().__init__()
        self._follower = follower
        self._clock = clock
        self._wanted: RunRecord | None = None
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lines, chart and matrix."""
        chart = LineChart("Accuracy", unit="%", empty="No epochs to draw.")
        matrix = ConfusionMatrix()
        chart.can_focus = matrix.can_focus = False
        yield SteadyText("", id="details", markup=False)
        yield Horizontal(chart, matrix, id="pictures")

    def on_unmount(self) -> None:
        """Follow no run any more."""
        self._follower.unwatch(self)

    def tell(self, record: RunRecord | None) -> None:
        """Say what is known of this run now, and draw it once the cursor rests on it."""
        self.display = record is not None
        if record is not None:
            lines = details(record, self._clock())
            self.query_one("#details", SteadyText).update(of_texts(lines))
        self.follow(record if self.has_class("-pictures") else None)

    def follow(self, record: RunRecord | None) -> None:
        """Follow this run once the cursor rests on it; None follows none."""
        if (record and record.id) == (self._wanted and self._wanted.id):
            return
        self._wanted = record
        self._follower.unwatch(self)
        if self._rest is not None:
            self._rest.stop()
        if record is not None:
            self._rest = self.set_timer(REST_SECONDS, self._follow)

    def _follow(self) -> None:
        if self._wanted is not None:
            self._follower.watch(self._wanted.id, self)

    def on_run_changed(self, message: RunChanged) -> None:
        """The run as it stands now."""
        if self._wanted is not None and message.record.id == self._wanted.id:
            if self.record is not None and self.record.id != message.record.id:
                self.draw_again()
            self.show(message.record, message.state)

    def parts(self) -> Iterable[str]:
        """The pictures where they have room."""
        return self.PARTS if self.has_class("-pictures") else ()

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Draw the chart or the matrix."""
        if name == "matrix":
            matrix = self.query_one(ConfusionMatrix)
            matrix.display = isinstance(self.state.result, Scored)
            matrix.show(record, self.state)
        else:
            self._draw_curve(record, self.state)

    def _draw_curve(self, record: RunRecord, state: RunState) -> None:
        chart, levels = self.query_one(LineChart), references(record, state)
        # where nothing is chosen among the trials none of them is the best so far
        chart.display = state.plan is None or varies(record.kind)
        if state.plan is None:
            chart.set_title("Accuracy")
            series = curve_series(state.curve, "accuracy")
            chart.show(series, x_max=last_epoch(record, state.curve), levels=levels)
        else:
            chart.set_title("Best so far")
            chart.show(best_series(state), x_label="trial", levels=levels)
