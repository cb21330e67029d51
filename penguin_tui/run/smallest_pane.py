"""The smallest network that does what a run's does: found when a person asks for it."""

from collections.abc import Sequence
from typing import ClassVar, Literal, cast

from textual.binding import Binding, BindingType

from engine.client.smallest import smallest_question
from engine.errors import EngineError
from engine.planning.chosen_training import training_of
from engine.results.smallest import SmallestResult
from engine.runs.state import RunState
from engine.specs.invalid import InvalidSpec
from engine.specs.kinds.train import TrainSpec
from engine.store.records import RunRecord
from penguin_tui.bars.keys import key_of
from penguin_tui.engine_link.linked_app import LinkedApp
from penguin_tui.engine_link.messages import QueryAnswered, QueryProgress
from penguin_tui.engine_link.query import Query
from penguin_tui.presentation.blocks import Block, line, muted, warning
from penguin_tui.presentation.results.smallest import as_sql, smallest_blocks
from penguin_tui.tables.text_blocks import TextBlocks

WITHIN: dict[Literal["se", "pp"], str] = {
    "se": "one standard error over seeds", "pp": "one percentage point",
}  # fmt: skip


class SmallestPane(TextBlocks):
    """What will be tried, how far it is, then the networks and the one that does it, written out.

    It takes many trainings, and so begins at a key and not when the tab is seen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "find", "Find", id="smallest.find",
                tooltip="Find the smallest network: fewest parameters first, five seeds each."),
        Binding("space", "within", "Setting", id="smallest.within",
                tooltip="As good is within one standard error, or within one percentage point."),
        Binding("escape", "cancel", "Cancel", id="smallest.cancel",
                tooltip="Give the trials up that are under way."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__("Smallest network")
        self._run: int | None = None
        self._training: TrainSpec | None = None
        self._within: Literal["se", "pp"] = "se"
        self._blocks: Sequence[Block] = ()
        self.searching = False
        self.found: SmallestResult | None = None

    def on_mount(self) -> None:
        """Nothing is asked yet."""
        app = cast(LinkedApp, self.app)
        self._query = Query(app, "smallest", "smallest", self, self._refused)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Another run, or one that has come to something, begins anew."""
        try:
            training = None if record.live else training_of(record.spec, state)
        except (EngineError, InvalidSpec):
            training = None
        if (record.id, training) == (self._run, self._training) and self._blocks:
            return
        self._run, self._training = record.id, training
        self._begin_anew()

    def on_resize(self) -> None:
        """Other lines fit."""
        self.fill(self._blocks)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._query.withdraw()

    def on_query_progress(self, message: QueryProgress) -> None:
        """How far it is."""
        if message.query == self._query.number and message.phase:
            self._say([muted(f"{message.phase} …")])

    def on_query_answered(self, message: QueryAnswered) -> None:
        """The networks, or why there are none."""
        if message.query != self._query.number:
            return
        if isinstance(message.answer, EngineError):
            self._refused(message.answer)
        elif isinstance(message.answer, SmallestResult):
            self.searching, self.found = False, message.answer
            self._blocks = list(smallest_blocks(message.answer))
            self.fill(self._blocks)
            self.refresh_bindings()

    def copied(self) -> str:
        """The network as an SQL query, its formula as comments."""
        return as_sql(self.found.written) if self.found is not None else ""

    def action_find(self) -> None:
        """Ask the engine."""
        training = self._training
        if training is None:
            return
        self.searching, self.found = True, None
        self._say([muted("waiting for the engine …")])
        question = smallest_question(training, self._within)
        self._query.put(lambda _: question)
        self.refresh_bindings()

    def action_within(self) -> None:
        """What counts as as good."""
        self._within = "pp" if self._within == "se" else "se"
        self._begin_anew()

    def action_cancel(self) -> None:
        """Give it up."""
        self._begin_anew()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        if action in ("find", "within"):
            return self._training is not None and not self.searching
        return self.searching if action == "cancel" else True

    def _begin_anew(self) -> None:
        if self.searching:
            self._query.withdraw()
        self.searching, self.found = False, None
        if self._training is None:
            self._say([line("The smallest network can be looked for when the run has ended.")])
        else:
            find, turn = (key_of(self, f"smallest.{name}") for name in ("find", "within"))
            hidden = ", ".join(map(str, self._training.hidden_layers)) or "none"
            self._say([
                line(f"{find} tries smaller networks than this one (hidden layers {hidden}),"
                     " from the fewest parameters on, five seeds each, until one is as good on the"
                     " validation rows."),
                line(f"As good: within {WITHIN[self._within]} ({turn} changes it)."),
                muted("One hidden layer of up to 8 units is written out as formula and SQL, none as"
                      " a scoring card too."),
            ])  # fmt: skip
        self.refresh_bindings()

    def _refused(self, error: EngineError) -> None:
        self.searching = False
        self._say([warning(error.message), muted(error.hint)])
        self.refresh_bindings()

    def _say(self, lines: Sequence[object]) -> None:
        self._blocks = [Block(lines=tuple(lines))]  # type: ignore[arg-type]
        self.fill(self._blocks)
