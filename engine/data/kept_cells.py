"""The cells of the file that was looked at last, kept in the engine's memory for the next look.

One file at a time, and only while it takes a small part of what is free. It is let go of when
another file is looked at, when it has changed, and before anything is refused for want of memory.
"""

import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from engine.data.browse.row_order import RowOrder
from engine.data.cells import Cells, read_cells
from engine.data.scan import Progress
from engine.environment.memory import free_memory, release_when_short
from engine.sources.files import locate
from engine.sources.inspect import FileFacts, look
from engine.sources.validate import check_reading_names
from engine.specs.data import DataSpec
from engine.specs.fields import settings_of

log = logging.getLogger("engine")

# of what is free while it is kept
KEPT_FRACTION = 0.25
# between two looks whether whoever waits for a file to be read has withdrawn
WAIT_SECONDS = 0.1

Key = tuple[object, ...]


@dataclass(frozen=True)
class Kept:
    """A file's cells, and their rows in the order in which they were asked for last."""

    key: Key
    cells: Cells
    order: RowOrder


_kept: Kept | None = None
_reading = threading.Lock()


def kept_cells(facts: FileFacts, spec: DataSpec, progress: Progress) -> Cells:
    """As `read_cells`, of which it takes the place: without reading where the cells are kept."""
    return _of(spec, progress, facts).cells


def kept_order(spec: DataSpec, progress: Progress) -> RowOrder:
    """The rows of the file of `spec`, read if they are not kept; raises EngineError as reading."""
    return _of(spec, progress, None).order


def release() -> None:
    """Let go of what is kept; whoever is at work on it keeps it until it is done."""
    global _kept
    _kept = None


release_when_short(release)


def _of(spec: DataSpec, progress: Progress, facts: FileFacts | None) -> Kept:
    global _kept
    key = _key(spec)
    kept = _kept
    if kept is not None and kept.key == key:
        return kept
    while not _reading.acquire(timeout=WAIT_SECONDS):
        progress(0.0)
    try:
        kept = _kept
        if kept is not None and kept.key == key:
            return kept
        progress(0.0)
        if facts is None:
            facts = look(spec)
            check_reading_names(facts, spec)
        cells = read_cells(facts, spec, progress)
        kept = Kept(key, cells, RowOrder(cells))
        size = int(cells.frame.memory_usage(deep=True).sum())
        if size <= KEPT_FRACTION * (free_memory() + size):
            _kept = kept
        else:
            log.warning("%s takes %.1f GB and is read for each look", facts.path, size / 1e9)
    finally:
        _reading.release()
    return kept


def _key(spec: DataSpec) -> Key:
    """What the cells depend on: the file as it is now, and how it is read."""
    stamp: Key = ()
    with suppress(OSError, ValueError):
        found = os.stat(locate(spec.data))
        stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
    return (*stamp, *(repr(getattr(spec, name)) for name in _reading_settings()))


@cache
def _reading_settings() -> tuple[str, ...]:
    of_file = [info.name for info in settings_of(DataSpec) if info.group == "File"]
    return ("data", "target", "datetimes", *of_file)
