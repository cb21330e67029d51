"""What a person reads when the store cannot be used, or holds what this program did not write."""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import EngineError
from engine.store.home import store_path
from engine.store.locks import engine_alive

FULL, READ_ONLY = "the disk is full", "the disk is read-only"
HELD = "another program holds it"
_CAUSES = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: READ_ONLY,
    errno.EFBIG: "the limit on the size of files (ulimit -f) is reached",
    errno.EACCES: "the folder cannot be written to",
    errno.EPERM: "the folder cannot be written to",
}
# more than the smallest write of the store takes
_PROBE_BYTES = 64 * 1024


class StoreError(EngineError):
    """The store cannot be read or written: `cause` says why, in the middle of a sentence.

    Where it is `lost`, its file is no store any more, and no waiting helps.
    """

    def __init__(self, message: str, hint: str, cause: str, *, lost: bool = False) -> None:
        super().__init__(message, hint)
        self.cause, self.lost = cause, lost


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn an error of SQLite into a `StoreError` with a way out."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise store_error(error, home, "could not be read or written") from error


def store_error(error: sqlite3.DatabaseError, home: Path, what: str) -> StoreError:
    """What an error of SQLite says of the store in `home`, which `what`."""
    lost = _name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    cause = _cause(error, home)
    message = f"The store {store_path(home)} {what}: {cause}."
    return StoreError(message, _way_out(cause, home, lost=lost), cause, lost=lost)


def lost_store(home: Path, cause: str) -> StoreError:
    """The store's file is gone, or no store any more."""
    message = f"The store {store_path(home)} cannot be used: {cause}."
    return StoreError(message, _way_out(cause, home, lost=True), cause, lost=True)


def why_unwritable(folder: Path) -> str:
    """Why nothing can be written to a folder, found by trying; empty where something can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            # as far on as the largest file goes, for a limit on the size of files
            probe.seek(max((path.lstat().st_size for path in folder.iterdir()), default=0))
            # not zeros, which some file systems do not store
            probe.write(os.urandom(_PROBE_BYTES))
            probe.flush()
    except OSError as error:
        return _CAUSES.get(error.errno or 0, str(error.strerror))
    return ""


@contextmanager
def readable(what: str, hint: str = "") -> Iterator[None]:
    """Check what is stored like any input: a row somebody else wrote is an `EngineError`."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise EngineError(
            f"The store holds something that penguin-tui has not written: {what}.",
            hint or "Remove that run, or move the store away to begin with an empty one.",
        ) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether somebody else holds the store's file."""
    return _name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")


def _cause(error: sqlite3.DatabaseError, home: Path) -> str:
    if is_busy(error):
        return HELD
    if _name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return str(error)
    full = FULL if _name(error) == "SQLITE_FULL" else str(error)
    return why_unwritable(home) or full


def _way_out(cause: str, home: Path, *, lost: bool) -> str:
    if lost:
        first = "End the engine first ('penguin-tui engine stop'). " if engine_alive(home) else ""
        if store_path(home).exists():
            return f"{first}Put back a copy, or move the file away to begin with an empty store."
        return f"{first}Put back a copy, or begin with an empty store: the next command makes one."
    if cause == HELD:
        return "Another program holds it open and does not let go; end that program."
    if cause == FULL:
        return "'penguin-tui prune' removes what old runs no longer need; all can still be read."
    if cause in _CAUSES.values():
        return "All can still be read, and exported to another folder."
    return "Check that the disk is not full and that the folder can be written to."
