"""Opening the store's file, on odd file systems too; creating and migrating it where needed."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from engine.errors import EngineError
from engine.store.explain import is_busy, lost_store, store_error, why_unwritable
from engine.store.home import private_file, refuse_odd_folders, store_path
from engine.store.locks import refuse_elsewhere, store_lock
from engine.store.migration import migrate
from engine.store.schema import TABLES, VERSION

# long enough to outlast any write here; nobody holds a transaction across work
BUSY_SECONDS = 30.0
RETRY_SECONDS = 0.02
# a run leaves a dozen texts and files of a few kB: what is left of larger pages is a twentieth
PAGE_BYTES = 1024

# what SQLite says where the memory that WAL mode needs cannot be shared
_NO_SHARED_MEMORY = ("SQLITE_IOERR_SHM", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PROTOCOL")


def connect(home: Path) -> tuple[sqlite3.Connection, str]:
    """Open the store of a home folder; create or migrate it first where needed.

    Returns with it why it cannot be written, where it is open for reading
    alone. Raises `EngineError` when the file is no store, is newer than this
    program, or cannot be opened, and when something in the home folder leads
    elsewhere.
    """
    refuse_elsewhere(home)
    refuse_odd_folders(home)
    path = store_path(home)
    try:
        if not os.path.lexists(path):
            _create(home, path)
        if private_file(path).stat().st_size == 0:
            raise lost_store(home, "it is empty (0 bytes), as no store of penguin-tui is")
        connection = _patiently(home, path)
        # what an engine that was killed has left can be opened on a read-only disk as well
        return connection, "" if os.access(home, os.W_OK) else why_unwritable(home)
    except sqlite3.DatabaseError as error:
        cause = why_unwritable(home)
        found = _for_reading(path) if cause else None
        if found is None:
            raise store_error(error, home, "cannot be opened") from error
        return found, cause


def _create(home: Path, path: Path) -> None:
    """Make an empty store, which has its name only when it is whole."""
    with store_lock(home):
        if os.path.lexists(path):
            return
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with closing(sqlite3.connect(private_file(new), isolation_level=None)) as connection:
            # pages that are free go back to the disk bit by bit, also when it is full
            connection.executescript(
                f"PRAGMA page_size = {PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL;"
                f" BEGIN IMMEDIATE; {TABLES}"
                f" PRAGMA user_version = {VERSION}; COMMIT;"
            )
            # refused where memory cannot be shared; `_usable` finds that out for everybody
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
        # of a store that was removed: SQLite would put it into this one
        _log_of(path).unlink(missing_ok=True)
        new.rename(path)


def _log_of(path: Path) -> Path:
    """SQLite's write-ahead log of a store."""
    return path.with_name(f"{path.name}-wal")


def _for_reading(path: Path) -> sqlite3.Connection | None:
    """The store where nothing can be written, which SQLite has to even for reading.

    An engine that was killed has left what SQLite needs. After one that has
    ended everything is in the file itself, which nobody changes now.
    """
    log = _log_of(path)
    whole = not log.exists() or log.stat().st_size == 0
    for mode in ("mode=ro", *(["immutable=1"] if whole else [])):
        connection = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            if _version(connection) == VERSION:
                return connection
        except sqlite3.OperationalError:
            pass  # the next way is tried, and at the end it is an error
        connection.close()
    return None


def _patiently(home: Path, path: Path) -> sqlite3.Connection:
    """The store, once nobody else is at bringing it to this version.

    SQLite's own patience does not cover the change to WAL mode: it says at once
    that the file is locked when anybody looks at it in that moment.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return _opened(home, path)
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(RETRY_SECONDS)


def _opened(home: Path, path: Path) -> sqlite3.Connection:
    connection = _usable(_connected(path), path)
    try:
        if _version(connection) != VERSION:
            with store_lock(home):
                connection = _brought_up(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _usable(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """The connection, or where its file system cannot share memory another that needs none."""
    try:
        _version(connection)
        # reading alone may work where writing does not; who holds the store is not waited for
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if is_busy(error):
            return connection
        connection.close()
        # a full disk has no room for that memory either, and the journal is not changed for it
        if error.sqlite_errorname.startswith(_NO_SHARED_MEMORY) and not why_unwritable(path.parent):
            return _without_shared_memory(path)
        raise
    finally:
        with suppress(sqlite3.ProgrammingError):  # closed
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _without_shared_memory(path: Path) -> sqlite3.Connection:
    """The store with a journal that needs none; `Store.shares_memory` then says so.

    In WAL mode nobody else can have the file open on such a file system, so that
    its journal may be changed here.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    # before the first access: SQLite then keeps in its own memory what it would share
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    connection = _connected(path)
    _version(connection)
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _brought_up(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    found = _version(connection)
    if found > VERSION:
        raise EngineError(
            f"The store {path} was written by a newer penguin-tui ({found}, this is {VERSION}).",
            "Upgrade penguin-tui, or set PENGUIN_TUI_HOME to another folder.",
        )
    if found == 0:
        raise lost_store(path.parent, "it is a database, and not one of penguin-tui")
    connection.execute("PRAGMA journal_mode = WAL")
    connection = _usable(connection, path)
    migrate(connection, path, found)
    return connection
