"""Accuracy, loss and learning rate by epoch, drawn a chart at a time."""

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from engine.runs.state import Curve
from engine.store.records import RunRecord
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.line_drawing import Series
from penguin_tui.presentation.references import references
from penguin_tui.presentation.words import RUNNING_MEAN, SETS, SHORT_SETS
from penguin_tui.run.live_pane import LivePane
from penguin_tui.run.log_pane import LogPane

# room for three charts side by side; for three one above the other, or for the log below them
THREE_COLUMNS, MANY_ROWS = 100, 24
PAIRS = (("accuracy", "loss"), ("loss", "rate"))
# Keras's figures of an epoch: of weights that change from batch to batch
TRAIN = (f"{SETS['train']} ({RUNNING_MEAN})", RUNNING_MEAN.split()[0])
VALIDATION = (SETS["validation"], SHORT_SETS["validation"])
# of each chart: name, name where there is little room, column of the curve
FIGURES = {
    "accuracy": ((*TRAIN, "accuracy"), (*VALIDATION, "val_accuracy")),
    "loss": ((*TRAIN, "loss"), (*VALIDATION, "val_loss")),
    "rate": (("learning rate", "rate", "learning_rate"),),
}


class Curves(LivePane):
    """All three charts, and the log where there is room, otherwise two charts at a time."""

    BINDING_GROUP_TITLE = "Curves"
    DEFAULT_CSS = """
    Curves {
        height: 1fr; layout: vertical;
        #charts { height: 3fr; }
        &.-stacked #charts { layout: vertical; }
        LineChart { width: 1fr; height: 1fr; padding-right: 1; }
        #log-below { height: 2fr; display: none; border-top: solid $foreground 20%; }
        &.-log #log-below { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "other_charts", "Other charts", id="curves.other", key_display="↑↓",
                tooltip="Show loss and learning rate instead of accuracy and loss."),
        Binding("up", "other_charts", "Other charts", show=False, id="curves.other_back"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._pair = 0
        self._three = False

    def compose(self) -> ComposeResult:
        """The charts, and the log."""
        empty = "The first epoch will be drawn here."
        charts = (
            LineChart("Accuracy", unit="%", id="accuracy", empty=empty),
            LineChart("Loss", id="loss", empty=empty),
            LineChart("Learning rate", id="rate", empty=empty),
        )
        for chart in charts:
            # until it is known how many of them have room
            chart.display = False
        yield Horizontal(*charts, id="charts")
        yield LogPane(id="log-below")

    def on_mount(self) -> None:
        """A size that was known before the charts were there is announced to nobody."""
        self.call_after_refresh(self._fit)

    def on_resize(self) -> None:
        """What fits."""
        self._fit()

    def _fit(self) -> None:
        wide, tall = self.size.width >= THREE_COLUMNS, self.size.height >= MANY_ROWS
        self.set_class(tall and not wide, "-stacked")
        self.set_class(tall and wide, "-log")
        self._three = tall or wide
        self._choose()

    def _choose(self) -> None:
        for name in FIGURES:
            self.query_one(f"#{name}").display = self._three or name in PAIRS[self._pair]
        self.refresh_bindings()
        self.draw_again()

    def on_line_chart_cursor_moved(self, message: LineChart.CursorMoved) -> None:
        """One cursor for all the charts: they are read at the same epoch."""
        message.stop()
        for chart in self.query(LineChart):
            chart.read_at(message.cursor)

    def action_other_charts(self) -> None:
        """Show the other pair."""
        self._pair = (self._pair + 1) % len(PAIRS)
        self._choose()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where all three are shown there are no others."""
        return not self._three if action == "other_charts" else True

    def parts(self) -> Iterable[str]:
        """The log where there is room for it, which is there at once, and the charts that have."""
        if self.has_class("-log"):
            yield "log"
        yield from (name for name in FIGURES if self.query_one(f"#{name}").display)

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Draw a chart or the log."""
        if name == "log":
            self.query_one(LogPane).show(record, self.state)
            return
        series = curve_series(self.state.curve, name)
        levels = references(record, self.state) if name == "accuracy" else ()
        chart = self.query_one(f"#{name}", LineChart)
        chart.show(series, x_max=last_epoch(record, self.state.curve), levels=levels)


def curve_series(curve: Curve, chart: str) -> Sequence[Series]:
    """The series of one of the three charts."""
    first = curve.chunks[0].first if curve.chunks else 1
    epochs = range(first, first + len(curve))
    found = []
    for place, (name, brief, column) in enumerate(FIGURES[chart]):
        values = curve.column(column)
        if not all(map(math.isnan, values)):
            found.append(Series(name, epochs, values, place, brief))
    return found


def last_epoch(record: RunRecord, curve: Curve) -> float | None:
    """Where the axis ends: of a live run at a half, a fourth … of what is planned, if that will do.

    It ends at 1.25 to 2.5 times the last epoch: each step repaints all of the
    chart, and a curve that fills it changes more cells with each epoch than a slow link carries.
    """
    if record.live and record.epochs_planned:
        end = float(record.epochs_planned)
        while end / 2 >= max(10, 1.25 * curve.last_epoch):
            end /= 2
        return math.ceil(end)
    return float(max(2, record.epochs_run)) if record.epochs_run else None
