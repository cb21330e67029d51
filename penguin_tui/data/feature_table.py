"""The columns of the data: what they are and what is in them."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from engine.results import ColumnFacts, DescribeResult, Statistics
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.text import NOTHING, count, counted, figure, sanitize
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


# what the command line is told to do, and the same thing here
ADVICE = "Put it into exclude."
OFFER = "l leaves it out."


class FeatureTable(RowTable[ColumnFacts]):
    """One row for each column of the file."""

    BINDING_GROUP_TITLE = "In the table of columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "l", "screen.exclude", "Leave out", id="data.exclude",
            tooltip="Do not learn from this column; once more takes it back in.",
        ),
        Binding(
            "t", "screen.change_type", "Type", id="data.type",
            tooltip="Take the column for numbers, or for categories.",
        ),
        Binding(
            "g", "screen.take_target", "Target", id="data.target",
            tooltip="Make this column the class that is to be predicted.",
        ),
    ]  # fmt: skip

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(COLUMNS, cells, lambda column: column.name, id=id)


def overall(column: ColumnFacts) -> Statistics | None:
    """The statistics over all rows, if the column has any."""
    return next((one for one in column.statistics if not one.label), None)


def cells(column: ColumnFacts) -> tuple[Cell, ...]:
    """A row of the table."""
    name = sanitize(column.name, 60)
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


def details(column: ColumnFacts | None, data: DescribeResult) -> list[str]:
    """Lines about the selected column: its warning with the offer to leave it out, examples."""
    if column is None:
        return []
    lines = []
    name = sanitize(column.name, 40)
    if column.role == "excluded":
        lines.append(f"{name} is left out. l takes it back in.")
    elif column.warning:
        lines.append(f"! {sanitize(column.warning, 300).replace(ADVICE, OFFER)}")
    if column.missing:
        share = 100 * column.missing / data.rows if data.rows else 0
        lines.append(f"{name}: {counted(column.missing, 'value')} missing ({share:.1f} %).")
    if column.examples:
        lines.append(f"{name}: {', '.join(sanitize(one, 24) for one in column.examples)}")
    return lines
