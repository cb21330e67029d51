"""What a finished run leaves to look up: layers, coefficients, misclassified rows."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from engine.results import (
    BaselineResult,
    LayerRow,
    Misclassified,
    Scored,
    SearchResult,
    SweepResult,
    TrainResult,
)
from engine.runs.state import RunState
from engine.store import RunRecord
from penguin_tui.presentation.text import count, counted, figure, percent, short
from penguin_tui.tables.fact_table import FactTable

PARTS = {"train": "training", "validation": "validation", "test": "test"}


class TablePane(Vertical):
    """A line about the table, and the table; a subclass fills both."""

    EMPTY = ""
    LEFT = 1
    FIXED = 0
    DEFAULT_CSS = """
    TablePane {
        height: 1fr;
        Static { height: auto; padding: 0 1; color: $foreground 75%; }
    }
    """

    def compose(self) -> ComposeResult:
        """The line and the table."""
        yield Static(self.EMPTY, markup=False)
        yield FactTable(left=self.LEFT, fixed=self.FIXED)

    def fill(self, remark: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        """Show a remark and rows; without rows only the remark."""
        self.query_one(Static).update(remark)
        table = self.query_one(FactTable)
        table.display = bool(rows)
        table.fill(header, rows)

    def show(self, record: RunRecord, state: RunState) -> None:
        """Show what there is."""
        raise NotImplementedError


class LayerTable(TablePane):
    """Name, output shape and parameters of each layer."""

    EMPTY = "The layers are shown once the network is built."
    LEFT = 1

    def show(self, record: RunRecord, state: RunState) -> None:
        """From the network as it was built."""
        result = state.result
        layers: tuple[LayerRow, ...] = ()
        if isinstance(result, TrainResult | SweepResult | SearchResult):
            layers = result.layers
        elif state.network is not None:
            layers = state.network.layers
        if not layers:
            self.fill(self.EMPTY, (), [])
            return
        total = sum(layer.parameters for layer in layers)
        rows = [
            (layer.name, " × ".join(map(str, layer.output_shape)), count(layer.parameters))
            for layer in layers
        ]
        self.fill(
            f"{counted(len(layers), 'layer')}, {counted(total, 'parameter')}; the output shape"
            " is that of one row of the data.",
            ("layer", "output shape", "parameters"),
            rows,
        )


class CoefficientTable(TablePane):
    """Coefficients of the logistic regression: a row for each prepared feature."""

    EMPTY = "The coefficients are shown when the baseline has finished."
    FIXED = 1

    def show(self, record: RunRecord, state: RunState) -> None:
        """From the result."""
        result = state.result
        if not isinstance(result, BaselineResult):
            self.fill(self.EMPTY, (), [])
            return
        by_feature = list(zip(*result.coefficients, strict=True))
        rows = [
            (name, *map(_signed, values))
            for name, values in zip(result.features, by_feature, strict=True)
        ]
        rows.append(("(intercept)", *map(_signed, result.intercepts)))
        settled = "settled" if result.converged else "did not settle"
        self.fill(
            f"Above 0 speaks for the class, below 0 against it, on prepared features."
            f" The solver {settled} after {counted(result.iterations, 'iteration')}.",
            ("feature", *result.confusion.labels),
            rows,
        )


class MisclassifiedTable(TablePane):
    """The rows that were classified wrongly, with their values."""

    EMPTY = "Misclassified rows are shown when the run has finished."
    LEFT = 4
    FIXED = 1

    def show(self, record: RunRecord, state: RunState) -> None:
        """From the result."""
        result = state.result
        if not isinstance(result, Scored):
            self.fill(self.EMPTY, (), [])
            return
        found = sorted(result.misclassified, key=lambda one: (_ORDER[one.split], one.row))
        if not found:
            self.fill("Every row that was scored was classified rightly.", (), [])
            return
        names = tuple(found[0].values)
        header = ("row", "part", "actual", "predicted", "probability", *names)
        self.fill(_remark(result, len(found)), header, [_row(one, names) for one in found])


_ORDER = {"test": 0, "validation": 1, "train": 2}


def _remark(result: Scored, listed: int) -> str:
    wrong = 0
    for part in ("train", "validation", "test"):
        matrix = getattr(result.confusion, part)
        if matrix is not None:
            wrong += sum(map(sum, matrix)) - sum(matrix[i][i] for i in range(len(matrix)))
    more = f", {count(listed)} of them listed" if listed < wrong else ""
    return (
        f"{counted(wrong, 'row')} of all parts classified wrongly{more};"
        " the probability is that of the predicted class."
    )


def _row(one: Misclassified, names: tuple[str, ...]) -> tuple[str, ...]:
    values = (one.values.get(name) for name in names)
    return (
        count(one.row), PARTS[one.split], one.actual, one.predicted, percent(one.probability),
        *("missing" if v is None else short(v) if isinstance(v, float) else str(v)
          for v in values),
    )  # fmt: skip


def _signed(value: float) -> str:
    return f"{value:+.3f}" if abs(value) < 1000 else f"{'+' if value > 0 else ''}{figure(value)}"
