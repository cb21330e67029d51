"""Opening the store's file, on odd file systems too; creating and migrating it where needed."""

import os
import sqlite3
import time
from pathlib import Path

from engine.errors import EngineError
from engine.store.explain import is_busy, way_out
from engine.store.home import private_file, refuse_odd_folders, store_path
from engine.store.locks import refuse_elsewhere, store_lock
from engine.store.migration import migrate
from engine.store.schema import TABLES, VERSION

# long enough to outlast any write here; nobody holds a transaction across work
BUSY_SECONDS = 30.0
RETRY_SECONDS = 0.02

# what SQLite says where the memory that WAL mode needs cannot be shared
_NO_SHARED_MEMORY = ("SQLITE_IOERR_SHM", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PROTOCOL")


def connect(home: Path) -> sqlite3.Connection:
    """Open the store of a home folder; create or migrate it first where needed.

    Raises `EngineError` when the file is no store, is newer than this program,
    or cannot be opened, and when something in the home folder leads elsewhere.
    """
    refuse_elsewhere(home)
    refuse_odd_folders(home)
    path = private_file(store_path(home))
    try:
        return _patiently(home, path)
    except sqlite3.DatabaseError as error:
        if not os.access(home, os.W_OK | os.X_OK):
            raise EngineError(
                f"The folder {home} cannot be written to.",
                "Set PENGUIN_TUI_HOME to a folder you can write to.",
            ) from error
        raise EngineError(f"The store {path} cannot be opened: {error}.", way_out(error)) from error


def _patiently(home: Path, path: Path) -> sqlite3.Connection:
    """The store, once nobody else is at opening it for the first time.

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
    if _works(connection):
        return connection
    connection.close()
    return _without_shared_memory(path)


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


def _works(connection: sqlite3.Connection) -> bool:
    """Whether the file can be read and written; without shared memory WAL mode cannot."""
    try:
        _version(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if is_busy(error):
            return True
        if error.sqlite_errorname.startswith(_NO_SHARED_MEMORY):
            return False
        raise
    return True


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _brought_up(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    found = _version(connection)
    if found > VERSION:
        raise EngineError(
            f"The store {path} was written by a newer penguin-tui ({found}, this is {VERSION}).",
            "Upgrade penguin-tui, or set PENGUIN_TUI_HOME to another folder.",
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection = _usable(connection, path)
    if found == 0:
        connection.executescript(
            f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;"
        )
    elif found < VERSION:
        migrate(connection, path, found)
    return connection
