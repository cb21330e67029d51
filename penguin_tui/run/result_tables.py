"""What a finished run leaves to look up: layers, coefficients, misclassified rows."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from engine.results.scores import BaselineResult, Scored
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block
from penguin_tui.presentation.network import coefficients_block, layers_block
from penguin_tui.presentation.scores import misclassified_block
from penguin_tui.tables.fact_table import FactTable
from penguin_tui.tables.text_lines import content


class TablePane(Vertical):
    """A line about the table, and the table; a subclass names its block.

    `EMPTY` is shown while there is none; the first `FIXED` columns do not scroll.
    """

    EMPTY: ClassVar[str] = ""
    FIXED: ClassVar[int] = 1
    DEFAULT_CSS = """
    TablePane {
        height: 1fr;
        Static { height: auto; padding: 0 1; color: $foreground 75%; }
    }
    """

    def compose(self) -> ComposeResult:
        """The line and the table."""
        yield Static(self.EMPTY, markup=False)
        yield FactTable(fixed=self.FIXED)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show what there is."""
        block = self.block(state)
        self.query_one(Static).update(content(block.lines) if block.lines else self.EMPTY)
        table = self.query_one(FactTable)
        table.display = bool(block.rows)
        table.fill(block.header, block.rows, left=block.left)

    def block(self, state: RunState) -> Block:
        """What is shown of this state; an empty block for "not yet"."""
        raise NotImplementedError


class LayerTable(TablePane):
    """Name, output shape and parameters of each layer."""

    EMPTY = "The layers are shown once the network is built."
    FIXED = 0

    def block(self, state: RunState) -> Block:
        """The network as it was built."""
        return layers_block(state)


class CoefficientTable(TablePane):
    """Coefficients of the logistic regression: a row for each preprocessed feature."""

    EMPTY = "The coefficients are shown when the baseline has finished."

    def block(self, state: RunState) -> Block:
        """The result's coefficients."""
        result = state.result
        return coefficients_block(result) if isinstance(result, BaselineResult) else Block()


class MisclassifiedTable(TablePane):
    """The misclassified rows with the values of their features."""

    EMPTY = "Misclassified rows are shown when the run has finished."

    def block(self, state: RunState) -> Block:
        """The result's rows."""
        result = state.result
        return misclassified_block(result) if isinstance(result, Scored) else Block()
