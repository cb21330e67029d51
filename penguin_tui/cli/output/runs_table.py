"""The rows of the table of runs."""

import time
from collections.abc import Iterable

import click

from engine.store import RunRecord
from penguin_tui.cli.output.console import table, width
from penguin_tui.presentation.text import (
    NOTHING,
    count,
    duration,
    interval,
    percent,
    sanitize,
    when,
)

HEAD = [
    "run", "kind", "name", "data", "protocol", "status",
    "val", "test", "epochs", "took", "begun",
]  # fmt: skip


# left out one by one where a terminal is too narrow for all of them
SPARE = ("took", "epochs", "data", "protocol", "begun", "name")
TO_THE_RIGHT = ("run", "val", "epochs")


def runs_lines(records: Iterable[RunRecord], columns: int | None = None) -> list[str]:
    """A heading and a line for each run, no wider than `columns` if that can be."""
    now = time.time()
    rows = [HEAD, *(_row(record, now) for record in records)]
    lines = _lines(rows)
    for name in SPARE:
        if columns is None or max(width(click.unstyle(line)) for line in lines) <= columns:
            break
        place = rows[0].index(name)
        rows = [row[:place] + row[place + 1 :] for row in rows]
        lines = _lines(rows)
    return lines


def _lines(rows: list[list[str]]) -> list[str]:
    return table(rows, right=[i for i, name in enumerate(rows[0]) if name in TO_THE_RIGHT])


def _row(record: RunRecord, now: float) -> list[str]:
    return [
        str(record.id),
        record.kind,
        sanitize(record.name, 24) or NOTHING,
        sanitize(record.data, 24),
        "as published" if record.protocol == "as_published" else record.protocol,
        record.status,
        _validation(record),
        _test(record),
        _epochs(record),
        duration(record.seconds(now)),
        when(record.started or record.created, now),
    ]


def _validation(record: RunRecord) -> str:
    final = record.val_accuracy
    return percent(final.value if final else record.best_val_accuracy)


def _test(record: RunRecord) -> str:
    if record.test_accuracy is None:
        return NOTHING
    leaks = " leaks" if record.protocol == "as_published" else ""
    return f"{interval(record.test_accuracy)} ×{record.test_evaluations}{leaks}"


def _epochs(record: RunRecord) -> str:
    if record.epochs_planned is None:
        return NOTHING
    if record.live:
        return f"{count(record.epochs_run)} of {count(record.epochs_planned)}"
    return count(record.epochs_run)
