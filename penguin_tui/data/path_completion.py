"""Completing the path of a data file: folders and files that may hold a table."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.specs.data import PENGUINS

ENDINGS = (
    ".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".arff", ".json", ".jsonl", ".ndjson",
    ".parquet", ".xlsx", ".gz", ".zip", ".bz2", ".xz",
)  # fmt: skip
# a folder may hold millions of files: no more are looked at, no more offered
LOOKED_AT, OFFERED = 20_000, 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder (its text ends in a slash) or file as it would stand in the path field."""

    text: str
    folder: bool

    @property
    def name(self) -> str:
        """The last part alone."""
        return self.text.rstrip("/").rpartition("/")[2] + ("/" if self.folder else "")


def entries(typed: str) -> list[Entry]:
    """What `typed` can become: folders first, then data files, both in order.

    Reads one folder and raises nothing: a folder that cannot be read offers
    nothing. Hidden entries are offered when a dot has been typed. The packaged
    data are offered while they fit.
    """
    head, _, start = typed.rpartition("/")
    shown = f"{head}/" if "/" in typed else ""
    try:
        folder = Path(shown).expanduser() if shown else Path.cwd()
        found = _scan(folder, start, shown)
    except (OSError, RuntimeError, ValueError):
        found = []
    if PENGUINS.startswith(typed) or not typed:
        found.insert(0, Entry(PENGUINS, False))
    return found[:OFFERED]


def recent(files: Sequence[str]) -> list[Entry]:
    """The files that were opened last and are still there, to be offered before all others."""
    return [Entry(file, False) for file in files if os.path.isfile(file)]


def _scan(folder: Path, start: str, shown: str) -> list[Entry]:
    found: list[Entry] = []
    wanted = start.casefold()
    with os.scandir(folder) as scan:
        for number, entry in enumerate(scan):
            if number >= LOOKED_AT:
                break
            name = entry.name
            if not name.casefold().startswith(wanted) or (name[0] == "." and not start):
                continue
            if _is_folder(entry):
                found.append(Entry(f"{shown}{name}/", True))
            elif name.casefold().endswith(ENDINGS):
                found.append(Entry(f"{shown}{name}", False))
    return sorted(found, key=lambda one: (not one.folder, one.text.casefold()))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # a link that leads nowhere
        return False


def common(found: list[Entry], typed: str) -> str:
    """What all of `found` begin with, at least what was typed."""
    if not found:
        return typed
    first, last = min(one.text for one in found), max(one.text for one in found)
    length = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
        min(len(first), len(last)),
    )
    return first[:length] if length >= len(typed) else typed


def absolute(data: str) -> str:
    """The data setting with its file named from the root, so that it means the same anywhere."""
    return data if data == PENGUINS else str(Path(data).expanduser().absolute())
