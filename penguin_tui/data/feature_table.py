"""The columns of the data: what they are and what is in them."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from engine.results.describe import ColumnFacts, DescribeResult, Statistics
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.text import NOTHING, clipped, count, counted, figure
from penguin_tui.tables.row_table import RowTable

COLUMNS = (
    Column("name", "column", 18),
    Column("type", "type", 11),
    Column("missing", "missing", 7, right=True),
    Column("distinct", "distinct", 8, right=True, rank=2),
    Column("minimum", "min", 8, right=True),
    Column("mean", "mean", 8, right=True),
    Column("std", "std", 8, right=True, rank=4),
    Column("median", "median", 8, right=True, rank=3),
    Column("maximum", "max", 8, right=True),
)


# what a person at the command line has to do; here a key does it
EXCLUDE, INCLUDE = "Put it into exclude.", "To learn from it, put it into include."


class FeatureTable(RowTable[ColumnFacts]):
    """One row for each column of the file."""

    BINDING_GROUP_TITLE = "In the table of columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "screen.change('exclude')", "Exclude", id="data.exclude",
            tooltip="Exclude the column from the features, or include it again.",
        ),
        Binding(
            "enter", "choose", "Target, type", id="data.change",
            tooltip="Make the column the target, or read it as another type.",
        ),
    ]  # fmt: skip

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(COLUMNS, cells, lambda column: column.name, id=id)


def overall(column: ColumnFacts) -> Statistics | None:
    """The statistics over all rows, if the column has any."""
    return next((one for one in column.statistics if not one.label), None)


def cells(column: ColumnFacts) -> tuple[Cell, ...]:
    """A row of the table."""
    name = clipped(column.name, 60)
    look = "muted" if column.role == "excluded" else ""
    if column.warning:
        name, look = f"! {name}", look or "warning"
    if column.role == "target":
        name, look = f"{name} (target)", "accent"
    kind = column.type if column.role != "excluded" else "excluded"
    found = overall(column)
    figures = (
        ("", "", "", "", "")
        if found is None
        else tuple(
            figure(value)
            for value in (found.minimum, found.mean, found.std, found.median, found.maximum)
        )
    )
    missing = count(column.missing) if column.missing else NOTHING
    texts = (kind, missing, count(column.distinct), *figures)
    return ((name, look), *((text, "muted" if look == "muted" else "") for text in texts))


def details(column: ColumnFacts | None, data: DescribeResult, key: str) -> list[str]:
    """Lines about the selected column: its warning, what `key` does about it, examples."""
    if column is None:
        return []
    lines = []
    offer = f"{key} excludes it."
    name = clipped(column.name, 40)
    told = (
        clipped(column.warning, 300).replace(EXCLUDE, offer).replace(INCLUDE, f"{key} includes it.")
    )
    if column.role == "excluded" and INCLUDE not in column.warning:
        lines.append(f"{name} is excluded. {key} includes it again.")
    elif column.warning:
        lines.append(f"! {told}")
    if column.missing:
        share = 100 * column.missing / data.rows if data.rows else 0
        lines.append(f"{name}: {counted(column.missing, 'value')} missing ({share:.1f} %).")
    if column.examples:
        lines.append(f"{name}: {', '.join(clipped(one, 24) for one in column.examples)}")
    return lines
