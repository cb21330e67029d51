"""How runs are listed: their columns, their order, and which of them a filter lets through."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.kinds import KINDS
from engine.store.records import RunRecord
from penguin_tui.presentation import text
from penguin_tui.presentation.blocks import flush
from penguin_tui.presentation.columns import Cell, Column, deal
from penguin_tui.presentation.data_text import is_of
from penguin_tui.presentation.runs.columns import (
    LONGEST,
    RUN_COLUMNS,
    RunColumn,
    best_epoch,
    described,
    epochs,
    selection,
    started,
    validation,
)
from penguin_tui.presentation.runs.filter import RunFilter
from penguin_tui.presentation.words import (
    BASELINE,
    MAJORITY,
    OVER_ROWS,
    evaluated,
    protocol_text,
)

# before the number of a run of the chosen data
OF_CHOICE = "•"
# before the number of a run that is to be compared
MARKED = "✓"


def cells(
    record: RunRecord,
    now: float | None = None,
    choice: Mapping[str, Any] | None = None,
    room: int = LONGEST,
    *,
    columns: Sequence[RunColumn] = RUN_COLUMNS,
    marked: bool = False,
) -> tuple[Cell, ...]:
    """A cell for each column; signs before the number: of the chosen data, `marked`.

    In `room` terminal cells of its column a name leaves its settings as much as they need.
    """
    return tuple(
        _number(record, choice, marked) if one.column.name == "run"
        else (described(record, room), "") if one.column.name == "name"
        else one.cell(record, now)
        for one in columns
    )  # fmt: skip


def _number(record: RunRecord, choice: Mapping[str, Any] | None, marked: bool) -> Cell:
    own = OF_CHOICE if choice is not None and is_of(record, choice) else ""
    signs = f"{MARKED if marked else ''}{own}"
    return f"{signs}{record.id}", "accent" if signs else "muted"


def columns_of(
    records: Sequence[RunRecord],
    columns: Sequence[RunColumn] = RUN_COLUMNS,
    *,
    marked: bool = False,
) -> tuple[Column, ...]:
    """The columns of these records, some of them `marked`: as wide as numbers and statuses are."""
    signs = f"{MARKED if marked else ''}{OF_CHOICE}"
    longest = {
        "run": len(f"{signs}{max((r.id for r in records), default=0)}"),
        "status": max((len(r.status) for r in records), default=0),
    }
    return tuple(
        replace(c, width=max(longest[c.name], len(c.title) + 1)) if c.name in longest else c
        for c in (one.column for one in columns)
    )


def printed(
    records: Sequence[RunRecord],
    now: float,
    room: int | None,
    columns: Sequence[RunColumn] = RUN_COLUMNS,
) -> list[str]:
    """A heading and a line for each run in `room` terminal cells, or as wide as they are.

    Where room is short the same columns are dropped as on screen.
    """
    own = [one.column for one in columns]
    rows = [
        tuple(c.title for c in own),
        *(tuple(t for t, _ in cells(r, now, columns=columns)) for r in records),
    ]
    widths = [max(map(text.cell_width, column)) for column in zip(*rows, strict=True)]
    sized = [replace(c, width=width) for c, width in zip(own, widths, strict=True)]
    # the first column stands at the edge: no cell is kept for a cursor
    dealt = {c.name for _, c, _ in deal(sized, room + 1)} if room is not None else None
    kept = [place for place, c in enumerate(own) if dealt is None or c.name in dealt]
    return flush([[row[i] for i in kept] for row in rows], [own[i].right for i in kept])


def arranged(
    records: Sequence[RunRecord],
    chosen: RunFilter,
    column: RunColumn,
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
    value = column.value
    # two stable sorts: newest first among equals, and missing ones last in both directions
    kept.sort(key=lambda r: r.id, reverse=True)
    with_value = [r for r in kept if value(r) is not None]
    with_value.sort(key=lambda r: _comparable(value(r)), reverse=descending)
    without = [r for r in kept if value(r) is None]
    found = with_value + without
    return [r for r in found if r.live] + [r for r in found if not r.live]


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
        f"started {text.when(started(record), now)}",
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
        f"{epochs(record)} epochs" if record.epochs_planned is not None else "",
    ]
    lines = [" · ".join(filter(None, line)) for line in (first, origin, figures)]
    lines.append(f"{record.message} {record.hint}".strip())
    lines.append(f"note: {record.note}" if record.note else "")
    return [line for line in lines if line]
