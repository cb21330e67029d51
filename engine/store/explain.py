"""What a person reads when the store cannot be used, or holds what this program did not write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import EngineError


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of SQLite into an `EngineError` with a way out."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise EngineError(
            f"The store could not be read or written: {error}.", way_out(error)
        ) from error


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
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def way_out(error: sqlite3.DatabaseError) -> str:
    """What a person can do when the store cannot be used."""
    name = getattr(error, "sqlite_errorname", "")
    if is_busy(error):
        return "Another program holds it open and does not let go; end that program."
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return "Move the file away to begin with an empty store."
    return "Check that the disk is not full and that the folder can be written to."
