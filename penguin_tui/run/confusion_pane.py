"""The tab with the confusion matrix, which begins with the set that says most."""

from textual.app import ComposeResult
from textual.containers import Vertical

from engine.results.scores import Scored
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.words import TELLING, evaluated
from penguin_tui.run.confusion_matrix import ConfusionMatrix


class ConfusionPane(Vertical):
    """The test set's matrix first, or that of the set nearest to it."""

    DEFAULT_CSS = "ConfusionPane { height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: Scored | None = None

    def compose(self) -> ComposeResult:
        """The matrix."""
        yield ConfusionMatrix()

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show the result's matrix; of the same result the set that the person chose stays."""
        result = state.result if isinstance(state.result, Scored) else None
        part = None
        if result is not None and result is not self._shown:
            part = next(name for name in TELLING if getattr(result.confusion, name) is not None)
        self.query_one(ConfusionMatrix).show(
            result.confusion if result else None,
            part,
            evaluated(record.test_evaluations) if record.test_evaluations else "",
        )
        self._shown = result
