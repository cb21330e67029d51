"""Accuracy, loss and learning rate by epoch, drawn a chart at a time."""

import math
import time
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal

from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.charts.line_chart import LineChart, Series
from penguin_tui.run.log_pane import LogPane
from penguin_tui.terminal import flow_control

# a live chart is drawn at least twice a second: the tick that finds it due may be a tenth late
CHART_SECONDS = 0.38
TICK_SECONDS = 0.1
LOG_WIDTH = 50
# room for three charts one above the other, and for the log beside them
THREE_ROWS, LOG_COLUMNS = 24, 110
PAIRS = (("accuracy", "loss"), ("loss", "rate"))
# of each chart: name, name where there is little room, column of the curve
FIGURES = {
    "accuracy": (("training", "train", "accuracy"), ("validation", "val", "val_accuracy")),
    "loss": (("training", "train", "loss"), ("validation", "val", "val_loss")),
    "rate": (("learning rate", "rate", "learning_rate"),),
}


class Curves(Container):
    """All three charts and the log where there is room, otherwise two charts at a time.

    A new state is drawn within half a second, never two charts in one turn of
    the event loop, and not at all while the terminal is behind.
    """

    BINDING_GROUP_TITLE = "Curves"
    DEFAULT_CSS = """
    Curves {
        height: 1fr; layout: horizontal;
        #charts { width: 1fr; height: 1fr; padding-right: 1; }
        &.-three #charts { layout: vertical; }
        LineChart { width: 1fr; height: 1fr; }
        #side-log { width: 50; display: none; border-left: solid $foreground 20%; }
        &.-log #side-log { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "other_charts", "Other charts", id="curves.other",
                tooltip="Show loss and learning rate instead of accuracy and loss."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._pair = 0
        self._record: RunRecord | None = None
        self._state = RunState()
        # when each part was drawn, and from which state
        self._drawn: dict[str, tuple[float, RunState | None]] = {}

    def compose(self) -> ComposeResult:
        """The charts, and the log."""
        empty = "The first epoch will be drawn here."
        with Horizontal(id="charts"):
            yield LineChart("Accuracy", unit="%", id="accuracy", empty=empty)
            yield LineChart("Loss", id="loss", empty=empty)
            yield LineChart("Learning rate", id="rate", empty=empty)
        yield LogPane(id="side-log")

    def on_mount(self) -> None:
        """Look a few times a second whether something is to be drawn."""
        self._ticks = self.set_interval(TICK_SECONDS, self._tick, pause=True)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show this state soon."""
        if self._record is not None and record.id != self._record.id:
            self._drawn.clear()
        self._record, self._state = record, state
        self._ticks.resume()

    def on_resize(self, event: events.Resize) -> None:
        """What fits."""
        self.set_class(event.size.height >= THREE_ROWS, "-three")
        self.set_class(event.size.width >= LOG_COLUMNS and event.size.height >= THREE_ROWS, "-log")
        self._choose()
        self.call_after_refresh(self._tick)

    def _choose(self) -> None:
        three = self.has_class("-three")
        for name in FIGURES:
            self.query_one(f"#{name}").display = three or name in PAIRS[self._pair]
        self.refresh_bindings()

    def action_other_charts(self) -> None:
        """Show the other pair."""
        self._pair = (self._pair + 1) % len(PAIRS)
        self._choose()
        self._drawn.clear()
        self._ticks.resume()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where all three are shown there are no others."""
        return not self.has_class("-three") if action == "other_charts" else True

    def _tick(self) -> None:
        record = self._record
        if record is None or not self.is_on_screen:
            return
        if record.live and not flow_control.ready(self.app):
            return
        now = time.monotonic()
        waiting = False
        for name in (*FIGURES, "log"):
            if not self._visible(name):
                continue
            at, state = self._drawn.get(name, (-math.inf, None))
            if state is self._state:
                continue
            if record.live and now - at < CHART_SECONDS:
                waiting = True
                continue
            self._drawn[name] = (now, self._state)
            self._draw(name, record)
            if state is None:
                # who opens a run waits for all of it: the next part as soon as this one is painted
                self.call_after_refresh(self._tick)
            # of a live one the next part has its turn in the next tick
            return
        if not waiting:
            self._ticks.pause()

    def _visible(self, name: str) -> bool:
        if name == "log":
            return self.has_class("-log")
        return bool(self.query_one(f"#{name}").display)

    def _draw(self, name: str, record: RunRecord) -> None:
        if name == "log":
            self.query_one(LogPane).show(record, self._state)
            return
        series = curve_series(self._state, name, short=not self.has_class("-three"))
        self.query_one(f"#{name}", LineChart).show(series, x_max=_planned(record))


def curve_series(state: RunState, chart: str, short: bool = False) -> Sequence[Series]:
    """The series of one of the three charts, under their short names where there is no room."""
    curve = state.curve
    first = curve.chunks[0].first if curve.chunks else 1
    epochs = range(first, first + len(curve))
    found = []
    for place, (name, brief, column) in enumerate(FIGURES[chart]):
        values = curve.column(column)
        if not all(map(math.isnan, values)):
            found.append(Series(brief if short else name, epochs, values, place))
    return found


def _planned(record: RunRecord) -> float | None:
    """Where the axis ends: at the planned epochs while they are to come."""
    if record.live and record.epochs_planned:
        return float(record.epochs_planned)
    return float(max(2, record.epochs_run)) if record.epochs_run else None
