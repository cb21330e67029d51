"""The Data screen in words."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Line, Span, line, muted
from penguin_tui.presentation.text import clipped, counted

if TYPE_CHECKING:
    from engine.client.process import EngineStatus
    from engine.results.describe import DescribeResult
    from engine.results.lines import RawLines

SHOWN_NOTES = 3
# of how the file was read, what may surprise
READING = ("encoding", "delimiter", "decimal mark")
_LINE = re.compile(r"\bline (\d[\d,]*)", re.IGNORECASE)


def label(choice: Mapping[str, Any]) -> str:
    """The data set's name: "penguins", or the file's without its folder."""
    from engine.specs.data import PENGUINS

    data = str(choice.get("data", PENGUINS))
    return clipped(data if data == PENGUINS else data.rpartition("/")[2], 60)


def is_of(record: RunRecord, choice: Mapping[str, Any]) -> bool:
    """Whether a run is of the chosen data and target."""
    from engine.specs.data import PENGUINS

    data = str(choice.get("data", PENGUINS))
    if (record.data, record.target) != (data.rpartition("/")[2], choice.get("target")):
        return False
    # files of one name in two folders; a run that cannot be read is known by its name alone
    return record.unreadable is not None or record.spec.data_spec.data == data


def title(choice: Mapping[str, Any], data: "DescribeResult") -> str:
    """One line about the data: name, size, target, how the file was read."""
    read = [f"{name} {data.file_format[name]}" for name in READING if name in data.file_format]
    reading = " · ".join(["", *read])
    features = sum(column.role == "feature" for column in data.columns)
    return (
        f"{label(choice)} · {counted(data.rows, 'row')} · {counted(features, 'feature')}"
        f" · target {clipped(data.target, 40)}{clipped(reading, 200)}"
    )


def reading(
    choice: Mapping[str, Any], phase: str, engine: "EngineStatus | None", another: str
) -> tuple[str, ...]:
    """While the data are read: the engine's `phase`, or what it waits for.

    `another` is the key that opens another file.
    """
    now = "Waiting for the engine."
    if phase:
        now = f"Now: {phase}."
    elif engine is not None and engine.state in ("starting", "loading"):
        now = f"Waiting for the engine: {engine.detail}."
    return f"Reading {label(choice)} …", now, "", f"{another} opens another file."


def unusable(error: EngineError, again: str, another: str, back: str) -> tuple[str, ...]:
    """Why the data cannot be used, and the keys: `back` is none where there were no others."""
    before = f", {back} goes back to the previous data" if back else ""
    ways = f"{again} reads them again, {another} opens another file{before}."
    reason = [text for text in (error.message, error.hint) if text]
    return "The data cannot be used.", "", *reason, "", ways


def notes(data: "DescribeResult", exclude: str) -> list[str]:
    """What the reading warns of; of single columns only which they are, the table says why.

    `exclude` is the key that excludes the selected column.
    """
    warned = [column for column in data.columns if column.warning and column.role == "feature"]
    shown = {column.warning for column in data.columns}
    notes = [note for note in dict.fromkeys(data.notes) if note not in shown]
    lines = [f"! {clipped(note, 300)}" for note in notes[:SHOWN_NOTES]]
    if warned:
        names = ", ".join(clipped(column.name, 24) for column in warned[:SHOWN_NOTES])
        more = f" and {len(warned) - SHOWN_NOTES} more" if len(warned) > SHOWN_NOTES else ""
        lines.insert(0, f"! Inspect {names}{more}. {exclude} excludes the selected column.")
    if len(notes) > SHOWN_NOTES:
        more = counted(len(notes) - SHOWN_NOTES, "note")
        lines.append(f"and {more} more: 'penguin-tui run describe' prints them")
    return lines


def first_place(data: "DescribeResult") -> int:
    """The column to begin with: one with a warning, else the first numeric feature."""
    features = [i for i, column in enumerate(data.columns) if column.role == "feature"]
    warned = [i for i in features if data.columns[i].warning]
    numeric = [i for i in features if data.columns[i].histogram]
    return next(iter([*warned, *numeric, *features, 0]))


def line_named(message: str) -> int:
    """The line of the file that a message names, 0 where it names none."""
    found = _LINE.search(message)
    return int(found[1].replace(",", "")) if found else 0


def raw_text(found: "RawLines", faulty: int) -> list[Line]:
    """The lines of a file as they stand there, the one that cannot be read marked."""
    digits = len(f"{found.lines[-1].number:,}") if found.lines else 0
    lines: list[Line] = [line(Span("The file as it stands", "strong"))]
    last = 0
    for one in found.lines:
        if last and one.number != last + 1:
            lines.append(muted(f"  {'…':>{digits}}"))
        last, marked = one.number, one.number == faulty
        number = f"{'!' if marked else ' '} {one.number:>{digits},}  "
        lines.append(
            line(
                Span(number, "warning" if marked else "muted"),
                Span(one.text, "warning" if marked else ""),
            )
        )
    return lines
