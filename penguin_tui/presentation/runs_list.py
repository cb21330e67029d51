"""How runs are listed: their columns, their order, and which of them a filter lets through."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.kinds import KINDS, label_of
from engine.store.records import RunRecord
from penguin_tui.presentation import text
from penguin_tui.presentation.blocks import flush
from penguin_tui.presentation.columns import Cell, Column, deal
from penguin_tui.presentation.data_text import is_of
from penguin_tui.presentation.runs.filter import RunFilter
from penguin_tui.presentation.settings_line import settings_line
from penguin_tui.presentation.words import (
    BASELINE,
    MAJORITY,
    OPTIMISTIC,
    OVER_ROWS,
    ROWS_95,
    STATUS_ROLES,
    chosen_epoch,
    evaluated,
    protocol_text,
    published,
)

_STATUS_ORDER = {status: place for place, status in enumerate(STATUS_ROLES)}
# of a name in a column that is printed as wide as it has to be
LONGEST = 500
# of a name, where its settings need the room
SHORT_NAME = 10
# before the number of a run of the chosen data
OF_CHOICE = "•"
# before the number of a run that is to be compared
MARKED = "✓"
BY_TEST = (
    "By test accuracy: the best of many is optimistic (selection bias). "
    "Choose by validation accuracy; the test set only measures the choice."
)


@dataclass(frozen=True, slots=True)
class RunColumn:
    """A column of the table of runs: how it is called, written and sorted.

    `cell` writes it as of a moment in seconds since 1970; `value` is what the
    column is sorted by, None for runs that have none; figures begin with the
    largest (`descending`), words with the first.
    """

    column: Column
    title: str
    cell: Callable[[RunRecord, float | None], Cell]
    value: Callable[[RunRecord], Any]
    descending: bool = True


def validation(record: RunRecord) -> float | None:
    """Validation accuracy of the network that was kept; None while there is none."""
    final = record.val_accuracy
    return final.value if final is not None else None


def best_epoch(record: RunRecord) -> str:
    """The best epoch's validation accuracy, marked where early stopping has chosen it."""
    if record.best_epoch_val_accuracy is None:
        return text.NOTHING
    return text.percent(record.best_epoch_val_accuracy) + f" {OPTIMISTIC}" * chosen_epoch(record)


def selection(record: RunRecord) -> str:
    """What a sweep or search has chosen by, and what that is the mean of."""
    if record.selection_score is None:
        return text.NOTHING
    return f"{text.percent(record.selection_score)} {record.selection_over or ''}".rstrip()


def _test(record: RunRecord, _: float | None) -> Cell:
    found = record.test_accuracy
    if found is None:
        return text.NOTHING, ""
    # figures of a leaking protocol are not to be compared with honest ones
    if published(record):
        return f"{text.percent(found.value)} as published", "warning"
    # the more often a held-out test set has been evaluated, the less its figure is worth
    return f"{text.interval(found)} ×{record.test_evaluations}", ""


def _protocol(record: RunRecord, _: float | None) -> Cell:
    return ("published", "warning") if published(record) else (record.protocol, "")


def _epochs(record: RunRecord) -> str:
    if record.epochs_planned is None:
        return text.NOTHING
    if record.live or record.epochs_run < record.epochs_planned:
        return f"{text.count(record.epochs_run)}/{text.count(record.epochs_planned)}"
    return text.count(record.epochs_run)


def _started(record: RunRecord) -> float:
    return record.started or record.created


RUN_COLUMNS = (
    RunColumn(
        Column("run", "run", 8, right=True), "number",
        lambda r, _: (str(r.id), "muted"), lambda r: r.id,
    ),
    RunColumn(
        Column("kind", "kind", 9), "kind",
        lambda r, _: (label_of(r.kind, short=True), ""), lambda r: r.kind, descending=False,
    ),
    RunColumn(
        Column("name", "name, settings", 0, rank=1, most=LONGEST, least=36), "name",
        lambda r, _: (described(r, LONGEST), ""),
        lambda r: r.name.casefold() or None, descending=False,
    ),
    RunColumn(
        Column("data", "data", 10, rank=8), "data",
        lambda r, _: (text.clipped(r.data, LONGEST), ""),
        lambda r: r.data.casefold(), descending=False,
    ),
    RunColumn(
        Column("protocol", "protocol", 9, rank=10), "protocol",
        _protocol, lambda r: r.protocol, descending=False,
    ),
    RunColumn(
        Column("status", "status", 11), "status",
        lambda r, _: (r.status, STATUS_ROLES.get(r.status, "")),
        lambda r: _STATUS_ORDER.get(r.status), descending=False,
    ),
    RunColumn(
        Column("validation", "validation", 11, right=True), "validation accuracy",
        lambda r, _: (text.percent(validation(r)), ""), validation,
    ),
    RunColumn(
        Column("majority", "majority", 8, right=True, rank=2), "accuracy of the majority class",
        lambda r, _: (text.percent(r.majority_accuracy), "muted"), lambda r: r.majority_accuracy,
    ),
    RunColumn(
        Column("baseline", "baseline", 8, right=True, rank=2), "baseline's validation accuracy",
        lambda r, _: (text.percent(r.baseline_accuracy), "muted"), lambda r: r.baseline_accuracy,
    ),
    RunColumn(
        Column("best_epoch", "best epoch", 18, right=True, rank=5), "best epoch",
        lambda r, _: (best_epoch(r), ""), lambda r: r.best_epoch_val_accuracy,
    ),
    RunColumn(
        Column("selection", "selection score", 22, right=True, rank=4), "selection score",
        lambda r, _: (selection(r), ""), lambda r: r.selection_score,
    ),
    RunColumn(
        Column("test", f"test, {ROWS_95}", 28, rank=3), "test accuracy",
        _test, lambda r: r.test_accuracy.value if r.test_accuracy is not None else None,
    ),
    RunColumn(
        Column("epochs", "epochs", 19, right=True, rank=6), "epochs",
        lambda r, _: (_epochs(r), ""), lambda r: r.epochs_run or None,
    ),
    RunColumn(
        Column("duration", "duration", 10, right=True, rank=7), "duration",
        lambda r, now: (text.duration(r.seconds(now)), ""), lambda r: r.seconds(),
    ),
    RunColumn(
        Column("started", "started", 12, rank=9), "start",
        lambda r, now: (text.when(_started(r), now), "muted"), _started,
    ),
)  # fmt: skip
BY_NAME = {one.column.name: one for one in RUN_COLUMNS}
COLUMNS = tuple(one.column for one in RUN_COLUMNS)


def cells(
    record: RunRecord,
    now: float | None = None,
    choice: Mapping[str, Any] | None = None,
    room: int = LONGEST,
    *,
    marked: bool = False,
) -> tuple[Cell, ...]:
    """A cell for each of `COLUMNS`; signs before the number: of the chosen data, `marked`.

    In `room` terminal cells of the second column a name leaves its settings as much as they need.
    """
    number, kind, _, *others = (one.cell(record, now) for one in RUN_COLUMNS)
    if choice is not None and is_of(record, choice):
        number = f"{OF_CHOICE}{record.id}", "accent"
    if marked:
        number = f"{MARKED}{number[0]}", "accent"
    return (number, kind, (described(record, room), ""), *others)


def columns_of(records: Sequence[RunRecord], *, marked: bool = False) -> tuple[Column, ...]:
    """`COLUMNS` of these records, some of them `marked`: as wide as numbers and statuses are."""
    signs = f"{MARKED if marked else ''}{OF_CHOICE}"
    longest = {
        "run": len(f"{signs}{max((r.id for r in records), default=0)}"),
        "status": max((len(r.status) for r in records), default=0),
    }
    return tuple(
        replace(c, width=max(longest[c.name], len(c.title) + 1)) if c.name in longest else c
        for c in COLUMNS
    )


def printed(records: Sequence[RunRecord], now: float, room: int | None) -> list[str]:
    """A heading and a line for each run in `room` terminal cells, or as wide as they are.

    Where room is short the same columns are dropped as on screen.
    """
    rows = [tuple(c.title for c in COLUMNS), *(tuple(t for t, _ in cells(r, now)) for r in records)]
    widths = [max(map(text.cell_width, column)) for column in zip(*rows, strict=True)]
    sized = [replace(c, width=width) for c, width in zip(COLUMNS, widths, strict=True)]
    # the first column stands at the edge: no cell is kept for a cursor
    shown = {c.name for _, c, _ in deal(sized, room + 1)} if room is not None else set(BY_NAME)
    kept = [place for place, column in enumerate(COLUMNS) if column.name in shown]
    return flush([[row[i] for i in kept] for row in rows], [COLUMNS[i].right for i in kept])


def arranged(
    records: Sequence[RunRecord],
    chosen: RunFilter,
    column: str,
    descending: bool,
    now: float | None = None,
) -> list[RunRecord]:
    """The records that a filter lets through, sorted.

    Summaries of data are no experiments: they are listed when a filter names them.
    Those without the figure come last whichever way it goes, except that live
    runs always stand on top: they are what one looks for.
    """
    kept = [r for r in records if chosen.matches(r, now)]
    summaries = {name for name, kind in KINDS.items() if not kind.is_experiment}
    if not summaries & chosen.words:
        kept = [r for r in kept if is_experiment(r)]
    value = BY_NAME[column].value
    # two stable sorts: newest first among equals, and missing ones last in both directions
    kept.sort(key=lambda r: r.id, reverse=True)
    with_value = [r for r in kept if value(r) is not None]
    with_value.sort(key=lambda r: _comparable(value(r)), reverse=descending)
    without = [r for r in kept if value(r) is None]
    found = with_value + without
    return [r for r in found if r.live] + [r for r in found if not r.live]


def chooses_by_test(chosen: RunFilter, column: str) -> bool:
    """Whether runs are sorted or let through by what they came to on the test set."""
    return column == "test" or "test_accuracy" in chosen.names


def order_text(found: str, column: str, descending: bool, keys: str) -> str:
    """How many runs were `found`, and by what they are sorted; `keys` change that."""
    by = BY_NAME[column]
    ways = ("largest first", "smallest first") if by.descending else ("backwards", "in order")
    return f"{found} · by {by.title}, {ways[not descending]} ({keys})"


def described(record: RunRecord, room: int) -> str:
    """What tells a run from its neighbour in `room` terminal cells: name, tags, settings.

    The name gives way first, but for its beginning.
    """
    settings = "" if record.unreadable is not None else settings_line(record.spec)
    settings = " · ".join(filter(None, (tags_text(record.tags), settings)))
    left = room - text.cell_width(settings) - 3
    name = text.clipped(record.name, max(SHORT_NAME, left) if settings else room)
    return text.clipped(" · ".join(filter(None, (name, settings))) or text.NOTHING, room)


def tags_text(tags: Iterable[str]) -> str:
    """Tags as a person reads them: "#final #paper"."""
    return " ".join(f"#{tag}" for tag in tags)


def is_experiment(record: RunRecord) -> bool:
    """Whether a run is one of those that are compared; summaries of data are not."""
    kind = KINDS.get(record.kind)
    return kind is None or kind.is_experiment


def _comparable(value: Any) -> Any:
    return -math.inf if isinstance(value, float) and math.isnan(value) else value


def details(record: RunRecord, now: float | None = None) -> list[str]:
    """What the table has no room for, line by line."""
    accuracy, test = validation(record), record.test_accuracy
    majority, baseline = record.majority_accuracy, record.baseline_accuracy
    first = [
        f"run {record.id}",
        described(record, LONGEST),
    ]
    origin = [
        f"{record.data}, target {record.target}",
        protocol_text(record),
        f"started {text.when(_started(record), now)}",
        f"duration {text.duration(record.seconds(now))}" if record.started else "",
    ]
    figures = [
        f"validation {text.percent(accuracy)}" if accuracy is not None else "",
        f"{MAJORITY} {text.percent(majority)}" if majority is not None else "",
        f"{BASELINE} {text.percent(baseline)}" if baseline is not None else "",
        f"best epoch {best_epoch(record)}" if record.best_epoch_val_accuracy is not None else "",
        f"selection score {selection(record)}" if record.selection_score is not None else "",
        f"test {text.interval(test)}, {OVER_ROWS}, test set {evaluated(record)}" if test else "",
        text.counted(record.parameters, "parameter") if record.parameters is not None else "",
        f"{_epochs(record)} epochs" if record.epochs_planned is not None else "",
    ]
    lines = [" · ".join(filter(None, line)) for line in (first, origin, figures)]
    lines.append(f"{record.message} {record.hint}".strip())
    lines.append(f"note: {record.note}" if record.note else "")
    return [line for line in lines if line]
