"""Bringing a store of an earlier version to the present form, once and whole.

Under the store's lock, after any engine of an earlier version has ended: a copy
of the store is put beside it, then all changes are made in one transaction. A
process that dies in between leaves the old store as it was. The copy goes when
an engine starts and finds the migrated store good (`remove_backup`).

Only tables change. Stored JSON (specs, events) stays as it was written and is
read through `specs.aliases`.
"""

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from engine.environment import clock
from engine.errors import EngineError
from engine.kinds import load_spec
from engine.store.home import is_own_file, private_file
from engine.store.locks import engine_alive
from engine.store.schema import QUERIES, VERSION
from engine.store.work_folder import work_folder
from engine.version import __version__

ENGINE_ENDS_SECONDS = 20.0
# beside the copy: the pages that the transaction changes, in the write-ahead log
_MARGIN_BYTES = 16 * 1024 * 1024
_LOOK_SECONDS = 0.05
# SQLite's application ID, which the copy has and the store itself has not
_BACKUP_MARK = b"peng"

# statements that lead from version n to n + 1, by n
STEPS: dict[int, str] = {
    # 0.1.0 to 0.2.0: `trials` was written and never read, priority and parent never set
    1: f"""
    DROP TABLE trials;
    DROP INDEX runs_by_status;
    ALTER TABLE runs DROP COLUMN priority;
    ALTER TABLE runs DROP COLUMN parent;
    ALTER TABLE runs RENAME COLUMN sealed_part TO test_set_id;
    CREATE INDEX runs_by_status ON runs (status, id);
    ALTER TABLE epochs RENAME COLUMN trial TO training_key;
    ALTER TABLE epochs ADD COLUMN columns TEXT NOT NULL
        DEFAULT 'loss,accuracy,val_loss,val_accuracy,learning_rate,seconds';
    ALTER TABLE scorings RENAME TO test_evaluations;
    ALTER TABLE test_evaluations RENAME COLUMN sealed_part TO test_set_id;
    DROP INDEX scorings_by_part;
    CREATE INDEX test_evaluations_by_split ON test_evaluations (test_set_id);
    {QUERIES}
    """,
    # 0.1.0 planned for a sweep or search the epochs of one of its trainings
    2: """
    ALTER TABLE runs ADD COLUMN worked REAL;
    ALTER TABLE runs ADD COLUMN since REAL;
    UPDATE runs SET worked = CASE WHEN ended IS NULL THEN 0.0 ELSE max(0.0, ended - started) END
        WHERE started IS NOT NULL;
    UPDATE runs SET epochs_planned = coalesce(epochs_planned_of(spec), epochs_planned);
    """,
}


def migrate(connection: sqlite3.Connection, path: Path, found: int) -> None:
    """Lead the store at `path` from version `found` to `VERSION`; for who holds the store's lock.

    Raises `EngineError` when an older engine has running runs, or when the disk
    has no room for the copy.
    """
    _end_older_engine(connection, path.parent)
    _back_up(connection, path)
    connection.create_function("epochs_planned_of", 1, _epochs_planned, deterministic=True)
    steps = " ".join(STEPS[version] for version in range(found, VERSION))
    _run(connection, f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")


def _epochs_planned(spec: str) -> int | None:
    try:
        return load_spec(spec).epochs_planned
    except EngineError:
        # what this version cannot read stays as it is
        return None


def _run(connection: sqlite3.Connection, script: str) -> None:
    connection.executescript(script)


def backup_path(path: Path) -> Path:
    """Where the store lies as it was before this version migrated it."""
    return path.with_name(f"{path.name}.before-{__version__}")


def remove_backup(connection: sqlite3.Connection, path: Path) -> None:
    """Let the copy go when the store is sound; for an engine that starts on a migrated store."""
    if _is_backup(backup_path(path)) and (
        connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    ):
        backup_path(path).unlink()


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    pages, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    needed, free = pages * size + _MARGIN_BYTES, shutil.disk_usage(path.parent).free
    if free < needed:
        raise EngineError(
            f"The store {path} has to be brought to this version, which needs"
            f" {needed / 1e6:,.0f} MB for a copy; {free / 1e6:,.0f} MB are free.",
            "Make room on the disk. Nothing has been changed.",
        )
    backup = backup_path(path)
    if os.path.lexists(backup) and not _is_backup(backup):
        raise EngineError(
            f"{backup} is in the way: a copy of the store is to be put there.",
            "Give it another name. Nothing has been changed.",
        )
    with work_folder(path.parent) as folder:
        new = private_file(folder / backup.name)
        with closing(sqlite3.connect(new)) as copy:
            connection.backup(copy)
            copy.execute(f"PRAGMA application_id = {int.from_bytes(_BACKUP_MARK)}")
        new.replace(backup)


def _is_backup(path: Path) -> bool:
    """Whether this program has made the copy of the store at `path`; a person's own bears no mark.

    The mark stands in SQLite's file header, where it changes nothing.
    """
    if not is_own_file(path):
        return False
    with path.open("rb") as file:
        return file.read(72)[68:] == _BACKUP_MARK


def _end_older_engine(connection: sqlite3.Connection, home: Path) -> None:
    """Ask an engine that has the store open in its old form to end, unless it has running runs."""
    if not engine_alive(home):
        return
    row = connection.execute("SELECT record FROM engine").fetchone()
    version, pid = _engine_of(row["record"] if row else "")
    running = "SELECT 1 FROM runs WHERE status IN ('running', 'stopping')"
    if connection.execute(running).fetchone():
        raise EngineError(
            f"An engine of penguin-tui {version} has running runs here; this is {__version__}.",
            "Wait until its runs have ended, or end it with that version's 'penguin-tui engine"
            " stop'; what it interrupts can be resumed.",
        )
    connection.execute(
        "INSERT INTO requests (run, what, made) VALUES (NULL, 'shutdown', ?)", (clock.now(),)
    )
    deadline = time.monotonic() + ENGINE_ENDS_SECONDS
    # an engine of 0.1.0 wakes nobody
    while engine_alive(home):
        if time.monotonic() > deadline:
            raise EngineError(
                f"The engine of penguin-tui {version} does not end on request.",
                f"End it with 'kill {pid}'." if pid else "End its process.",
            )
        time.sleep(_LOOK_SECONDS)


def _engine_of(record: str) -> tuple[str, int | None]:
    """The version and the process of an engine, as far as its record tells."""
    try:
        found = json.loads(record)
        return str(found["version"]), int(found["pid"])
    except (ValueError, TypeError, KeyError):
        return "another version", None
