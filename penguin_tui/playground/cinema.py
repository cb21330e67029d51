"""A training watched: its regions, its curve and its confusion matrix, epoch by epoch."""

import math
from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from engine.errors import EngineError
from engine.results.playground import PlaygroundAnswer
from engine.specs.kinds.playground import FilmQuestion, PlaneView
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.region_chart import RegionChart
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.playground.curve import curve_series
from penguin_tui.playground.paced_query import PacedQuery
from penguin_tui.presentation.blocks import Line, muted, warning
from penguin_tui.presentation.results.playground import epoch_line, film_opening, matrix_blocks
from penguin_tui.screens.base import WorkScreen
from penguin_tui.tables.text_lines import content, of_blocks

# frames a second while it plays, where the terminal and the engine keep up
FRAMES = 6.0


class Film(RegionChart, can_focus=True):
    """The regions; the screen has the actions."""

    BINDING_GROUP_TITLE = "Epochs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.play", "Play", id="film.play",
                tooltip="Play from this epoch on, from the first one after the last; or pause."),
        Binding("left", "screen.move(-1)", "Epoch", id="film.left", key_display="←→",
                tooltip="The epoch before, the next one."),
        Binding("right", "screen.move(1)", "Epoch", show=False, id="film.right"),
        Binding("shift+left", "screen.move(-10)", "Back 10", show=False, id="film.far_left"),
        Binding("shift+right", "screen.move(10)", "Forward 10", show=False, id="film.far_right"),
        Binding("home", "screen.go(1)", "First", show=False, id="film.first"),
        Binding("end", "screen.go(0)", "Last", show=False, id="film.last"),
        Binding("up", "screen.axis(1)", "Axes", id="film.up", key_display="↑↓",
                tooltip="Other features: ↑ the next one upwards, ↓ the next one across; after the"
                " last the principal components."),
        Binding("down", "screen.axis(0)", "Axes", show=False, id="film.across"),
    ]  # fmt: skip


class CinemaScreen(WorkScreen):
    """The regions on the left; curve and matrix on the right, or below each other."""

    PLACE = "runs"
    AUTO_FOCUS: ClassVar[str | None] = "Film"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="film.leave", tooltip="Back to the run."),
    ]
    DEFAULT_CSS = """
    CinemaScreen {
        #epoch { height: 1; padding: 0 1; }
        #film { height: 1fr; }
        Film { width: 3fr; height: 1fr; }
        #beside { width: 2fr; min-width: 30; }
        #matrix { height: auto; max-height: 60%; padding: 0 1; }
    }
    """

    def __init__(self, run: int, settings: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.run_number, self.settings = run, settings
        self.answer: PlaygroundAnswer | None = None
        # wanted: 0 is the epoch whose network was kept
        self.epoch = 0
        self.view = PlaneView()
        self._playing: Timer | None = None

    def compose_body(self) -> Iterable[Widget]:
        """A line about the epoch, and the three pictures of it."""
        yield Static("", id="epoch", markup=False)
        with Horizontal(id="film"):
            yield Film()
            with Vertical(id="beside"):
                yield LineChart("Accuracy", empty="", unit="%")
                yield Static("", id="matrix", markup=False)

    def on_mount(self) -> None:
        """Ask for the network that was kept."""
        self._query = PacedQuery[int](
            self.workbench, "film", self, self._refused, patience=math.inf
        )
        self.query_one(LineChart).can_focus = False
        self.query_one(Film).say(film_opening(self.settings))
        self.call_after_refresh(self._ask)

    def on_resize(self) -> None:
        """Another number of cells fits."""
        self.call_after_refresh(self._ask)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._query.withdraw()

    def _ask(self) -> None:
        """Ask for the wanted epoch."""
        columns, rows = self.query_one(Film).cells
        view = self.view.model_copy(update={"columns": columns, "rows": rows})
        epoch = self.epoch
        self._query.follow(
            epoch,
            lambda store: FilmQuestion(
                home=str(store.home),
                run=self.run_number,
                settings=self.settings,
                epoch=epoch,
                view=view,
            ),
        )

    def on_query_progress(self, message: QueryProgress) -> None:
        """The engine reads the data, or trains."""
        if message.query == self._query.number and message.phase and self.answer is None:
            self._say(muted(f"{message.phase} …"))

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show the epoch, or why it cannot be shown."""
        if message.query != self._query.number:
            return
        self._query.answered()
        if isinstance(message.answer, PlaygroundAnswer):
            self._show(message.answer)
        elif isinstance(message.answer, EngineError):
            self._say_refused(message.answer)

    def _refused(self, error: EngineError) -> None:
        self._query.answered()
        self._say_refused(error)

    def _say_refused(self, error: EngineError) -> None:
        self._stop()
        self._say(warning(f"{error.message} {error.hint}".strip()))
        if self.answer is None:
            self.query_one(Film).say(f"{error.message}\n{error.hint}")

    def _show(self, answer: PlaygroundAnswer) -> None:
        self.answer = answer
        self.epoch = self.epoch or answer.epoch
        names = dict(zip(("x", "y"), (axis.name for axis in answer.axes), strict=True))
        if self.view.axes == "features":
            self.view = self.view.model_copy(update=names)
        self._say(epoch_line(self.run_number, self.settings, answer))
        self.query_one(Film).show(answer, "Regions")
        chart = self.query_one(LineChart)
        chart.show(curve_series(answer), x_max=float(answer.epochs))
        chart.read_at(float(answer.epoch))
        room = self.query_one("#beside").size.width - 2
        self.query_one("#matrix", Static).update(of_blocks(matrix_blocks(answer, room), room))

    def _say(self, line: Line) -> None:
        self.query_one("#epoch", Static).update(content([line]))

    # -- keys ----------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """So many epochs on."""
        if self.answer is not None:
            self._stop()
            self._go(self.epoch + step)

    def action_go(self, epoch: int) -> None:
        """To this epoch; 0 is the last."""
        if self.answer is not None:
            self._stop()
            self._go(epoch or self.answer.epochs)

    def _go(self, epoch: int) -> None:
        assert self.answer is not None
        self.epoch = max(1, min(self.answer.epochs, epoch))
        self._ask()

    def action_play(self) -> None:
        """Play, or pause."""
        if self._playing is not None:
            self._stop()
        elif self.answer is not None:
            if self.epoch >= self.answer.epochs:
                self._go(1)
            self._playing = self.set_interval(1 / FRAMES, self._next)

    def _next(self) -> None:
        """The next epoch once the last one is shown."""
        answer = self.answer
        if answer is None or self._query.open:
            return
        if self.epoch >= answer.epochs:
            self._stop()
        else:
            # of a long training every second or third epoch is there
            self._go(self.epoch + 1)

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def action_axis(self, up: int) -> None:
        """The next feature for an axis; after the last the principal components."""
        if self.answer is None or not self.answer.choices:
            return
        name, choices = ("y" if up else "x"), self.answer.choices
        if self.view.axes == "components":
            self.view = self.view.model_copy(update={"axes": "features"})
        else:
            place = choices.index(getattr(self.view, name)) + 1
            if place == len(choices):
                self.view = self.view.model_copy(update={"axes": "components", name: choices[0]})
            else:
                self.view = self.view.model_copy(update={name: choices[place]})
        self._ask()

    def action_leave(self) -> None:
        """Back to the run."""
        self.app.pop_screen()
