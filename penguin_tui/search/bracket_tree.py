"""Hyperband as a tree that can be folded, and how many of the planned epochs are spent."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from engine.planning.chosen_training import trial_settings
from engine.specs.kinds.searches import HyperbandSpec
from engine.store.records import RunRecord
from penguin_tui.presentation.results.brackets import (
    COLUMNS,
    Branch,
    branch_cells,
    branches,
    spent_text,
)
from penguin_tui.run.live_pane import LivePane
from penguin_tui.run.run_actions import TrialChosen
from penguin_tui.tables.row_table import MOVES, RowTable

EMPTY = ("", "The brackets are shown when the first trial starts.")


class BracketTree(RowTable[Branch], inherit_bindings=False):
    """The lines of the tree."""

    BINDING_GROUP_TITLE = "Brackets"
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "choose", "Fold or load", id="brackets.choose",
                tooltip="On a rung: hide or show its trials. On a trial: put its settings"
                " into the Train form."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(COLUMNS, branch_cells, lambda branch: branch.key)


class BracketPane(LivePane):
    """The tree, and how many of the planned epochs are spent."""

    BINDING_GROUP_TITLE = "Brackets"
    DEFAULT_CSS = """
    BracketPane {
        height: 1fr; layout: vertical;
        BracketTree { height: 1fr; }
        #brackets-say { height: auto; padding: 0 1; color: $foreground 75%; background: $surface; }
    }
    """
    PARTS = ("tree",)

    def __init__(self) -> None:
        super().__init__()
        self._folded: frozenset[tuple[int, int]] = frozenset()

    def compose(self) -> ComposeResult:
        """Tree and totals."""
        yield BracketTree()
        yield Static("", id="brackets-say", markup=False)

    def draw_part(self, name: str, record: RunRecord) -> None:
        """Show the tree."""
        spec = record.spec
        if not isinstance(spec, HyperbandSpec):
            return
        lines = branches(spec, self.state, record.live, self._folded)
        self.query_one(BracketTree).show(lines, empty=EMPTY)
        self.query_one("#brackets-say", Static).update(spent_text(self.state))

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        """Fold a rung, or take the settings of a trial."""
        message.stop()
        branch: Branch = message.item
        if branch.trial is not None:
            trial = self.state.trials[branch.trial]
            self.post_message(TrialChosen(trial_settings(trial)))
        elif branch.rung is not None:
            self._folded ^= {(branch.bracket, branch.rung)}
            self.draw_again()
