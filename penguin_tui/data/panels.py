"""What is in the data, in panels: columns, classes, distributions, scatter, first rows."""

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engine.results.describe import ColumnFacts, DescribeResult
from penguin_tui.bars.keys import key_of
from penguin_tui.charts.grid import Drawing
from penguin_tui.data.class_balance import draw_balance
from penguin_tui.data.correlations import draw_correlations
from penguin_tui.data.feature_table import FeatureTable, details
from penguin_tui.data.histogram import draw_histogram
from penguin_tui.data.row_browser import RowBrowser
from penguin_tui.data.scatter_chart import ScatterChart
from penguin_tui.presentation.data_text import first_place
from penguin_tui.tables.row_table import RowTable
from penguin_tui.tables.text_lines import of_texts


class DataPanels(Container):
    """The panels, all in view or one at a time as the style sheet has it (class -shown)."""

    def __init__(self) -> None:
        super().__init__(id="panels")
        self._data: DescribeResult | None = None
        self._axes = {"x": "", "y": ""}

    def compose(self) -> ComposeResult:
        """The panels."""
        with Vertical(id="features"):
            yield FeatureTable(id="columns")
            yield Static(id="details", markup=False)
        yield Drawing(draw_balance, id="balance")
        yield Drawing(draw_histogram, id="histogram")
        yield ScatterChart(id="scatter")
        yield RowBrowser(id="rows")
        yield Drawing(draw_correlations, id="correlations")

    def show(self, data: DescribeResult, choice: Mapping[str, Any]) -> None:
        """Show these data of `choice`; column and axes that were chosen stay where they are."""
        self._data = data
        table, before = self.query_one(FeatureTable), self.column
        table.show(data.columns)
        if before is None or before.name not in {column.name for column in data.columns}:
            table.move_to(first_place(data))
        self._drawing("balance").show(data)
        self._drawing("correlations").show(data)
        self.rows.show(data, choice)
        features = data.scatter.features
        for place, name in enumerate(self._axes):
            if self._axes[name] not in features:
                self._axes[name] = features[min(place, len(features) - 1)] if features else ""
        self._show_scatter(data)
        self._show_column(data)

    def _show_scatter(self, data: DescribeResult) -> None:
        self._drawing("scatter").show(data, self._axes["x"], self._axes["y"])

    def _show_column(self, data: DescribeResult) -> None:
        column = self.column
        self._drawing("histogram").show(data, column.name if column else None)
        lines = details(column, data, self.exclude_key)
        self.query_one("#details", Static).update(of_texts(lines))

    def _drawing(self, name: str) -> Drawing:
        return self.query_one(f"#{name}", Drawing)

    def on_row_table_moved(self, message: RowTable.Moved) -> None:
        """Another column is selected."""
        message.stop()
        if self._data is not None:
            self._show_column(self._data)

    @property
    def rows(self) -> RowBrowser:
        """The panel of the rows."""
        return self.query_one(RowBrowser)

    @property
    def column(self) -> ColumnFacts | None:
        """The column that is selected."""
        return self.query_one(FeatureTable).current

    @property
    def exclude_key(self) -> str:
        """The key that excludes the selected column."""
        return key_of(self.query_one(FeatureTable), "data.exclude")

    def bring_up(self, name: str) -> Widget | None:
        """Show a panel where there is room for one; returns what in it takes keys, if anything."""
        # all rows have all the room
        self.set_class(name == "rows", "-browsing")
        for panel in self.children:
            shown = panel.id == name or (name == "features" and panel.id == "balance")
            panel.set_class(shown, "-shown")
        taking = {"features": "#columns", "scatter": "#scatter", "rows": "PagedTable"}.get(name)
        return self.query_one(taking) if taking else None

    def turn_axis(self, axis: str, step: int) -> None:
        """Another feature on an axis of the scatter chart, if there are others."""
        features = self._data.scatter.features if self._data else ()
        if self._data is not None and len(features) > 1:
            place = features.index(self._axes[axis])
            self._axes[axis] = features[(place + step) % len(features)]
            self._show_scatter(self._data)
