"""The summary of a `describe` run: columns, balance, statistics."""

from collections.abc import Iterator

from engine.results import ColumnFacts, DescribeResult, Statistics
from penguin_tui.cli.output.console import heading, table
from penguin_tui.presentation.text import NOTHING, count, figure, percent, sanitize

LISTED_COLUMNS = 60
LISTED_CLASSES = 30
EXAMPLES = 40
LABEL = 30


def describe_lines(result: DescribeResult) -> Iterator[str]:
    """The lines of the summary."""
    yield ""
    yield from _classes(result)
    yield ""
    yield from _columns(result)
    yield from _statistics(result)
    parts = ", ".join(f"{sanitize(part, 20)} {count(n)}" for part, n in result.split_rows.items())
    yield ""
    yield f"{heading('Split')}  {parts}"
    reading = ", ".join(f"{k} {sanitize(v, 40)}" for k, v in result.file_format.items())
    if reading:
        yield f"{heading('Read as')}  {reading}"
    for note in result.notes:
        yield f"Note: {sanitize(note)}"


def _classes(result: DescribeResult) -> Iterator[str]:
    rows = [[f"class ({sanitize(result.target, LABEL)})", "rows", "share"]]
    rows += [
        [sanitize(label, LABEL), count(number), percent(number / max(1, result.rows))]
        for label, number in result.classes[:LISTED_CLASSES]
    ]
    if len(result.classes) > LISTED_CLASSES:
        rows.append([f"{count(len(result.classes) - LISTED_CLASSES)} more", "", ""])
    rows.append(["all", count(result.rows), ""])
    yield from table(rows, right=(1, 2))


def _columns(result: DescribeResult) -> Iterator[str]:
    rows = [["column", "role", "type", "missing", "distinct", "examples"]]
    rows += [
        [
            sanitize(column.name, LABEL),
            column.role,
            column.type,
            count(column.missing),
            count(column.distinct),
            sanitize(", ".join(column.examples), EXAMPLES),
        ]
        for column in result.columns[:LISTED_COLUMNS]
    ]
    yield from table(rows, right=(3, 4))
    if len(result.columns) > LISTED_COLUMNS:
        yield f"{count(len(result.columns) - LISTED_COLUMNS)} more columns: see --json."
    for column in result.columns:
        if column.warning:
            yield f"{sanitize(column.name, LABEL)}: {sanitize(column.warning)}"


def _statistics(result: DescribeResult) -> Iterator[str]:
    numeric = [c for c in result.columns[:LISTED_COLUMNS] if c.statistics]
    if not numeric:
        return
    rows = [["feature", "class", "rows", "mean", "std", "min", "median", "max"]]
    for column in numeric:
        for number, line in enumerate(_shown(column)):
            rows.append([sanitize(column.name, LABEL) if not number else "", *_line(line)])
    yield ""
    yield from table(rows, right=range(2, 8))


def _shown(column: ColumnFacts) -> tuple[Statistics, ...]:
    """Every class where there are few, else all rows together."""
    if len(column.statistics) <= 8:
        return column.statistics
    return tuple(line for line in column.statistics if not line.label)


def _line(line: Statistics) -> list[str]:
    figures = (line.mean, line.std, line.minimum, line.median, line.maximum)
    label = sanitize(line.label, LABEL) or "all"
    return [
        label,
        count(line.rows),
        *(figure(value) if line.rows else NOTHING for value in figures),
    ]
