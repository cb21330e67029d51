"""The playground: turn a setting and see at once what it does to learning and to the regions."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engine.client.checking import with_absolute_path
from engine.errors import EngineError
from engine.results.playground import PlaygroundAnswer
from engine.specs.kinds.playground import CompileQuestion, PlaneView, PlaygroundQuestion
from penguin_tui.charts.line_chart import LineChart
from penguin_tui.charts.region_chart import RegionChart
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.playground.compile_ahead import CompileAhead
from penguin_tui.playground.curve import show_curve
from penguin_tui.playground.from_form import question_from_form
from penguin_tui.playground.into_form import load_into_form
from penguin_tui.playground.looks import Looks
from penguin_tui.playground.paced_query import PacedQuery
from penguin_tui.playground.panes import TABS, PlaygroundPanes
from penguin_tui.playground.row_pane import RowPane
from penguin_tui.playground.slider_list import SliderList
from penguin_tui.playground.sliders import Known, neighbours
from penguin_tui.presentation.results.best_settings import evaluation_of
from penguin_tui.presentation.results.playground import head_lines
from penguin_tui.run.row_fields import RowFields
from penguin_tui.screens.base import WorkScreen
from penguin_tui.tables.steady_text import SteadyText
from penguin_tui.tables.text_lines import content

# a question that has been open for longer is replaced by the next key
PATIENCE = 3.0
WAITING = "Waiting for the engine, which trains five networks at each key …"


class PlaygroundScreen(WorkScreen):
    """Settings on the left; regions, curve or row on the right."""

    PLACE = "playground"
    AUTO_FOCUS: ClassVar[str | None] = "SliderList"
    DEFAULT_CSS = """
    PlaygroundScreen {
        #scores { height: auto; max-height: 5; padding: 0 1; }
        #play { height: 1fr; }
        #left { width: 36; }
        &.-wide #left { width: 44; }
        SliderList { height: 1fr; }
        &.-tall SliderList { height: 19; }
        #about, #small-curve { display: none; }
        &.-tall #about { display: block; height: 3; padding: 0 1; color: $foreground 65%; }
        &.-tall #small-curve { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"tab('{name}')", title, show=False, id=f"play.{name}")
            for key, name, title in TABS
        ),
        Binding("right_square_bracket", "turn_tab(1)", "Next tab", show=False,
                id="play.next_tab", key_display="]", tooltip="Go to the next tab."),
        Binding("left_square_bracket", "turn_tab(-1)", "Previous tab", show=False,
                id="play.previous_tab", key_display="[", tooltip="Go to the previous tab."),
        Binding("t", "to_train", "Load into Train", id="play.train",
                tooltip="Put these settings into the Train form."),
        Binding("percent_sign", "evaluate", "Evaluate", id="play.evaluate", key_display="%",
                tooltip="Put these settings into the Evaluate form: many splits, other models."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.question = question_from_form(self.workbench)
        self.answer: PlaygroundAnswer | None = None
        # what that was asked
        self._answers = self.question
        self._error = ""
        self._looks = Looks(self.workbench.validation_looks)

    def compose_body(self) -> Iterable[Widget]:
        """Scores, settings, and what they do."""
        yield SteadyText("", id="scores", markup=False)
        with Horizontal(id="play"):
            with Vertical(id="left"):
                yield SliderList(self.question)
                yield Static("", id="about", markup=False)
                yield LineChart("Accuracy", empty="", unit="%", id="small-curve")
            yield PlaygroundPanes()
        yield CompileAhead()

    def on_mount(self) -> None:
        """Ask for the first picture once there is a size."""
        self._query = PacedQuery[PlaygroundQuestion](
            self.workbench, "playground", self, self._refused, patience=PATIENCE
        )
        for chart in self.query(LineChart):
            chart.can_focus = False
        self._describe()
        self.query_one(RegionChart).say(WAITING)
        self.watch(self.app, "data_choice", self._data_chosen, init=False)

    def on_screen_resume(self) -> None:
        """Ask anew: the window may have another size."""
        self.call_after_refresh(self._send)

    def on_screen_suspend(self) -> None:
        """Nobody looks."""
        self._query.withdraw()
        self.query_one(CompileAhead).wait()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._query.withdraw()

    def on_resize(self) -> None:
        """Another number of cells fits."""
        if self.is_current:
            self.call_after_refresh(self._send)

    def _data_chosen(self, choice: dict[str, Any]) -> None:
        begun = question_from_form(self.workbench)
        if begun.data != self.question.data:
            view = self.question.view.model_copy(update={"x": "", "y": "", "cells": {},
                                                         "data_row": None})  # fmt: skip
            self.question = self.question.model_copy(update={"data": begun.data, "view": view})
            self.query_one(SliderList).begin(self.question)
            self.query_one(RowPane).load()
            if self.is_current:
                self._send()

    # -- asking --------------------------------------------------------------------------------

    def on_slider_list_turned(self, message: SliderList.Turned) -> None:
        """Train anew; keys that come meanwhile are skipped but for the last."""
        message.stop()
        if message.question.toy != self.question.toy:
            self.query_one(RowPane).load()
        self._take(message.question)
        self._describe()

    def on_slider_list_stepped(self, message: SliderList.Stepped) -> None:
        """Say what the setting under the cursor is."""
        message.stop()
        self._describe()

    def on_row_fields_changed(self, message: RowFields.Changed) -> None:
        """The plane goes through another row."""
        message.stop()
        if message.data_row:
            self.query_one(RowPane).load()
        view = {"cells": message.cells, "data_row": message.data_row or None}
        self._look_at(self.question.view.model_copy(update=view))
        self._take(self.question)

    def _look_at(self, view: PlaneView) -> None:
        """Another view of the same networks, also for the settings."""
        sliders = self.query_one(SliderList)
        if sliders.question.view == self.question.view:
            sliders.show(sliders.question.model_copy(update={"view": view}))
        self.question = self.question.model_copy(update={"view": view})

    def _take(self, question: PlaygroundQuestion) -> None:
        self.question = question
        self.query_one(CompileAhead).wait()
        self._send()

    def _send(self) -> None:
        """Ask for the settings as they are now."""
        columns, rows = self.query_one(RegionChart).cells
        view = self.question.view.model_copy(update={"columns": columns, "rows": rows})
        question = self.question.model_copy(update={"view": view})
        self._query.follow(
            question,
            lambda _: question.model_copy(update={"data": with_absolute_path(question.data)}),
        )

    def on_query_progress(self, message: QueryProgress) -> None:
        """The engine reads the data, or compiles."""
        if message.query == self._query.number and message.phase != self._query.phase:
            self._query.progress(message.phase)
            self._write()

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show what the networks have learnt, or why there is nothing."""
        if message.query != self._query.number:
            return
        asked = self._query.asked
        self._query.answered()
        if isinstance(message.answer, PlaygroundAnswer) and asked is not None:
            self._answered(message.answer, asked)
        elif isinstance(message.answer, EngineError):
            self._say_refused(message.answer)

    def _answered(self, answer: PlaygroundAnswer, asked: PlaygroundQuestion) -> None:
        # a return to the screen repeats the query, and mostly nothing has changed; a row that is
        # chosen again is taken over in any case
        is_drawn = answer == self.answer and not self._error and self._panes.tab != "row"
        self.answer, self._answers, self._error = answer, asked, ""
        known = Known(answer.choices, answer.rows_most)
        view = self.question.view
        if view.axes == "features" and not (view.x and view.y):
            names = dict(zip(("x", "y"), (axis.name for axis in answer.axes), strict=True))
            self._look_at(view.model_copy(update=names))
        sliders = self.query_one(SliderList)
        # of its own question: a key that has just turned it has yet to come here
        sliders.show(sliders.question, known)
        self._looks.count(answer, asked)
        if is_drawn:
            self._write()
        else:
            self._show()
        if not self._query.open:
            now = self.question
            self.query_one(CompileAhead).soon(
                lambda: CompileQuestion(question=asked, networks=neighbours(now, known))
            )

    def _refused(self, error: EngineError) -> None:
        self._query.answered()
        self._say_refused(error)

    def _say_refused(self, error: EngineError) -> None:
        self._error = f"{error.message} {error.hint}".strip()
        if self.answer is None:
            self.query_one(RegionChart).say(f"{error.message}\n{error.hint}")
        self._write()

    # -- showing -------------------------------------------------------------------------------

    def _show(self) -> None:
        """Draw what is seen of the answer."""
        if self.answer is None:
            return
        self._write()
        show_curve(self.query_one("#small-curve", LineChart), self.answer)
        self._panes.show(self.answer)

    def _write(self) -> None:
        lines = head_lines(
            self.answer, self._answers, self._looks.at(self.answer) if self.answer else 0,
            error=self._error, phase=self._query.phase,
        )  # fmt: skip
        self.query_one("#scores", Static).update(content(lines))

    @property
    def _panes(self) -> PlaygroundPanes:
        return self.query_one(PlaygroundPanes)

    def _describe(self) -> None:
        self.query_one("#about", Static).update(self.query_one(SliderList).about, layout=False)

    def action_tab(self, name: str) -> None:
        """Show a tab."""
        self._panes.bring_up(name)
        self._show()
        # with the curve in sight, too, it is settings that one turns
        self.query_one(RowFields if name == "row" else SliderList).focus()

    def action_turn_tab(self, step: int) -> None:
        """The next tab, or the one before."""
        self.action_tab(self._panes.neighbour(step))

    def action_leave(self) -> None:
        """From a pane back to the settings."""
        self.query_one(SliderList).focus()

    # -- elsewhere -----------------------------------------------------------------------------

    def action_to_train(self) -> None:
        """The settings into the Train form."""
        load_into_form(self, self.question, lambda spec: spec)

    def action_evaluate(self) -> None:
        """The settings into the Evaluate form."""
        load_into_form(self, self.question, lambda spec: evaluation_of(spec, None))
