"""The trials of a search, the best on top; the cursor stays with its trial."""

from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from engine.planning.chosen_training import trial_settings
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.results.trials import (
    Ranked,
    ranked_trials,
    trial_cells,
    trial_columns,
)
from penguin_tui.tables.row_table import MOVES, RowTable

EMPTY = ("", "Trials are listed here as soon as they start.")


class TrialTable(RowTable[Ranked], inherit_bindings=False):
    """Rows that look different are repainted, and only those on screen are ever formatted."""

    BINDING_GROUP_TITLE = "Trials"
    # without j and k: k skips the running trial
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Load trial", id="trials.load",
                tooltip="Put the settings of this trial into the Train form."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__((), lambda _: (), lambda item: item.trial.number)
        # until a person moves the cursor it stays on the best one
        self._moved = False

    def move_to(self, index: int) -> None:
        """Put the cursor on a trial, with which it stays from now on."""
        self._moved = True
        super().move_to(index)

    def settings_under_cursor(self) -> dict[str, Any] | None:
        """Those of the trial."""
        return trial_settings(self.current.trial) if self.current is not None else None

    def show_state(self, record: RunRecord, state: RunState) -> None:
        """Show the trials of a search."""
        columns = trial_columns(record)
        self.set_columns([column for column, _ in columns], partial(trial_cells, columns))
        if not self._moved:
            self._items = ()
        self.show(ranked_trials(state), empty=EMPTY)
