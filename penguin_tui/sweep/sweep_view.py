"""A sweep, live or finished: the chart of its points and their table."""

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from engine.planning import sweep as sweeps
from engine.results import Point, SweepResult
from engine.runs.state import RunState
from engine.specs import SweepSpec
from engine.specs.typed_text import show
from engine.store import RunRecord
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import count, counted, percent, sanitize
from penguin_tui.run.live_pane import LivePane
from penguin_tui.sweep.sweep_chart import SweepChart, SweepPicture
from penguin_tui.tables.row_table import RowTable

BESIDE = 116
COLUMNS = (
    Column("value", "value", 0),
    Column("validation", "validation", 10, right=True),
    Column("band", "95 % interval", 13, right=True, rank=2),
    Column("train", "training", 8, right=True, rank=1),
    Column("seeds", "seeds", 5, right=True, rank=4),
    Column("mark", "", 6, rank=3),
)
EMPTY = ("", "No training has finished yet.")


def watched(record: RunRecord) -> str:
    """The part that chooses: under as_published it is the test part."""
    return "test" if record.protocol == "as_published" else "validation"


def picture_of(record: RunRecord, state: RunState) -> SweepPicture | None:
    """The points of a sweep, the best and the chosen one; None of another kind of run."""
    spec = record.spec
    if not isinstance(spec, SweepSpec):
        return None
    setting, values = sweeps.swept(spec)
    result = state.result if isinstance(state.result, SweepResult) else None
    points = result.points if result is not None else sweeps.points(spec, state)
    best: Any = None
    if result is not None:
        best = result.best
    elif points:
        best = sweeps.best(points).value
    chosen = result.chosen if result is not None else None
    return SweepPicture(setting, values, points, best, chosen, watched(record))


class PointTable(RowTable[tuple[Point, str]]):
    """A row for each value: accuracies, their interval, and which is best and chosen."""

    BINDING_GROUP_TITLE = "Points"

    def __init__(self) -> None:
        super().__init__(COLUMNS, point_cells, lambda item: repr(item[0].value))

    def show_picture(self, picture: SweepPicture) -> None:
        """Show the points of a picture."""
        title = setting_label(picture.setting)
        columns = (Column("value", title, 0), *COLUMNS[1:])
        if picture.watched == "test":
            columns = (columns[0], Column("validation", "test", 10, right=True), *columns[2:])
        self.set_columns(columns)
        self.show([(point, mark(picture, point)) for point in picture.points], empty=EMPTY)


def mark(picture: SweepPicture, point: Point) -> str:
    """What is special about a point."""
    if picture.chosen is not None and point.value == picture.chosen:
        return "chosen"
    return "best" if point.value == picture.best else ""


def point_cells(item: tuple[Point, str]) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`."""
    point, special = item
    band = point.validation
    style = {"chosen": "accent", "best": "good"}.get(special, "")
    interval = ""
    if band.repeats > 1:
        low, high = max(0.0, band.low), min(1.0, band.high)
        interval = f"{100 * low:.1f}–{100 * high:.1f}"
    return (
        (sanitize(show(point.value), 30), style),
        (percent(band.mean), style),
        (interval, ""),
        (percent(point.train.mean), "muted"),
        (count(band.repeats), "muted"),
        (special, style),
    )


class SweepPane(LivePane):
    """The chart; beside it the table where there is room; below it what it says."""

    BINDING_GROUP_TITLE = "Sweep"
    DEFAULT_CSS = """
    SweepPane {
        height: 1fr; layout: vertical;
        #sweep-row { height: 1fr; }
        SweepChart { width: 1fr; height: 1fr; margin-right: 1; }
        PointTable { width: 62; border-left: solid $foreground 20%; }
        #sweep-says { height: auto; padding: 0 1; color: $foreground 85%; }
    }
    """
    PARTS = ("picture",)

    def compose(self) -> ComposeResult:
        """Chart, table, sentence."""
        with Horizontal(id="sweep-row"):
            yield SweepChart()
            yield PointTable()
        yield Static("", id="sweep-says", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """The table where there is room."""
        self.query_one(PointTable).display = event.size.width >= BESIDE

    def draw_part(self, name: str, record: RunRecord) -> None:
        """All of it comes from the same points."""
        picture = picture_of(record, self.state)
        if picture is None:
            return
        self.query_one(PointTable).display = self.size.width >= BESIDE
        self.query_one(SweepChart).show(picture)
        self.query_one(PointTable).show_picture(picture)
        says = self.query_one("#sweep-says", Static)
        finished = isinstance(self.state.result, SweepResult)
        lines = [] if finished else [best_sentence(picture)]
        lines += diverged_sentence(self.state)
        says.display = bool(lines)
        says.update("\n".join(lines))


def best_sentence(picture: SweepPicture) -> str:
    """The best value so far, and that more may come."""
    if not picture.points:
        return (
            f"{count(len(picture.values))} values of {setting_label(picture.setting)} are to come."
        )
    best = next(p for p in picture.points if p.value == picture.best)
    name = f"{setting_label(picture.setting)} {sanitize(show(best.value), 30)}"
    missing = len(picture.values) - len(picture.points)
    more = (
        f"; {count(missing)} of {count(len(picture.values))} values are to come" if missing else ""
    )
    return f"Best so far: {name}, {percent(best.validation.mean)} {picture.watched}{more}."


def diverged_sentence(state: RunState) -> list[str]:
    """How many trainings have no figures, if there are any."""
    lost = sum(trial.status == "diverged" for trial in state.trials.values())
    if not lost:
        return []
    return [f"! {counted(lost, 'training')} diverged and count for no point: see the log."]


class PointsPane(LivePane):
    """The table alone."""

    DEFAULT_CSS = "PointsPane { height: 1fr; }"
    PARTS = ("table",)

    def compose(self) -> ComposeResult:
        """The table."""
        yield PointTable()

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Show the points."""
        picture = picture_of(record, self.state)
        if picture is not None:
            self.query_one(PointTable).show_picture(picture)
