"""The rows of the table of runs."""

import time
from collections.abc import Iterable

from engine.store import RunRecord
from penguin_tui.text import NOTHING, count, duration, harmless, interval, percent, when

HEAD = [
    "run", "kind", "name", "data", "protocol", "status",
    "val", "test", "epochs", "took", "begun",
]  # fmt: skip


def runs_rows(records: Iterable[RunRecord]) -> list[list[str]]:
    """A heading and a row for each run."""
    now = time.time()
    return [HEAD, *(_row(record, now) for record in records)]


def _row(record: RunRecord, now: float) -> list[str]:
    return [
        str(record.id),
        record.kind,
        harmless(record.name, 24) or NOTHING,
        harmless(record.data, 24),
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
    return f"{interval(record.test_accuracy)} ×{record.test_scorings}{leaks}"


def _epochs(record: RunRecord) -> str:
    if record.epochs_planned is None:
        return NOTHING
    if record.live:
        return f"{count(record.epochs_run)} of {count(record.epochs_planned)}"
    return count(record.epochs_run)
