"""A row typed into a run: what it predicts follows each key."""

from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from engine.errors import EngineError
from engine.results.prediction import RowPrediction
from engine.results.scores import Scored
from engine.runs.state import RunState
from engine.specs.kinds.predict_row import PredictRowQuestion
from engine.store.records import RunRecord
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.engine_link.query import Query
from penguin_tui.run.row_answer import NO_NETWORK, answer_lines
from penguin_tui.run.row_fields import RowFields
from penguin_tui.tables.text_lines import content

WIDE = 130
# of the height, lines that are not for classes
BESIDE_CLASSES = 8


class PredictPane(Container):
    """The fields of a row, and the probability of each class above them, or beside them."""

    DEFAULT_CSS = """
    PredictPane {
        height: 1fr; layout: vertical;
        Static { width: 1fr; height: auto; padding: 0 1 1 1; }
        &.-wide { layout: horizontal; RowFields { width: 82; } }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._run: int | None = None
        self._rule = ""
        # the last one
        self.answer: RowPrediction | None = None
        self._loading = False

    def compose(self) -> ComposeResult:
        """The answer, and the fields of the row."""
        yield Static(NO_NETWORK, markup=False)
        yield RowFields()

    def on_mount(self) -> None:
        """Fields are there once the engine has said what the columns are."""
        self.query_one(RowFields).display = False
        self._query = Query(
            cast(LinkedApp, self.app), "predict_row", "predict a row", self, self._refused
        )

    def show(self, record: RunRecord, state: RunState) -> None:
        """Begin with a typical row once there is a network."""
        rule = record.decision_rule
        self._rule = rule.model_dump_json() if rule is not None else ""
        if self._run is None and isinstance(state.result, Scored):
            self._run = record.id
            self._say("waiting for the engine …")
            self._ask({}, 0)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._query.withdraw()

    def on_resize(self, event: events.Resize) -> None:
        """Beside each other where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")
        self._draw()

    def _ask(self, cells: dict[str, str], data_row: int) -> None:
        run, self._loading = self._run, bool(data_row)
        assert run is not None
        self._query.put(
            lambda store: PredictRowQuestion(
                home=str(store.home),
                run=run,
                cells=cells,
                data_row=data_row or None,
                rule=self._rule,
            )
        )

    def on_row_fields_changed(self, message: RowFields.Changed) -> None:
        """Ask what the run makes of the row as it is now."""
        message.stop()
        self._ask(message.cells, message.data_row)

    def on_query_progress(self, message: QueryProgress) -> None:
        """The engine reads the run's data, which it does for the first row alone."""
        if message.query == self._query.number and self.answer is None and message.phase:
            self._say(f"{message.phase} …")

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show the answer, or why there is none."""
        if message.query != self._query.number:
            return
        self._query.forget()
        if isinstance(message.answer, RowPrediction):
            self.answer = message.answer
            fields = self.query_one(RowFields)
            fields.fill(message.answer, loaded=self._loading)
            if not fields.display:
                fields.display = True
                if self.screen.focused is None or not self.screen.focused.is_on_screen:
                    fields.focus(scroll_visible=False)
                # beside the fields there is less room
                self.call_after_refresh(self._draw)
            self._draw()
        elif isinstance(message.answer, EngineError):
            self._refused(message.answer)

    def _refused(self, error: EngineError) -> None:
        self._say(f"{error.message}\n{error.hint}")

    def _say(self, text: str) -> None:
        self.query_one(Static).update(text)

    def _draw(self) -> None:
        if self.answer is not None:
            room = self.size.height if self.has_class("-wide") else self.size.height // 2
            most = max(3, room - BESIDE_CLASSES)
            answer = self.query_one(Static)
            width = answer.content_size.width or self.size.width
            answer.update(content(answer_lines(self.answer, most, width)))
