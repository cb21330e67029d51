"""The columns of the table of runs: those that it has by itself, and any setting or figure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.kinds import label_of
from engine.specs.invalid import Problem
from engine.store.records import RunRecord
from penguin_tui.presentation import text
from penguin_tui.presentation.columns import Cell, Column
from penguin_tui.presentation.runs.spec_words import spec_words
from penguin_tui.presentation.runs.values import (
    ABSENT,
    FIGURES,
    close_to,
    full_name,
    known_names,
    setting_named,
    stored_value,
)
from penguin_tui.presentation.setting_text import plain_value, setting_label
from penguin_tui.presentation.words import (
    ON_PURPOSE,
    OPTIMISTIC,
    ROWS_95,
    STATUS_ROLES,
    chosen_epoch,
    leaks_shown,
    published,
)

_STATUS_ORDER = {status: place for place, status in enumerate(STATUS_ROLES)}
# of a name in a column that is printed as wide as it has to be
LONGEST = 500
# of a name, where its settings need the room
SHORT_NAME = 10


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
    words = spec_words(record.spec_json)
    over = words.selection_over if words is not None else ""
    return f"{text.percent(record.selection_score)} {over}".rstrip()


def _test(record: RunRecord, _: float | None) -> Cell:
    found = record.test_accuracy
    if leaks_shown(record):
        return ON_PURPOSE, "warning"
    if found is None:
        return text.NOTHING, ""
    # figures of a leaking protocol are not to be compared with honest ones
    if published(record):
        return f"{text.percent(found.value)} as published", "warning"
    # the more often a held-out test set has been evaluated, the less its figure is worth
    return f"{text.interval(found)} ×{record.test_evaluations}", ""


def _protocol(record: RunRecord, _: float | None) -> Cell:
    if leaks_shown(record):
        return "leaks", "warning"
    return ("published", "warning") if published(record) else (record.protocol, "")


def epochs(record: RunRecord) -> str:
    """Those done, of a run that has not done all with those planned."""
    if record.epochs_planned is None:
        return text.NOTHING
    if record.live or record.epochs_run < record.epochs_planned:
        return f"{text.count(record.epochs_run)}/{text.count(record.epochs_planned)}"
    return text.count(record.epochs_run)


def started(record: RunRecord) -> float:
    """When the run began, or was put in the queue, in seconds since 1970."""
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
        lambda r, _: (epochs(r), ""), lambda r: r.epochs_run or None,
    ),
    RunColumn(
        Column("duration", "duration", 10, right=True, rank=7), "duration",
        lambda r, now: (text.duration(r.seconds(now)), ""), lambda r: r.seconds(),
    ),
    RunColumn(
        Column("started", "started", 12, rank=9), "start",
        lambda r, now: (text.when(started(r), now), "muted"), started,
    ),
)  # fmt: skip
BY_NAME = {one.column.name: one for one in RUN_COLUMNS}
# of a column that somebody has asked for
ASKED = 14


def read_columns(typed: str) -> tuple[tuple[RunColumn, ...], tuple[Problem, ...]]:
    """The columns of typed names, in their order, and what is wrong with the others.

    Names are those of the columns that there are by themselves, of settings, and of figures; none
    at all are the usual columns. The number of a run comes first.
    """
    names = typed.replace(",", " ").split()
    found = [(name, _named(name)) for name in names]
    problems = tuple(
        Problem(name, f"there is no such column{close_to(name, (*BY_NAME, *known_names()))}")
        for name, column in found
        if column is None
    )
    chosen = {column.column.name: column for _, column in found if column is not None}
    if not chosen:
        return RUN_COLUMNS, problems
    own = ({"run": BY_NAME["run"]} | chosen).values()
    return tuple(map(_in_place, range(len(own)), own)), problems


def _in_place(place: int, one: RunColumn) -> RunColumn:
    """A column that gives way after those before it."""
    return replace(one, column=replace(one.column, rank=place, least=ASKED))


def _named(typed: str) -> RunColumn | None:
    name = typed.lower()
    if name in BY_NAME:
        return BY_NAME[name]
    name = full_name(typed)
    if name in FIGURES:
        return _of_figure(name)
    return _of_setting(name) if setting_named(name) is not None else None


def _of_figure(name: str) -> RunColumn:
    figure, title = FIGURES[name], setting_label(name)

    def cell(record: RunRecord, _: float | None) -> Cell:
        value = figure(record)
        if name.endswith(("_accuracy", "_score")):
            return text.percent(value), ""
        return text.short(value) if value is not None else text.NOTHING, ""

    column = Column(name, title, max(ASKED, len(title) + 1), right=True)
    return RunColumn(column, title, cell, figure)


def _of_setting(path: str) -> RunColumn:
    info, title = setting_named(path), setting_label(path)
    numeric = info is not None and info.is_number

    def value(record: RunRecord) -> Any:
        own = stored_value(record.kind, record.spec_json, path)
        return None if own is ABSENT else own

    def cell(record: RunRecord, _: float | None) -> Cell:
        own = stored_value(record.kind, record.spec_json, path)
        if isinstance(own, Mapping):
            # a schedule by its name; early stopping has none
            own = own.get("name", "on")
        return text.NOTHING if own is ABSENT else plain_value(own) or "none", ""

    def key(record: RunRecord) -> Any:
        own = value(record)
        if numeric:
            return own if isinstance(own, int | float) else None
        return plain_value(own).casefold() or None

    column = Column(path, title, max(ASKED, len(title) + 1), right=numeric)
    return RunColumn(column, title, cell, key, descending=numeric)


def described(record: RunRecord, room: int) -> str:
    """What tells a run from its neighbour in `room` terminal cells: name, tags, settings.

    The name gives way first, but for its beginning.
    """
    words = spec_words(record.spec_json)
    settings = " · ".join(
        filter(None, (tags_text(record.tags), words.settings if words is not None else ""))
    )
    left = room - text.cell_width(settings) - 3
    name = text.clipped(record.name, max(SHORT_NAME, left) if settings else room)
    return text.clipped(" · ".join(filter(None, (name, settings))) or text.NOTHING, room)


def tags_text(tags: Iterable[str]) -> str:
    """Tags as a person reads them: "#final #paper"."""
    return " ".join(f"#{tag}" for tag in tags)
