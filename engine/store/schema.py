"""The tables of the store, and how a file comes to have them.

Events are numbered for each run and only appended. Epoch figures lie in blocks
of up to 1,000 epochs, one row a block: 100,000 single rows take half a second
to decode, 100 blocks take a few milliseconds. A growing block is rewritten and
takes the newest number, so that a reader who asks "what is after n" gets it.
"""

import os
import sqlite3
import time
from pathlib import Path

from engine.errors import EngineError
from engine.store.home import private_file, store_path
from engine.store.locks import refuse_elsewhere, store_lock

VERSION = 1
# long enough to outlast any write here; nobody holds a transaction across work
BUSY_SECONDS = 30.0
RETRY_SECONDS = 0.02

_TABLES = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER REFERENCES runs (id),
    priority INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    spec TEXT NOT NULL,
    data TEXT NOT NULL,
    target TEXT NOT NULL,
    protocol TEXT NOT NULL,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    deleted REAL,
    acknowledged REAL,
    message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    epochs_planned INTEGER,
    epochs_run INTEGER NOT NULL DEFAULT 0,
    parameters INTEGER,
    best_val_accuracy REAL,
    metrics TEXT NOT NULL DEFAULT '{}',
    sealed_part TEXT,
    data_sha256 TEXT,
    provenance TEXT NOT NULL DEFAULT '{}',
    last_event INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX runs_by_status ON runs (status, priority DESC, id);
CREATE TABLE trials (
    run INTEGER NOT NULL REFERENCES runs (id),
    trial INTEGER NOT NULL,
    status TEXT NOT NULL,
    group_name TEXT NOT NULL DEFAULT '',
    settings TEXT NOT NULL,
    effective_settings TEXT NOT NULL DEFAULT '{}',
    scores TEXT NOT NULL DEFAULT '{}',
    epochs_planned INTEGER NOT NULL,
    epochs INTEGER NOT NULL DEFAULT 0,
    started REAL NOT NULL,
    ended REAL,
    PRIMARY KEY (run, trial)
) WITHOUT ROWID;
CREATE TABLE events (
    run INTEGER NOT NULL REFERENCES runs (id),
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE epochs (
    run INTEGER NOT NULL REFERENCES runs (id),
    trial INTEGER NOT NULL,
    first INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, trial, first)
);
CREATE INDEX epochs_by_number ON epochs (run, number);
CREATE TABLE artefacts (
    run INTEGER NOT NULL REFERENCES runs (id),
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, name)
);
CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs (id),
    trial INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, trial)
);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER REFERENCES runs (id),
    what TEXT NOT NULL,
    made REAL NOT NULL,
    acknowledged REAL
);
CREATE INDEX open_requests ON requests (id) WHERE acknowledged IS NULL;
CREATE TABLE scorings (
    sealed_part TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (id),
    at REAL NOT NULL
);
CREATE INDEX scorings_by_part ON scorings (sealed_part);
CREATE TABLE engine (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    record TEXT NOT NULL
);
"""

# what SQLite says where the memory that WAL mode needs cannot be shared
_NO_SHARED_MEMORY = ("SQLITE_IOERR_SHM", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PROTOCOL")
# statements that lead from version n to n + 1, by n
_MIGRATIONS: dict[int, str] = {0: _TABLES}


def connect(home: Path) -> sqlite3.Connection:
    """Open the store of a home folder; create or migrate it first where needed.

    Raises `EngineError` when the file is no store, is newer than this program,
    or cannot be opened.
    """
    refuse_elsewhere(home)
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
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(RETRY_SECONDS)


def _opened(home: Path, path: Path) -> sqlite3.Connection:
    connection = _open(path)
    try:
        if _version(connection) != VERSION:
            with store_lock(home):
                connection = _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def way_out(error: sqlite3.DatabaseError) -> str:
    """What a person can do when the store cannot be used."""
    name = getattr(error, "sqlite_errorname", "")
    if _is_busy(error):
        return "Another program holds it open and does not let go; end that program."
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return "Move the file away to begin with an empty store."
    return "Check that the disk is not full and that the folder can be written to."


def _open(path: Path) -> sqlite3.Connection:
    connection = _connected(path)
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
        if _is_busy(error):
            return True
        if error.sqlite_errorname.startswith(_NO_SHARED_MEMORY):
            return False
        raise
    return True


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    found = _version(connection)
    if found > VERSION:
        raise EngineError(
            f"The store {path} was written by a newer penguin-tui ({found}, this is {VERSION}).",
            "Upgrade penguin-tui, or set PENGUIN_TUI_HOME to another folder.",
        )
    connection.execute("PRAGMA journal_mode = WAL")
    if not _works(connection):
        connection.close()
        connection = _without_shared_memory(path)
    for version in range(found, VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE; {_MIGRATIONS[version]} PRAGMA user_version = {version + 1}; COMMIT;"
        )
    return connection
