"""A data set in tables: classes, columns, statistics, and how the file was read."""

from collections.abc import Iterator

from engine.results.describe import ColumnFacts, DescribeResult, Statistics
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, line, pairs
from penguin_tui.presentation.results.network import rows_text
from penguin_tui.presentation.text import (
    NOTHING,
    clipped,
    count,
    counted,
    figure,
    percent,
    shortened,
)

LISTED_COLUMNS, LISTED_CLASSES = 60, 30
EXAMPLES, LABEL = 40, 30
# of more classes than these only the statistics of all rows are listed
CLASSES_APART = 8


def data_summary(record: RunRecord, state: RunState, result: DescribeResult) -> list[Block]:
    """Size and classes."""
    shown = result.classes[:LISTED_CLASSES]
    rows = [
        (label, count(number), percent(number / max(1, result.rows)))
        for label, (_, number) in zip(
            shortened([label for label, _ in shown], LABEL), shown, strict=True
        )
    ]
    more = len(result.classes) - len(rows)
    size = f"{counted(result.rows, 'row')}, {counted(len(result.columns), 'column')}"
    header = (f"class ({clipped(result.target, LABEL)})", "rows", "fraction")
    rest = f"{counted(more, 'more class', 'more classes')} in --json."
    notes = (line(rest),) if more > 0 else ()
    return [Block("Data", lines=(line(size),), header=header, rows=tuple(rows), notes=notes)]


def data_report(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """Columns, statistics, split and reading."""
    result = state.result
    if not isinstance(result, DescribeResult):
        return
    shown = result.columns[:LISTED_COLUMNS]
    more = len(result.columns) - len(shown)
    warnings = [
        line(f"! {clipped(column.name, LABEL)}: {column.warning}")
        for column in result.columns
        if column.warning
    ]
    if more:
        warnings.insert(0, line(f"{counted(more, 'more column')} in --json."))
    yield Block(
        "Columns",
        header=("column", "role", "type", "examples", "missing", "distinct"),
        rows=tuple(map(_column, shown)),
        left=4,
        notes=tuple(warnings),
    )
    yield Block(
        "Statistics",
        header=("feature", "class", "rows", "mean", "std", "min", "median", "max"),
        rows=tuple(row for column in shown for row in _statistics(column)),
        left=2,
    )
    reading = ", ".join(f"{name} {clipped(text, 40)}" for name, text in result.file_format.items())
    notes = [line(f"Note: {note}") for note in result.notes]
    yield pairs("Reading", [("split", rows_text(result.split_rows)), ("read as", reading)], notes)


def _column(column: ColumnFacts) -> tuple[str, ...]:
    examples = clipped(", ".join(column.examples), EXAMPLES)
    missing, distinct = count(column.missing), count(column.distinct)
    return clipped(column.name, LABEL), column.role, column.type, examples, missing, distinct


def _statistics(column: ColumnFacts) -> Iterator[tuple[str, ...]]:
    """Every class where there are few, else all rows together."""
    shown = column.statistics
    if len(shown) > CLASSES_APART:
        shown = tuple(one for one in shown if not one.label)
    for place, one in enumerate(shown):
        name = "" if place else clipped(column.name, LABEL)
        yield name, clipped(one.label, LABEL) or "all", count(one.rows), *_figures(one)


def _figures(one: Statistics) -> tuple[str, ...]:
    values = (one.mean, one.std, one.minimum, one.median, one.maximum)
    return tuple(figure(value) if one.rows else NOTHING for value in values)
