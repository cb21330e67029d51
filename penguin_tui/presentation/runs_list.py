"""How runs are listed: their cells, their order, and which of them a filter lets through."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine.kinds import KINDS, label_of
from penguin_tui.presentation import text
from penguin_tui.presentation.columns import Cell, Column

if TYPE_CHECKING:
    from engine.store import RunRecord

COLUMNS = (
    Column("run", "run", 5, right=True),
    Column("kind", "kind", 9),
    Column("name", "name", 0, rank=1),
    Column("data", "data", 10, rank=5),
    Column("protocol", "protocol", 9, rank=7),
    Column("status", "status", 11),
    Column("validation", "best val.", 10, right=True),
    Column("test", "test, 95 % interval", 23, rank=2),
    Column("epochs", "epochs", 10, right=True, rank=3),
    Column("took", "took", 10, right=True, rank=4),
    Column("when", "when", 12, rank=6),
)
NAMES = tuple(column.name for column in COLUMNS)
TITLES = {
    "run": "number", "kind": "kind", "name": "name", "data": "data", "protocol": "protocol",
    "status": "status", "validation": "validation accuracy", "test": "test accuracy",
    "epochs": "epochs", "took": "duration", "when": "time",
}  # fmt: skip
# figures begin with the largest, words with the first
DESCENDING = frozenset({"run", "validation", "test", "epochs", "took", "when"})
_STATUS_STYLE = {
    "running": "accent", "queued": "muted", "paused": "warning", "stopping": "warning",
    "finished": "good", "stopped": "muted", "failed": "bad", "diverged": "bad",
    "lost": "bad", "interrupted": "warning",
}  # fmt: skip
_STATUS_ORDER = tuple(_STATUS_STYLE)


def cells(record: "RunRecord", now: float | None = None) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`."""
    published = record.protocol == "as_published"
    return (
        (str(record.id), "muted"),
        (label_of(record.kind, short=True), ""),
        (text.sanitize(record.name) if record.name else text.NOTHING, ""),
        (text.sanitize(record.data), ""),
        ("published" if published else record.protocol, "warning" if published else ""),
        (record.status, _STATUS_STYLE.get(record.status, "")),
        (text.percent(validation(record)), ""),
        (_test_cell(record, published), "warning" if published else ""),
        (_epochs(record), ""),
        (text.duration(record.seconds(now)), ""),
        (text.when(record.created, now), "muted"),
    )


def _test_cell(record: "RunRecord", published: bool) -> str:
    found = record.test_accuracy
    if found is not None and published:
        # figures of a leaking protocol are not to be compared with honest ones
        return f"{text.percent(found.value)} as published"
    # how often this sealed part has been scored: the more often, the less it is worth
    return (
        f"{text.interval(found)} ×{record.test_evaluations}" if found is not None else text.NOTHING
    )


def validation(record: "RunRecord") -> float | None:
    """The best epoch's validation accuracy, or without epochs the final one."""
    if record.best_val_accuracy is not None:
        return record.best_val_accuracy
    return record.val_accuracy.value if record.val_accuracy is not None else None


def _epochs(record: "RunRecord") -> str:
    if record.epochs_planned is None:
        return text.NOTHING
    if record.live or record.epochs_run < record.epochs_planned:
        return f"{text.count(record.epochs_run)}/{text.count(record.epochs_planned)}"
    return text.count(record.epochs_run)


def arranged(
    records: "Sequence[RunRecord]", words: str, column: str, descending: bool
) -> "list[RunRecord]":
    """The records that hold all `words`, sorted.

    Looks at data are no experiments: they are listed when a filter names them.
    Those without the figure come last whichever way it goes, except that runs at
    work always stand on top: they are what one looks for.
    """
    wanted = words.casefold().split()
    kept = [r for r in records if all(w in haystack(r) for w in wanted)]
    summaries = {name for name, kind in KINDS.items() if not kind.is_experiment}
    if not summaries & set(wanted):
        kept = [r for r in kept if is_experiment(r)]
    value = _VALUES[column]
    # two stable sorts: newest first among equals, and missing ones last in both directions
    kept.sort(key=lambda r: r.id, reverse=True)
    with_value = [r for r in kept if value(r) is not None]
    with_value.sort(key=lambda r: _comparable(value(r)), reverse=descending)
    without = [r for r in kept if value(r) is None]
    found = with_value + without
    return [r for r in found if r.live] + [r for r in found if not r.live]


def is_experiment(record: "RunRecord") -> bool:
    """Whether a run is one of those that are compared; summaries of data are not."""
    kind = KINDS.get(record.kind)
    return kind is None or kind.is_experiment


def haystack(record: "RunRecord") -> str:
    """What a filter looks into."""
    protocol = record.protocol.replace("_", " ")
    return (
        f"#{record.id} {record.kind} {label_of(record.kind, short=True)} {record.name}"
        f" {record.note} "
        f"{record.data} {record.target} {protocol} {record.protocol} {record.status}"
    ).casefold()


def _comparable(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return -math.inf
    return value


def _test(record: "RunRecord") -> float | None:
    found = record.test_accuracy
    return found.value if found is not None else None


_VALUES: "dict[str, Callable[[RunRecord], Any]]" = {
    "run": lambda r: r.id,
    "kind": lambda r: r.kind,
    "name": lambda r: r.name.casefold() or None,
    "data": lambda r: r.data.casefold(),
    "protocol": lambda r: r.protocol,
    "status": lambda r: _STATUS_ORDER.index(r.status),
    "validation": validation,
    "test": _test,
    "epochs": lambda r: r.epochs_run or None,
    "took": lambda r: r.seconds(),
    "when": lambda r: r.created,
}


def details(record: "RunRecord", now: float | None = None) -> list[str]:
    """What the table has no room for, line by line."""
    published = record.protocol == "as_published"
    protocol = "as published: leaks, not comparable" if published else record.protocol
    first = [
        f"run {record.id}",
        text.sanitize(record.name),
        f"{text.sanitize(record.data)}, target {text.sanitize(record.target)}",
        protocol,
        text.when(record.created, now),
        f"took {text.duration(record.seconds(now))}" if record.started else "",
    ]
    figures = [
        f"validation {text.percent(validation(record))}" if validation(record) is not None else "",
        f"test {text.interval(record.test_accuracy)}, this test part scored "
        f"{text.counted(record.test_evaluations, 'time')}"
        if record.test_accuracy is not None
        else "",
        f"{text.count(record.parameters)} parameters" if record.parameters is not None else "",
        f"{_epochs(record)} epochs" if record.epochs_planned is not None else "",
    ]
    lines = [" · ".join(filter(None, first)), " · ".join(filter(None, figures))]
    if record.message:
        lines.append(text.sanitize(f"{record.message} {record.hint}".strip()))
    if record.note:
        lines.append(text.sanitize(f"note: {record.note}"))
    return [line for line in lines if line]
