"""The confusion matrix, the rows behind a cell of it, and the card of one of them."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from engine.errors import EngineError
from engine.results.epoch_confusion import EpochConfusion, EpochConfusions
from engine.results.row_card import CellRow, CellRows, RowCard
from engine.results.scores import ConfusionMatrix as Counts
from engine.results.scores import Scored, TrainResult
from engine.runs.state import RunState
from engine.specs.kinds.about_run import AboutRun
from engine.specs.kinds.epoch_confusion import EpochConfusionQuestion
from engine.specs.kinds.row_card import CellRowsQuestion, RowCardQuestion
from engine.store.records import RunRecord
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.engine_link.query import Query
from penguin_tui.presentation.blocks import Line, line, muted
from penguin_tui.presentation.results.row_card import (
    card_blocks,
    cell_cells,
    cell_columns,
    cell_lines,
)
from penguin_tui.run.confusion_matrix import ConfusionMatrix
from penguin_tui.run.epoch_line import EpochLine
from penguin_tui.tables.row_table import MOVES, RowTable
from penguin_tui.tables.text_blocks import TextBlocks
from penguin_tui.tables.text_lines import content

# what is shown, each opened by Enter from the one before
STEPS = ("matrix", "rows", "card")
# lines below the matrix: its epoch, and what is said of it
BELOW = 3


class CellTable(RowTable[CellRow], inherit_bindings=False):
    """The rows that a cell counts."""

    BINDING_GROUP_TITLE = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Open", id="cell.card",
                tooltip="All about this row: its values beside those of each class, what is near."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__((), lambda _: (), lambda own: own.row)


class ConfusionPane(Container):
    """Enter goes in, Esc comes out."""

    BINDING_GROUP_TITLE = "Confusion"
    DEFAULT_CSS = """
    ConfusionPane {
        height: 1fr;
        #cell-says, #matrix-says { height: auto; padding: 0 1; }
        #confusion-matrix, #confusion-rows { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="confusion.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._record: RunRecord | None = None
        self._state = RunState()
        self._result: Scored | None = None
        self._epochs: dict[int, EpochConfusion] = {}
        # the epochs that the engine is training for
        self._awaited = range(0)
        self.step = "matrix"

    def compose(self) -> ComposeResult:
        """The matrix with its epoch, the rows of a cell, and the card of a row."""
        with Vertical(id="confusion-matrix"):
            yield ConfusionMatrix()
            yield EpochLine()
            yield Static("", id="matrix-says", markup=False)
        with Vertical(id="confusion-rows"):
            yield Static("", id="cell-says", markup=False)
            yield CellTable()
        yield TextBlocks("Row")

    def on_mount(self) -> None:
        """The matrix first."""
        app = cast(LinkedApp, self.app)
        self._queries = {
            kind: Query(app, kind, f"confusion {kind}", self, self._refused)
            for kind in ("cell_rows", "row_card", "epoch_confusion")
        }
        self._see("matrix")
        self.query_one(EpochLine).display = False

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        if isinstance(self.app, LinkedApp):
            for query in self._queries.values():
                query.withdraw()

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show a run's matrix."""
        self._record, self._state = record, state
        result = state.result if isinstance(state.result, Scored) else None
        epochs = self.query_one(EpochLine)
        if isinstance(result, TrainResult) and record.kind == "train" and result.epochs_run > 1:
            epochs.display = True
            epochs.begin(result.epoch_kept, result.epochs_run)
        if result is not self._result or result is None or epochs.at_kept:
            self._result = result
            self.query_one(ConfusionMatrix).show(record, state)

    def on_resize(self, event: events.Resize) -> None:
        """The epoch stays in sight below a matrix of many classes."""
        self.query_one(ConfusionMatrix).styles.max_height = max(6, event.size.height - BELOW)

    # -- other epochs ---------------------------------------------------------------------------

    def on_epoch_line_moved(self, message: EpochLine.Moved) -> None:
        """The matrix after that epoch: known, or asked of the engine."""
        message.stop()
        self._show_epoch()
        self._ask_epoch()

    def _ask_epoch(self) -> None:
        """Ask for the epoch, unless it is known or under way: a key begins no training anew."""
        epochs, result = self.query_one(EpochLine), self._result
        if epochs.at_kept or result is None or self._record is None:
            return
        if epochs.epoch not in self._epochs and epochs.epoch not in self._awaited:
            self._ask("epoch_confusion", partial(EpochConfusionQuestion, epoch=epochs.epoch))
            asked = EpochConfusionQuestion(home="", run=self._record.id, epoch=epochs.epoch)
            self._awaited = asked.window(len(result.confusion.labels))

    def _show_epoch(self) -> None:
        epochs, matrix = self.query_one(EpochLine), self.query_one(ConfusionMatrix)
        found, result = self._epochs.get(epochs.epoch), self._result
        if result is None or self._record is None:
            return
        if epochs.at_kept:
            matrix.show(self._record, self._state)
        elif found is not None:
            labels, train = result.confusion.labels, found.train
            counts = Counts(labels=labels, train=train, validation=found.validation, test=None)
            matrix.show_counts(counts, matrix.shown_set)
        epochs.note("" if found is not None or epochs.at_kept else "training again …")

    # -- rows and cards -------------------------------------------------------------------------

    def on_confusion_matrix_cell_chosen(self, message: ConfusionMatrix.CellChosen) -> None:
        """The rows of a cell, which are known of the network that was kept."""
        message.stop()
        epochs = self.query_one(EpochLine)
        if epochs.display and not epochs.at_kept:
            self._say([muted("The rows are known of the epoch that was kept: End on its line.")])
            return
        self._ask(
            "cell_rows",
            partial(
                CellRowsQuestion, data_set=message.data_set, actual=message.actual,
                predicted=message.predicted,
            ),
        )  # fmt: skip

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        """The card of a row."""
        message.stop()
        self._ask("row_card", partial(RowCardQuestion, row=message.item.row))

    def _ask(self, kind: str, question: Callable[..., AboutRun]) -> None:
        record = self._record
        if record is not None:
            # what was asked before is not waited for any more
            self._awaited = range(0)
            for query in self._queries.values():
                query.withdraw()
            rule = record.decision_rule_json or ""
            self._queries[kind].put(
                lambda store: question(home=str(store.home), run=record.id, rule=rule)
            )

    def on_query_progress(self, message: QueryProgress) -> None:
        """What the engine is busy with."""
        if message.phase and message.query == self._queries["epoch_confusion"].number:
            self.query_one(EpochLine).note(f"{message.phase} …")
        elif message.phase:
            self._say([muted(f"{message.phase} …")])

    def on_query_answered(self, message: QueryAnswered) -> None:
        """Show the answer, or why there is none."""
        if message.query not in [query.number for query in self._queries.values()]:
            return
        answer = message.answer
        self._say([])
        if isinstance(answer, EpochConfusions):
            self._awaited = range(0)
            self._epochs |= {own.epoch: own for own in answer.epochs}
            self._show_epoch()
        elif isinstance(answer, CellRows):
            table = self.query_one(RowTable)
            table.set_columns(cell_columns(answer), partial(cell_cells, answer))
            table.show(answer.rows)
            table.move_to(0)
            self.query_one("#cell-says", Static).update(content(cell_lines(answer)))
            self._see("rows")
        elif isinstance(answer, RowCard):
            self._see("card")
            card = self.query_one(TextBlocks)
            self.call_after_refresh(lambda: card.fill(card_blocks(answer)))
        elif isinstance(answer, EngineError):
            self._refused(answer)

    def _refused(self, error: EngineError) -> None:
        self._awaited = range(0)
        self._say([line(error.message), muted(error.hint)])

    def _say(self, lines: list[Line]) -> None:
        says = self.query_one("#matrix-says" if self.step == "matrix" else "#cell-says", Static)
        if lines or self.step == "matrix":
            says.update(content(lines))

    def _see(self, step: str) -> None:
        """Show one of `STEPS`, and give it the keys where the one before had them."""
        had_focus = self.has_focus_within
        self.step = step
        views = (
            self.query_one("#confusion-matrix"), self.query_one("#confusion-rows"),
            self.query_one(TextBlocks),
        )  # fmt: skip
        for name, view in zip(STEPS, views, strict=True):
            view.display = name == step
        if had_focus:
            focused = (ConfusionMatrix, RowTable, TextBlocks)[STEPS.index(step)]
            self.query_one(focused).focus(scroll_visible=False)

    def action_back(self) -> None:
        """One step out."""
        self._see(STEPS[STEPS.index(self.step) - 1])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """From the matrix, escape belongs to the screen."""
        return self.step != "matrix" if action == "back" else True
