"""The Data screen in words."""

from collections.abc import Mapping
from typing import Any

from engine.results.describe import DescribeResult
from engine.specs.data import PENGUINS
from engine.store.records import RunRecord
from penguin_tui.presentation.text import clipped, counted

SHOWN_NOTES = 3
# of how the file was read, what may surprise
READING = ("encoding", "delimiter", "decimal mark")


def label(choice: Mapping[str, Any]) -> str:
    """The data set's name: "penguins", or the file's without its folder."""
    data = str(choice.get("data", PENGUINS))
    return clipped(data if data == PENGUINS else data.rpartition("/")[2], 60)


def is_of(record: RunRecord, choice: Mapping[str, Any]) -> bool:
    """Whether a run is of the chosen data and target."""
    data = str(choice.get("data", PENGUINS))
    if (record.data, record.target) != (data.rpartition("/")[2], choice.get("target")):
        return False
    # files of one name in two folders; a run that cannot be read is known by its name alone
    return record.unreadable is not None or record.spec.data_spec.data == data


def title(choice: Mapping[str, Any], data: DescribeResult) -> str:
    """One line about the data: name, size, target, how the file was read."""
    read = [f"{name} {data.file_format[name]}" for name in READING if name in data.file_format]
    reading = " · ".join(["", *read])
    features = sum(column.role == "feature" for column in data.columns)
    return (
        f"{label(choice)} · {counted(data.rows, 'row')} · {counted(features, 'feature')}"
        f" · target {clipped(data.target, 40)}{clipped(reading, 200)}"
    )


def notes(data: DescribeResult, exclude: str) -> list[str]:
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


def first_place(data: DescribeResult) -> int:
    """The column to begin with: one with a warning, else the first numeric feature."""
    features = [i for i, column in enumerate(data.columns) if column.role == "feature"]
    warned = [i for i in features if data.columns[i].warning]
    numeric = [i for i in features if data.columns[i].histogram]
    return next(iter([*warned, *numeric, *features, 0]))
