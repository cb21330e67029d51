"""The curves of several runs in one chart for each figure, read at the same epoch."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from engine.comparison.comparison import Comparison
from engine.comparison.outcome import Outcome
from engine.kinds import varies
from penguin_tui.charts import palette
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.line_drawing import Series
from penguin_tui.run.curves import TRAIN, last_epoch

# room for two charts side by side
TWO_COLUMNS = 100
# name, column of the curve, unit
FIGURES = (
    ("Validation accuracy", "val_accuracy", "%"),
    ("Validation loss", "val_loss", ""),
    (f"{TRAIN[0].capitalize()} accuracy", "accuracy", "%"),
    (f"{TRAIN[0].capitalize()} loss", "loss", ""),
    ("Learning rate", "learning_rate", ""),
)
EMPTY = "None of these runs has epochs to draw."


class ComparedCurves(Horizontal):
    """As many of the figures as have room, the others with the arrows."""

    BINDING_GROUP_TITLE = "Curves"
    DEFAULT_CSS = """
    ComparedCurves { height: 1fr; LineChart { width: 1fr; height: 1fr; padding-right: 1; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "other_charts(1)", "Other charts", id="compare.other", key_display="↑↓",
                tooltip="Show another figure of the epochs."),
        Binding("up", "other_charts(-1)", "Other charts", show=False, id="compare.other_back"),
    ]  # fmt: skip

    def __init__(self) -> None:
        charts = (
            LineChart(name, unit=unit, id=column, empty=EMPTY) for name, column, unit in FIGURES
        )
        super().__init__(*charts)
        self._first = 0
        self._comparison: Comparison | None = None
        # what each chart shows
        self._drawn: dict[LineChart, Comparison] = {}

    def on_mount(self) -> None:
        """What fits."""
        self._choose()

    def on_resize(self) -> None:
        """What fits."""
        self._choose()

    def show(self, comparison: Comparison, *_: int) -> None:
        """Draw these runs, whichever has the cursor."""
        self._comparison = comparison
        self._draw()

    def _shown(self) -> list[LineChart]:
        number = 2 if self.size.width >= TWO_COLUMNS else 1
        places = [(self._first + step) % len(FIGURES) for step in range(number)]
        return [self.query_one(f"#{FIGURES[place][1]}", LineChart) for place in places]

    def _choose(self) -> None:
        shown = self._shown()
        focused = self.has_focus_within
        for chart in self.query(LineChart):
            chart.display = chart in shown
        if focused and self.screen.focused not in shown:
            shown[0].focus()
        self._draw()

    def _draw(self) -> None:
        found = self._comparison
        if found is None:
            return
        for chart in self._shown():
            if self._drawn.get(chart) is not found:
                self._drawn[chart] = found
                series = overlaid(found.outcomes, str(chart.id))
                chart.show(series, x_max=max(map(_end, found.outcomes), default=None))

    def on_line_chart_cursor_moved(self, message: LineChart.CursorMoved) -> None:
        """One cursor for all the charts."""
        message.stop()
        for chart in self.query(LineChart):
            chart.read_at(message.cursor)

    def action_other_charts(self, step: int) -> None:
        """Show the next figure."""
        self._first = (self._first + step) % len(FIGURES)
        self._choose()


def overlaid(outcomes: Sequence[Outcome], column: str) -> list[Series]:
    """A line for each run that has epochs, in the colour and with the marker of its place."""
    found = []
    for place, one in enumerate(outcomes):
        if curve := one.curve:
            first = curve.chunks[0].first
            epochs = range(first, first + len(curve))
            best = ", best trial" if varies(one.record.kind) else ""
            name, sign = f"run {one.run}{best}", palette.marker(place)
            found.append(
                Series(name, epochs, curve.column(column), place, str(one.run), marker=sign)
            )
    return found


def _end(one: Outcome) -> float:
    """Where the axis would end for this run: of a live training beyond its last epoch, in steps."""
    live = one.record.live and not varies(one.record.kind)
    end = last_epoch(one.record, one.curve) if live else None
    return end or float(max(2, one.curve.last_epoch))
